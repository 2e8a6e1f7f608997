import assert from "node:assert/strict";
import { test } from "node:test";
import { readHandover, writeHandover } from "./handover.ts";

test("what the form can say is read from an expression and written again as it was", () => {
  for (const [expression, read] of [
    ["0 8,20 * * *", { kind: "days", times: ["08:00", "20:00"] }],
    ["30 7 * * 1", { kind: "weeks", days: ["mon"], times: ["07:30"] }],
    ["0 9 * * 6,0", { kind: "weeks", days: ["sat", "sun"], times: ["09:00"] }],
    ["0 8 1 * *", { kind: "expression", expression: "0 8 1 * *" }],
    ["*/90 * * * *", { kind: "expression", expression: "*/90 * * * *" }],
    ["0 8-10 * * *", { kind: "expression", expression: "0 8-10 * * *" }],
    ["0 25 * * *", { kind: "expression", expression: "0 25 * * *" }],
    ["0 8 * * 1-5", { kind: "expression", expression: "0 8 * * 1-5" }],
  ] as const) {
    assert.deepEqual(readHandover(expression), read, expression);
    assert.equal(writeHandover(readHandover(expression)), expression);
  }
  assert.deepEqual(readHandover("0 8 * * MON,wed"), { kind: "weeks", days: ["mon", "wed"], times: ["08:00"] });
  assert.deepEqual(readHandover("0 9 * * 7"), { kind: "weeks", days: ["sun"], times: ["09:00"] });
});

test("no expression is written for what one cannot say", () => {
  assert.equal(writeHandover({ kind: "days", times: [] }), undefined);
  assert.equal(writeHandover({ kind: "days", times: ["08:00", "20:30"] }), undefined, "minutes that differ");
  assert.equal(writeHandover({ kind: "days", times: ["24:00"] }), undefined);
  assert.equal(writeHandover({ kind: "weeks", days: [], times: ["08:00"] }), undefined);
  assert.equal(writeHandover({ kind: "expression", expression: " " }), undefined);
});
