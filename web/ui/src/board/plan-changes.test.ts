import assert from "node:assert/strict";
import { test } from "node:test";
import type { Edition } from "../api.ts";
import { changedLine, shownFirst } from "./plan-changes.ts";

const edition = (version: number, ...says: [string, string][]): Edition => ({
  version, status: "active", headline: "", published: "2026-11-22T14:02:00Z", written: says.map(([title, text]) => ({ title, text })),
});
const first = edition(1, ["Headline", "Ring us"], ["CPR", "Not for attempted CPR"]);
const second = edition(2, ["Headline", "Ring us first"], ["CPR", "Not for attempted CPR"]);
const third = edition(3, ["Headline", "Ring us"], ["CPR", "For attempted CPR"]);

test("what is compared is the version that was shown first and the newest, not the one before", () => {
  assert.deepEqual(shownFirst([third, second, first]), { first, now: third });
  assert.equal(changedLine([third, second, first]), "Changed since it was first shown here as version 1, now version 3: CPR.");
});

test("a version that was taken back word by word says that nothing is different", () => {
  assert.equal(changedLine([{ ...first, version: 3 }, second, first]), "Version 3 has come since it was first shown here as version 1. The text is the same.");
});

test("who was shown only the newest is told of no change", () => {
  for (const none of [undefined, [], [third]]) {
    assert.equal(shownFirst(none), undefined);
    assert.equal(changedLine(none), undefined);
  }
});
