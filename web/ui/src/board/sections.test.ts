import assert from "node:assert/strict";
import { test } from "node:test";
import { grouped } from "./sections.ts";

test("neighbours with one title are one list, in the order in which they were written", () => {
  const groups = grouped([
    { title: "What to do in an emergency", text: "see at once" },
    { title: "", text: "first" },
    { title: "", text: "then" },
    { title: "Do not", text: "wait" },
    { title: "Do not", text: "send home" },
    { title: "Note", text: "ring" },
  ]);
  assert.deepEqual(groups, [
    { title: "What to do in an emergency", kind: "text", items: ["see at once"] },
    { title: "", kind: "steps", items: ["first", "then"] },
    { title: "Do not", kind: "never", items: ["wait", "send home"] },
    { title: "Note", kind: "text", items: ["ring"] },
  ]);
});

test("the same title further down is a list of its own: nothing is moved", () => {
  assert.deepEqual(grouped([{ title: "Note", text: "a" }, { title: "Do not", text: "b" }, { title: "Note", text: "c" }]).map((g) => g.title), ["Note", "Do not", "Note"]);
});

test("one text without a title is not a step", () => {
  assert.equal(grouped([{ title: "", text: "all of it" }])[0]?.kind, "text");
});

test("only a title that forbids makes a list of what must not be done", () => {
  for (const title of ["Do not", "do not give", "Never", "What never to do"]) assert.equal(grouped([{ title, text: "x" }])[0]?.kind, "never", title);
  for (const title of ["Donor", "What to do", "Nevertheless"]) assert.equal(grouped([{ title, text: "x" }])[0]?.kind, "text", title);
});
