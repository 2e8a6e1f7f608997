import assert from "node:assert/strict";
import { test } from "node:test";
import { dial, earlierWords, hasContent, medicinesOf, saying } from "./content.ts";

test("only what is a number is dialled", () => {
  for (const [number, to] of [["020 7946 0411", "tel:02079460411"], ["+44 (20) 7946-0411", "tel:+442079460411"], ["ask switchboard", undefined], ["javascript:alert(1)", undefined], ["1".repeat(20), undefined]] as const) {
    assert.equal(dial(number), to, number);
  }
});

test("what was said before is written with its date and version", () => {
  assert.equal(earlierWords({ says: "not-for-cpr", since: "2026-10-06", version: 3 }), "Not for CPR, 6 October 2026 (version 3)");
  assert.equal(earlierWords({ says: "not-for-cpr" }), "Not for CPR");
});

test("a saying that these pages do not know is shown as it came, not passed over", () => {
  assert.equal(saying("for-something-new"), "for-something-new");
});

test("medicines that hold come before those that were stopped", () => {
  const medicines = [{ use: "takes", name: "a", state: "stopped" }, { use: "takes", name: "b" }, { use: "avoid", name: "c" }];
  assert.deepEqual(medicinesOf({ medicines }, "takes").map((m) => m.name), ["b", "a"]);
});

test("a version from before there were headings has none", () => {
  assert.equal(hasContent({}), false);
  assert.equal(hasContent(undefined), false);
  assert.equal(hasContent({ reviewed: "2026" }), true);
});
