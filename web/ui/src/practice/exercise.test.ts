import assert from "node:assert/strict";
import { test } from "node:test";
import { type Facts, numberOf, stepOf, steps, took } from "./exercise.ts";

test("one step after the other: wait, open, read, acknowledge, done", () => {
  const way: Facts[] = [{}, { displayed: 1 }, { displayed: 1, opened: 2 }, { displayed: 1, opened: 2, closed: 3 }, { displayed: 1, opened: 2, closed: 3, acknowledged: 4 }];
  assert.deepEqual(way.map(stepOf), [...steps]);
  assert.deepEqual(way.map((facts) => numberOf(stepOf(facts))), [1, 2, 3, 4, 5]);
});

test("whoever acknowledges without having opened the plan is sent to open it, and is done when it is read", () => {
  assert.equal(stepOf({ displayed: 1, acknowledged: 2 }), "openAfter");
  assert.equal(numberOf("openAfter"), 2);
  assert.equal(stepOf({ displayed: 1, acknowledged: 2, opened: 3 }), "read");
  assert.equal(stepOf({ displayed: 1, acknowledged: 2, opened: 3, closed: 4 }), "done");
});

test("how long it took is counted from the moment when the alert stood on the screen", () => {
  assert.equal(took({ displayed: 1_000, opened: 9_000 }), undefined);
  assert.deepEqual(took({ displayed: 1_000, opened: 9_400, acknowledged: 62_000 }), { answer: 61, open: 8 });
  assert.deepEqual(took({ displayed: 1_000, opened: 1_100, acknowledged: 1_200 }), { answer: 1, open: 1 });
});
