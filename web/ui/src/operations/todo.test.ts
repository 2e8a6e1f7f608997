import assert from "node:assert/strict";
import { test } from "node:test";
import type { Department, Feed, Now } from "./api.ts";
import { todo } from "./todo.ts";

const department: Department = {
  department: "RQW-AE", department_name: "Princess Alexandra A&E", organisation_name: "Princess Alexandra", connected: 2, visible: 1, state: "seen",
  screens: [{ account: "a", visible: true, since: "2026-11-22T09:00:00Z", behind: 0 }], canary: { state: "passed", every_seconds: 60, age_seconds: 12 },
};
const feed: Feed = {
  feed: "RQW|PAS", organisation: "RQW", organisation_name: "Princess Alexandra", application: "PAS", time_zone: "Europe/London", state: "heard", words: "", from: "2026-11-22T13:03:00Z",
  minutes: [], bands: [], parts: [{ feed: "RQW|PAS|event=arrivals", event: "arrivals", state: "heard", words: "" }],
};
const well: Now = {
  time: "2026-11-22T14:02:10Z", version: "1.0", checks: [{ name: "database", ok: true, reason: "" }], feeds: [feed], waiting: { messages: 0 }, departments: [department],
  depths: [{ name: "writes", now: 3, minutes: [3] }, { name: "journal", now: 0, minutes: [0] }], proof: { ended: "2026-11-22T02:00:41Z", differences: 0, mended: true },
};
const keys = (more: Partial<Now>) => todo({ ...well, ...more }).map((i) => `${i.tone} ${i.key}`);

test("nothing needs doing where all is well", () => {
  assert.deepEqual(todo(well), []);
});

test("what patients may be missed by comes before what can wait", () => {
  const got = keys({
    checks: [{ name: "profiles", ok: false, reason: "a fault", advisory: true }, { name: "database", ok: false, reason: "the disk is full" }],
    waiting: { messages: 2 }, proof: { ended: "2026-11-22T02:00:41Z", differences: 1, mended: true },
  });
  assert.deepEqual(got, ["now check database", "now quarantine", "soon check profiles", "soon proof"]);
});

test("a feed that is silent is told with since when and what to do, and its parts only where the whole still speaks", () => {
  const part = { ...feed.parts[0]!, state: "silent" as const };
  const [silent, ...more] = todo({ ...well, feeds: [{ ...feed, state: "silent", since: "2026-11-22T13:40:00Z", parts: [part] }] });
  assert.equal(silent!.what, "Princess Alexandra (PAS) has sent nothing since 1:40pm, which is not usual");
  assert.match(silent!.act, /integration desk/);
  assert.deepEqual(more, []);
  assert.deepEqual(keys({ feeds: [{ ...feed, parts: [part] }] }), ["soon feed RQW|PAS|event=arrivals"]);
  assert.deepEqual(keys({ feeds: [{ ...feed, state: "muted" }] }), []);
});

test("a department is told where its check stops, where nobody sees its board, and where a screen does not read", () => {
  const bad: Department = { ...department, state: "unseen", canary: { state: "alarm", where: "listener hospitals", every_seconds: 60, age_seconds: 200 }, screens: [{ ...department.screens[0]!, behind: 40 }] };
  assert.deepEqual(keys({ departments: [bad] }), ["now canary RQW-AE", "now unseen RQW-AE", "soon slow RQW-AE"]);
  assert.deepEqual(keys({ departments: [{ ...department, state: "never", canary: { ...department.canary!, state: "no_screen" } }] }), []);
});

test("checks that a list tells in detail are not told twice, but a canary that is off is", () => {
  assert.deepEqual(keys({ checks: [{ name: "silence", ok: false, reason: "silent feeds: RQW|PAS", advisory: true }] }), []);
  assert.deepEqual(keys({ checks: [{ name: "canary", ok: false, reason: "it is off", advisory: true }], departments: [{ ...department, canary: undefined as never }] }), ["soon check canary"]);
});

test("queues and an old proof are told once they are long or old", () => {
  assert.deepEqual(keys({ depths: [{ name: "writes", now: 257, minutes: [] }, { name: "journal", now: 1001, minutes: [] }] }), ["now journal", "soon writes"]);
  assert.deepEqual(keys({ proof: { ended: "2026-11-20T02:00:41Z", differences: 0, mended: true } }), ["soon proof"]);
  assert.deepEqual(keys({ proof: { ended: "2026-11-22T02:00:41Z", differences: 2, mended: false } }), ["now proof"]);
});
