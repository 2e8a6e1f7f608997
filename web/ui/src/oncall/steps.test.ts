import assert from "node:assert/strict";
import { test } from "node:test";
import { course, lasting, type Step } from "./steps.ts";

const board: Step = { name: "board", to: "board", wait: 120 };
const nurse: Step = { name: "nurse in charge", to: "on_call", rota: "nurses", wait: 180 };
const centre: Step = { name: "centre", to: "centre", wait: 300 };

test("an alert that nobody answers goes through all steps, but the board's only once, to the alarm", () => {
  assert.deepEqual(
    course([board, nurse, centre], 1).map((h) => [h.at, h.step?.name ?? "alarm", h.before]),
    [[0, "board", 0], [120, "nurse in charge", 0], [300, "centre", 0], [600, "nurse in charge", 1], [780, "centre", 1], [1080, "alarm", 0]],
  );
  assert.deepEqual(course([board], 0).map((h) => [h.at, h.alarm]), [[0, false], [120, true]]);
});

test("how long something lasts is said as people say it", () => {
  assert.equal(lasting(0), "0 minutes");
  assert.equal(lasting(60), "1 minute");
  assert.equal(lasting(90), "1 minute 30 seconds");
  assert.equal(lasting(3900), "1 hour 5 minutes");
});
