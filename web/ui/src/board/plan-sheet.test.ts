import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "../api.ts";
import { density } from "./plan-sheet.ts";

const plan = (steps: number): Plan => ({
  plan: "p", version: 1, status: "active", centre: "RP4", headline: "Ring us", sections: [],
  content: { actions: Array.from({ length: steps }, () => ({ text: "Hydrocortisone 100 mg IM or IV at once, before bloods and before a bed is found." })) },
});

test("the more a plan says, the closer it is set", () => {
  assert.deepEqual([5, 25, 60].map((steps) => density(plan(steps))), ["", "close", "closest"]);
});

test("text without headings counts once", () => {
  const bare: Plan = { ...plan(0), content: {}, sections: [{ title: "", text: "x".repeat(2_000) }] };
  assert.equal(density(bare), "close");
  assert.equal(density({ ...bare, content: { sections: bare.sections } }), "close");
});
