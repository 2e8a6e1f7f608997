import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsOf, instantOf, moment, monthsLater, onWall, span, weeksOf } from "./days.ts";

const london = "Europe/London";

test("a time of the wall clock is the first instant at which the clock shows it or a later one, in both nights of a year and on the days between", () => {
  for (const [what, day, time, zone, instant] of [
    ["winter", "2026-11-30", "08:00", london, "2026-11-30T08:00:00.000Z"],
    ["summer", "2026-07-01", "08:00", london, "2026-07-01T07:00:00.000Z"],
    ["clocks go forward at 01:00: 01:30 is when they are put forward", "2026-03-29", "01:30", london, "2026-03-29T01:00:00.000Z"],
    ["clocks go forward, handover still 08:00 local", "2026-03-29", "08:00", london, "2026-03-29T07:00:00.000Z"],
    ["clocks go back at 02:00: 01:30 is the first of the two", "2026-10-25", "01:30", london, "2026-10-25T00:30:00.000Z"],
    ["clocks went back, 02:00 comes once", "2026-10-25", "02:00", london, "2026-10-25T02:00:00.000Z"],
    ["clocks go back, handover still 08:00 local", "2026-10-25", "08:00", london, "2026-10-25T08:00:00.000Z"],
    ["a zone that is hours behind, the night its clocks go forward", "2026-03-08", "02:15", "America/New_York", "2026-03-08T07:00:00.000Z"],
    ["a zone that changes its clocks by half an hour", "2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00.000Z"],
  ] as const) {
    assert.equal(instantOf(day, time, zone).toISOString(), instant, what);
  }
});

test("every quarter of an hour of a year is on the day and at the time from which it is found again, unless the clock shows it for the second time", () => {
  for (let at = Date.parse("2026-01-01T00:00:00Z"); at < Date.parse("2027-01-01T00:00:00Z"); at += 15 * 60_000) {
    const { day, time } = onWall(new Date(at), london);
    const found = instantOf(day, time, london).getTime();
    const second = at >= Date.parse("2026-10-25T01:00:00Z") && at < Date.parse("2026-10-25T02:00:00Z");
    assert.equal(found, second ? at - 3_600_000 : at, new Date(at).toISOString());
  }
});

test("a day of a clock change lasts 23 or 25 hours", () => {
  for (const [day, hours] of [["2026-03-29", 23], ["2026-10-25", 25], ["2026-11-30", 24]] as const) {
    const { start, end } = boundsOf(day, london);
    assert.equal((end.getTime() - start.getTime()) / 3_600_000, hours, day);
  }
});

test("the calendar of a month has whole weeks, from Monday, and no day twice", () => {
  const weeks = weeksOf("2026-11-30");
  assert.equal(weeks[0]![0], "2026-10-26");
  assert.equal(weeks.at(-1)!.at(-1), "2026-12-06");
  assert.equal(new Set(weeks.flat()).size, 42);
  assert.equal(weeksOf("2027-02-14").length, 4, "a February that begins on a Monday");
  assert.equal(monthsLater("2026-12-31", 2), "2027-02-01");
});

test("the hour that a night has twice is told with its zone, and only that", () => {
  assert.equal(moment(new Date("2026-10-25T00:30:00Z"), london), "Sun 25 Oct, 01:30 BST");
  assert.equal(moment(new Date("2026-10-25T01:30:00Z"), london), "Sun 25 Oct, 01:30 GMT");
  assert.equal(moment(new Date("2026-10-25T02:30:00Z"), london), "Sun 25 Oct, 02:30");
});

test("the day of an end is told where it is another than that of the beginning", () => {
  assert.equal(span("2026-11-30T08:00:00Z", "2026-11-30T20:00:00Z", london), "Mon 30 Nov, 08:00 to 20:00");
  assert.equal(span("2026-11-30T20:00:00Z", "2026-12-01T08:00:00Z", london), "Mon 30 Nov, 20:00 to Tue 1 Dec, 08:00");
});
