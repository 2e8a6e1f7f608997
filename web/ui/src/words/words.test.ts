import assert from "node:assert/strict";
import { test } from "node:test";
import { birthDate, clock, dayAndTime, timeOfDay, timeOrDay, wait, zoneOf } from "./dates.ts";
import { age, patientName, sex, spacedNHSNumber } from "./patient.ts";

const london = "Europe/London";

test("days and times as the NHS writes them", () => {
  assert.equal(dayAndTime(new Date("2026-11-22T14:02:10Z"), london), "22 November 2026, 2:02pm");
  assert.equal(timeOfDay(new Date("2026-11-22T09:00:59Z"), london), "9am");
  assert.equal(timeOfDay(new Date("2026-11-22T00:05:00Z"), london), "12:05am");
  assert.equal(timeOfDay(new Date("2026-11-22T12:00:00Z"), london), "midday");
  assert.equal(timeOfDay(new Date("2026-11-22T00:00:00Z"), london), "midnight");
});

test("summer time is the department's, whatever the browser's", () => {
  assert.equal(clock(new Date("2026-07-01T14:02:10Z"), london), "15:02:10");
  assert.equal(dayAndTime(new Date("2026-07-01T23:30:00Z"), london), "2 July 2026, 12:30am");
});

test("midnight on the strip is 00, not 24", () => {
  assert.equal(clock(new Date("2026-11-22T00:00:07Z"), london), "00:00:07");
});

test("a time today is only a time, a time yesterday has its day", () => {
  const now = new Date("2026-11-22T00:10:00Z");
  assert.equal(timeOrDay(new Date("2026-11-22T00:05:00Z"), now, london), "12:05am");
  assert.equal(timeOrDay(new Date("2026-11-21T23:40:00Z"), now, london), "21 November 2026, 11:40pm");
});

test("a zone that nobody knows is London's", () => {
  assert.equal(zoneOf("Hertfordshire/Harlow"), london);
  assert.equal(zoneOf(undefined), london);
});

test("a date of birth of any precision, and no day invented", () => {
  assert.equal(birthDate("1980-02-13"), "13 February 1980");
  assert.equal(birthDate("1980-02"), "February 1980");
  assert.equal(birthDate("1980"), "1980");
  assert.equal(birthDate("1980-13-01"), "1980-13-01");
  assert.equal(birthDate("1980-02-31"), "1980-02-31");
});

test("how long somebody is here", () => {
  const now = new Date("2026-11-22T14:00:00Z");
  const ago = (minutes: number) => wait(new Date(now.getTime() - minutes * 60_000), now);
  assert.deepEqual([-3, 0, 1, 59, 60, 65, 60 * 47, 60 * 50].map(ago), ["just now", "just now", "1 min", "59 min", "1 h", "1 h 5 min", "47 h", "2 days"]);
});

test("an NHS number is spaced 3-3-4", () => {
  assert.equal(spacedNHSNumber("9990000018"), "999 000 0018");
  assert.equal(spacedNHSNumber("999"), "999");
});

test("a name is FAMILY, Given; what may not be seen is not made up", () => {
  assert.equal(patientName({ family: "Siân-Tester", given: "Ana" }), "SIÂN-TESTER, Ana");
  assert.equal(patientName({ name: "Ana Tester" }), "Ana Tester");
  assert.equal(patientName({ family: "Tester" }), "TESTER");
  assert.equal(patientName({}), undefined);
  assert.equal(patientName(undefined), undefined);
});

test("age and sex in words", () => {
  assert.deepEqual([0, 1, 46].map(age), ["under 1 year", "1 year", "46 years"]);
  assert.deepEqual(["female", "unknown", "x"].map(sex), ["Female", "Sex not known", "Sex not known"]);
});
