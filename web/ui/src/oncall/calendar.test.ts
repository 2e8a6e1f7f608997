import assert from "node:assert/strict";
import { test } from "node:test";
import { colourOf, differences, piecesOf, type Shift } from "./calendar.ts";

const shift = (start: string, end: string, person: string): Shift => ({ start, end, person, why: "layer ground" });

test("a night falls on two days, each with its part", () => {
  const shifts = [shift("2026-11-30T08:00:00Z", "2026-11-30T20:00:00Z", "able"), shift("2026-11-30T20:00:00Z", "2026-12-01T08:00:00Z", "baker")];
  assert.deepEqual(
    piecesOf(shifts, "2026-11-30", "Europe/London").map((p) => [p.shift.person, p.begins, p.ends, p.before, p.after]),
    [["able", "08:00", "20:00", false, false], ["baker", "20:00", "24:00", false, true]],
  );
  assert.deepEqual(
    piecesOf(shifts, "2026-12-01", "Europe/London").map((p) => [p.shift.person, p.begins, p.ends, p.before, p.from, p.to]),
    [["baker", "00:00", "08:00", true, 0, 8 / 24]],
  );
  assert.deepEqual(piecesOf(shifts, "2026-12-02", "Europe/London"), []);
});

test("the pieces of a day fill it, also where the clocks are changed", () => {
  const shifts = [shift("2026-10-24T19:00:00Z", "2026-10-25T01:30:00Z", "able"), shift("2026-10-25T01:30:00Z", "2026-10-26T08:00:00Z", "")];
  const pieces = piecesOf(shifts, "2026-10-25", "Europe/London");
  assert.deepEqual(pieces.map((p) => [p.from, p.to]), [[0, 2.5 / 25], [2.5 / 25, 1]]);
  assert.equal(pieces[1]!.begins, "01:30");
});

test("a person keeps a colour whatever the order in which people are named", () => {
  assert.equal(colourOf(["baker", "able", "cole"], "cole"), colourOf(["able", "cole", "baker"], "cole"));
  assert.notEqual(colourOf(["baker", "able"], "able"), colourOf(["baker", "able"], "baker"));
});

test("what a change would mean is the times in which somebody else is on, joined where they follow each other", () => {
  const before = [shift("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", "able"), shift("2026-12-02T00:00:00Z", "2026-12-03T00:00:00Z", "")];
  const after = [shift("2026-12-01T00:00:00Z", "2026-12-01T12:00:00Z", "able"), shift("2026-12-01T12:00:00Z", "2026-12-01T18:00:00Z", "baker"), shift("2026-12-01T18:00:00Z", "2026-12-03T00:00:00Z", "baker")];
  assert.deepEqual(differences(before, after), [
    { start: "2026-12-01T12:00:00.000Z", end: "2026-12-02T00:00:00.000Z", was: "able", is: "baker" },
    { start: "2026-12-02T00:00:00.000Z", end: "2026-12-03T00:00:00.000Z", was: "", is: "baker" },
  ]);
  assert.deepEqual(differences(before, before), []);
});
