import assert from "node:assert/strict";
import { test } from "node:test";
import { Foresight } from "./foresight.ts";

/** Questions that are answered by hand. */
function asking() {
  const open: { answer: (text: string) => void; fail: (error: unknown) => void }[] = [];
  const heard: string[] = [];
  let asks = true;
  const foresight = new Foresight<string>(
    300,
    () => (asks ? new Promise((answer, fail) => open.push({ answer, fail })) : undefined),
    (answer) => heard.push(answer),
    (error) => heard.push(`failed: ${String(error)}`),
  );
  return { open, heard, foresight, mute: () => (asks = false) };
}

const settled = () => new Promise((done) => setImmediate(done));

test("it is asked once the form was left alone, and not for each letter", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { open, foresight } = asking();
  for (let i = 0; i < 5; i++) {
    foresight.soon();
    t.mock.timers.tick(299);
  }
  assert.equal(open.length, 0);
  t.mock.timers.tick(1);
  assert.equal(open.length, 1);
});

test("only the answer to the newest question counts, whichever comes last, and none after it was stopped", async () => {
  const { open, heard, foresight, mute } = asking();
  void foresight.now();
  void foresight.now();
  open[1]!.answer("new");
  open[0]!.fail("old");
  await settled();
  assert.deepEqual(heard, ["new"]);
  void foresight.now();
  mute();
  void foresight.now();
  open[2]!.answer("of a form that is empty now");
  await settled();
  assert.deepEqual(heard, ["new"]);
  foresight.stop();
});

test("why it could not be said is told; not after it was stopped", async () => {
  const { open, heard, foresight } = asking();
  void foresight.now();
  open[0]!.fail("no service");
  await settled();
  void foresight.now();
  foresight.stop();
  open[1]!.answer("late");
  await settled();
  assert.deepEqual(heard, ["failed: no service"]);
});
