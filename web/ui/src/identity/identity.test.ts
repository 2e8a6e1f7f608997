import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, type Pair } from "./api.ts";
import { how, written } from "./beside.ts";

const pair: Pair = { alert: "a", department: "RQW-AE", seen: "s1", state: "raised", reason: "", centre: "RP4", fields: [] };
const said = { answer: "same", by: "one", role: "clinician", at: "2026-11-22T14:00:00Z" } as const;

test("who is shown is what is decided on: other details and another person's word are a change", () => {
  assert.equal(changed(pair, { ...pair, reason: "in other words" }), false);
  assert.equal(changed(pair, { ...pair, seen: "s2" }), true);
  assert.equal(changed(pair, { ...pair, ruling: said }), true);
  assert.equal(changed({ ...pair, ruling: said }, { ...pair, ruling: { ...said, answer: "other" } }), true);
  assert.equal(changed({ ...pair, ruling: said }, { ...pair, ruling: { ...said, at: "2026-11-22T14:01:00Z" } }), true);
  assert.equal(changed({ ...pair, ruling: said }, { ...pair, ruling: said }), false);
});

test("identifiers are written as the NHS writes them", () => {
  assert.equal(written("NHS number", "9990000018"), "999 000 0018");
  assert.equal(written("date of birth", "1980-02-13"), "13 February 1980");
  assert.equal(written("sex", "female"), "Female");
  assert.equal(written("family name", "O'Invented"), "O'Invented");
});

test("how two agree is said once", () => {
  assert.equal(how({ name: "n", agreement: "agrees", words: "agrees" }), "");
  assert.equal(how({ name: "n", agreement: "agrees in part", words: "agrees in part (similar spelling)" }), "Similar spelling");
  assert.equal(how({ name: "n", agreement: "agrees in part", words: "agrees in part: sounds alike" }), "Sounds alike");
  assert.equal(how({ name: "n", agreement: "differs", words: "by years" }), "By years");
  assert.equal(how({ name: "n" }), "");
});
