import assert from "node:assert/strict";
import { test } from "node:test";
import type { DepartmentStatus } from "../stream/index.ts";
import { partsOf, worst } from "./standing.ts";

const now = new Date("2026-11-22T14:05:00Z");
const status = (more: Partial<DepartmentStatus>): DepartmentStatus => ({ type: "status", department: "RQW-AE", time: now.toISOString(), plans: [], ...more });
const parts = (of: DepartmentStatus | undefined) => Object.fromEntries(partsOf(of, { missed: 0 }, "Europe/London", now).map((part) => [part.key, part]));

test("what nobody reports on is not known, and is never shown as well", () => {
  for (const of of [undefined, status({})]) {
    const all = partsOf(of, { missed: 0 }, "Europe/London", now);
    assert.deepEqual(all.map((part) => part.tone), ["unknown", "unknown", "unknown", "unknown"]);
    for (const part of all) assert.ok(part.lines.length > 0, part.key);
  }
});

test("a hospital that is heard says when; one that is silent says since when, and is an alarm", () => {
  assert.equal(parts(status({ feed: { state: "heard", last: "2026-11-22T14:02:00Z" } }))["feed"]!.short, "Hospital heard 2:02pm");
  const silent = parts(status({ feed: { state: "silent", since: "2026-11-22T13:40:00Z", part: "arrivals" } }))["feed"]!;
  assert.deepEqual([silent.tone, silent.short], ["alarm", "Hospital silent since 1:40pm"]);
  assert.match(silent.lines[0]!.text, /No message about arrivals since 1:40pm/);
});

test("each centre is listed with when it was last heard; one that cannot be reached is counted in the strip", () => {
  const plans = [
    { centre: "RP4", centre_name: "Great Ormond Street", state: "heard", last: "2026-11-22T13:50:00Z" }, { centre: "RAL", state: "heard" },
    { centre: "RJZ", centre_name: "King's", state: "failing", last: "2026-11-21T09:00:00Z" },
  ];
  const good = parts(status({ plans: plans.slice(0, 2) }))["plans"]!;
  assert.deepEqual([good.tone, good.short], ["good", "2 centres, last heard 1:50pm"]);
  assert.deepEqual(good.lines.map((line) => [line.name, line.text]), [["Great Ormond Street", "last heard 1:50pm"], ["RAL", "no plan from it yet"]]);
  const bad = parts(status({ plans }))["plans"]!;
  assert.deepEqual([bad.tone, bad.short], ["warn", "1 of 3 centres not reached"]);
  assert.match(bad.lines[2]!.text, /cannot be reached since 21 November 2026, 9am/);
});

test("a check that other screens do not show, and a board that nobody can see, are said", () => {
  const { check, screens } = parts(status({ canary: { state: "alarm", words: "1 of 2 screens" }, screens: { connected: 2, visible: 2, unwatched: ["RQW-UTC"] } }));
  assert.deepEqual([check!.tone, check!.lines[0]!.text, screens!.tone, screens!.short], ["alarm", "1 of 2 screens", "warn", "Board unseen: RQW-UTC"]);
});

test("the worst of some tones counts", () => {
  assert.equal(worst(["good", "warn", "unknown"]), "warn");
  assert.equal(worst([]), "good");
});
