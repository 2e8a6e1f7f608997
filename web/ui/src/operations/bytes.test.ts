import assert from "node:assert/strict";
import { test } from "node:test";
import { mostShown, segmentsOf } from "./bytes.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

test("each segment is a line, and the one that was not understood is marked", () => {
  const { segments, cut } = segmentsOf(utf8("MSH|^~\\&|PAS\rPID|1\rOBX|1\rOBX|2\r"), "OBX^2^5");
  assert.deepEqual(segments.map((s) => [s.number, s.text, s.blamed]), [[1, "MSH|^~\\&|PAS", false], [2, "PID|1", false], [3, "OBX|1", false], [4, "OBX|2", true]]);
  assert.equal(cut, false);
  assert.deepEqual(segmentsOf(utf8("MSH|x\nPID|2"), "").segments.map((s) => s.blamed), [false, false]);
});

test("what acts on a screen, or cannot be seen, is written out; markup stays text", () => {
  const { segments } = segmentsOf(utf8("\u000bMSH|<b>\u202egnirts\u200b\u0000\u001b[31m\ufeff"), "MSH^1^3");
  assert.equal(segments[0]!.text, "‹0B›MSH|<b>‹U+202E›gnirts‹U+200B›‹00›‹1B›[31m‹U+FEFF›");
  assert.equal(segments[0]!.blamed, true);
});

test("bytes that are no UTF-8 are read as windows-1252", () => {
  assert.equal(segmentsOf(new Uint8Array([0x4d, 0xfc]), "").segments[0]!.text, "Mü");
});

test("of a very long message only the beginning is shown, and that is said", () => {
  const long = segmentsOf(utf8("é".repeat(mostShown)), "");
  assert.equal(long.cut, true);
  assert.equal(long.segments[0]!.text.length, mostShown / 2);
});
