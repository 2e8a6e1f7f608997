import assert from "node:assert/strict";
import { test } from "node:test";
import { area, bandAt, bars, rows, top } from "./plot.ts";

const at = (time: string) => new Date(`2026-11-22T${time}:00Z`);
const bands = [
  { from: "2026-11-22T13:03:00Z", low: 0, usual: 2, high: 5 },
  { from: "2026-11-22T14:00:00Z", low: 1, usual: 4, high: 9 },
];

test("the top of a drawing is a round number that holds everything", () => {
  assert.deepEqual([top([], []), top([0, 3], []), top([7], bands), top([51], bands), top([100], [])], [1, 5, 10, 100, 100]);
});

test("bars stand at the right edge, and nothing is drawn for nothing", () => {
  assert.equal(bars([0, 5], 10), "M59.1 100V50h.8V100Z");
  assert.equal(bars([], 10), "");
});

test("what is usual changes on the hour, and is not drawn where it is not known", () => {
  assert.equal(bandAt(bands, at("13:02").getTime()), undefined);
  assert.equal(bandAt(bands, at("13:59").getTime())?.usual, 2);
  assert.equal(bandAt(bands, at("14:00").getTime())?.usual, 4);
  assert.equal(area(bands, at("13:01").getTime(), 10).split("Z").length - 1, 58);
});

test("the table has sums of five minutes beside what is usual, the newest first", () => {
  const all = rows({ what: "", summary: "", newest: at("14:02"), values: [1, 1, 1, 1, 1, 2, 2, 2], bands, zone: "UTC", sums: true });
  assert.deepEqual(all.map((r) => [r.from.toISOString().slice(11, 16), r.until.toISOString().slice(11, 16), r.value, r.usual]), [["13:58", "14:03", 8, 16], ["13:55", "13:58", 3, 6]]);
  const most = rows({ what: "", summary: "", newest: at("14:02"), values: [4, 9, 1], zone: "UTC", sums: false });
  assert.deepEqual([most[0]!.value, most[0]!.usual], [9, undefined]);
});
