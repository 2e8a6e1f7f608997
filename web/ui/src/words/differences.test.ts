import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, differences } from "./differences.ts";

const written = (before: string, after: string) =>
  compare(before, after)
    .map((p) => ({ same: p.text, added: `[+${p.text}]`, removed: `[-${p.text}]` })[p.kind])
    .join("");

test("a word that changed is one word removed and one added", () => {
  assert.equal(written("give 50 mg at once", "give 100 mg at once"), "give [-50 ][+100 ]mg at once");
});

test("a step that was added is added whole", () => {
  assert.equal(written("Inject", "Inject\nRing us"), "Inject\n[+Ring us]");
});

test("the pieces that were not removed are the new text, whatever changed", () => {
  for (const [before, after] of [["", "a b"], ["a b", ""], ["a  b\nc", "c a b"], ["x y z", "z y x"], ["same", "same"]] as const) {
    const kept = compare(before, after).filter((p) => p.kind !== "removed").map((p) => p.text).join("");
    assert.equal(kept, after);
  }
});

test("only headings that differ are listed; one that is gone comes last", () => {
  const before = [{ title: "Headline", text: "Ring us" }, { title: "CPR", text: "Not for attempted CPR" }, { title: "Carers", text: "Mother" }];
  const after = [{ title: "Headline", text: "Ring us" }, { title: "CPR", text: "For attempted CPR" }];
  assert.deepEqual(differences(before, after).map((d) => d.title), ["CPR", "Carers"]);
  assert.deepEqual(differences(before, before), []);
});

test("several sections with one title are compared as one text", () => {
  const [one] = differences([{ title: "Note", text: "a" }], [{ title: "Note", text: "a" }, { title: "Note", text: "b" }]);
  assert.equal(one?.pieces.at(-1)?.text, "b");
});
