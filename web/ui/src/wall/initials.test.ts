import assert from "node:assert/strict";
import { test } from "node:test";
import { initials } from "./initials.ts";

test("a wall shows one letter of each name, and nothing where no name may be seen", () => {
  assert.equal(initials({ given: "Ana", family: "Tester" }), "A. T.");
  assert.equal(initials({ given: "ana maria", family: "O'Invented" }), "A. O.");
  assert.equal(initials({ family: "’t Voorbeeld" }), "T.");
  assert.equal(initials({ given: "Élise", family: "李" }), "É. 李.");
  assert.equal(initials({ name: "TESTER, Ana" }), undefined);
  assert.equal(initials({}), undefined);
  assert.equal(initials(undefined), undefined);
});
