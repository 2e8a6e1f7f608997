import assert from "node:assert/strict";
import { test } from "node:test";
import { shownFor } from "./notification.ts";

const here = "https://alerts.example";
const path = "/answer/AbCdEf0123456789-_xyzQ";
const told = (message: unknown) => shownFor(JSON.stringify(message), here);

test("a step shows its reference; a tap on it asks, and its button answers", () => {
  assert.deepEqual(told({ what: "step", ref: "K3V9Q2", link: here + path, key: "k1" }), {
    title: "UCP alert, ref K3V9Q2", body: "Nobody has answered. Tap to open the app.", tag: "k1", path: `${path}/ask`, answer: path,
  });
});

test("nothing else of what came is shown, and no other address is gone to", () => {
  for (const text of [
    undefined, "", "Ana Tester, 999 000 0018", "null", "[]", "7",
    JSON.stringify({ what: "step", ref: "Ana Tester", link: `https://elsewhere.example${path}`, title: "Ana Tester", text: "Ana Tester" }),
    JSON.stringify({ what: "code", code: "Ana Tester" }),
    JSON.stringify({ what: "event", ref: ["K3V9Q2"], link: "//elsewhere.example" }),
    JSON.stringify({ what: "step", ref: "9990000018", link: `${here}${path}/../../elsewhere` }),
    JSON.stringify({ what: "step", link: `${here}.elsewhere.example${path}` }),
  ]) {
    const shown = shownFor(text, here);
    assert.doesNotMatch(JSON.stringify(shown), /Tester|999|elsewhere/, `${text}`);
    assert.deepEqual([shown.title, shown.path, shown.answer], ["UCP alert", "/me", undefined], `${text}`);
  }
});

test("an event has no button, a test says that nothing has to be done, and a code is shown", () => {
  assert.deepEqual([told({ what: "event", ref: "K3V9Q2", link: `${here}/me` })].map(({ path, answer }) => [path, answer]), [["/me", undefined]]);
  assert.match(told({ what: "test" }).body, /Nothing has to be done/);
  assert.match(told({ what: "code", code: "123456" }).title, /123456/);
});
