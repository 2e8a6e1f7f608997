import assert from "node:assert/strict";
import { test } from "node:test";
import { due, readSounds, usual } from "./sounds.ts";

test("what was kept is read; whatever is not a choice is what is usual", () => {
  assert.deepEqual(readSounds(null), usual);
  assert.deepEqual(readSounds("{"), usual);
  assert.deepEqual(readSounds("null"), usual);
  assert.deepEqual(readSounds(JSON.stringify({ volume: 0, of: { critical: { tone: "none", every: 86400 }, urgent: { tone: "constructor" } } })), usual, "nothing can be kept that is silence");
  const chosen = { volume: 0.3, of: { ...usual.of, urgent: { tone: "low", every: 60 } } };
  assert.deepEqual(readSounds(JSON.stringify(chosen)), chosen);
});

test("each urgency rings again after its own time, the most pressing first, and none when nobody waits", () => {
  const at = (seconds: number, rung: Parameters<typeof due>[1], ...waiting: Parameters<typeof due>[0]) => due(waiting, rung, usual, seconds * 1_000);
  assert.equal(at(0, {}), undefined);
  assert.equal(at(0, {}, "routine", "critical"), "critical", "what never rang is due at once");
  assert.equal(at(14, { critical: 0 }, "critical"), undefined);
  assert.equal(at(15, { critical: 0 }, "critical"), "critical");
  assert.equal(at(29, { urgent: 0, critical: 20_000 }, "critical", "urgent"), undefined);
  assert.equal(at(30, { urgent: 0, critical: 20_000 }, "critical", "urgent"), "urgent");
  assert.equal(at(36, { urgent: 0, critical: 20_000 }, "critical", "urgent"), "critical");
});
