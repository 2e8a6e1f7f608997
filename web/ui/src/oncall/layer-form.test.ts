import assert from "node:assert/strict";
import { test } from "node:test";
import type { Layer } from "./api.ts";
import { blank, fromForm, moved, toForm } from "./layer-form.ts";
import { layerWords } from "./layer-words.ts";

const night: Layer = {
  name: "nights", handover: "0 20 * * 1,5", people: ["able", "baker"], first: "2026-11-01", last: "2027-03-31",
  windows: [{ weekdays: ["mon", "fri"], dates: ["2026-12-25"], holidays: "never", from: "20:00", to: "08:00" }],
};

test("a layer comes out of its form as it went in", () => {
  for (const layer of [night, { ...night, handover: "15 8-20/6 * * *" }, { name: "ground", handover: "0 8 * * *", people: ["able"], first: "2026-11-01", windows: [] }]) {
    assert.deepEqual(fromForm(toForm(layer)), layer);
  }
});

test("times are taken as people type them, and what is none goes to the service as it was typed, which says what is wrong", () => {
  const typed = (times: string) => fromForm({ ...blank("ground", "2026-11-01"), times }).handover;
  assert.equal(typed("8:00; 20:00"), "0 8,20 * * *");
  assert.equal(typed("0830 2030"), "30 8,20 * * *");
  assert.equal(typed("in the morning"), "in the morning");
  assert.equal(typed("08:00, 20:30"), "08:00, 20:30");
});

test("one changes places with its neighbour, and not past the ends", () => {
  assert.deepEqual(moved(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
  assert.deepEqual(moved(["a", "b", "c"], 0, -1), ["a", "b", "c"]);
  assert.deepEqual(moved(["a", "b", "c"], 2, 1), ["a", "b", "c"]);
});

test("a layer is said in words, without cron", () => {
  assert.deepEqual(layerWords(night), [
    "Handed over every Monday and Friday at 20:00, from 1 November 2026 to 31 March 2027.",
    "Only on Monday and Friday, on 25 December 2026, from 20:00 to 08:00, not on bank holidays.",
  ]);
  assert.deepEqual(layerWords({ name: "ground", handover: "0 8 1 * *", people: ["able"], first: "2026-11-01" }), ["Handed over by the expression 0 8 1 * *, from 1 November 2026 on."]);
});
