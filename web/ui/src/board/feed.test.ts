import assert from "node:assert/strict";
import { test } from "node:test";
import { silenceOf } from "./feed.ts";

const since = "2026-11-22T14:02:00Z";

test("a silent feed says since when, what is usual, and what may be missing", () => {
  assert.equal(
    silenceOf({ state: "silent", since, usual: 41.7 }, "Europe/London"),
    "No messages from the hospital's system since 14:02 (usually 42 in the time until this was noticed). New arrivals may be missing here.",
  );
  assert.equal(silenceOf({ state: "silent", since }, "Europe/London"), "No messages from the hospital's system since 14:02. New arrivals may be missing here.");
  assert.equal(
    silenceOf({ state: "silent", since, usual: 6, part: "arrivals" }, "Europe/London"),
    "No messages about arrivals from the hospital's system since 14:02 (usually 6 in the time until this was noticed). Something may be missing here.",
  );
});

test("a feed that is heard, or of which nothing is known, says nothing", () => {
  assert.equal(silenceOf({ state: "heard", last: since }, "Europe/London"), undefined);
  assert.equal(silenceOf({ state: "unknown" }, "Europe/London"), undefined);
  assert.equal(silenceOf(undefined, "Europe/London"), undefined);
});
