import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert, Urgency } from "../stream/index.ts";
import { everything, type Filter, hiddenBy, shows, turned } from "./filter.ts";
import type { Row } from "./rows.ts";

function row(state: Alert["state"], urgency?: Urgency, more: Partial<Row> & { recall?: boolean } = {}): Row {
  const { recall, ...rest } = more;
  return { alert: { id: `${state} ${urgency}`, department: "RQW-AE", state, ...(urgency ? { urgency } : {}), ...(recall ? { recall } : {}) }, ...rest };
}

const urgencies: readonly Urgency[] = ["critical", "urgent", "routine"];
const filters: Filter[] = (["all", "waiting", "answered"] as const).flatMap((state) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({ state, without: new Set(urgencies.filter((_, i) => bits & (1 << i))) })),
);

test("no filter hides an unacknowledged critical alert, one that does not say how urgent it is, or a recall", () => {
  const always = [row("raised", "critical"), row("raised"), row("withdrawn", "routine", { recall: true, leaving: { at: Infinity, answered: false } })];
  assert.equal(filters.length, 24);
  for (const filter of filters) for (const r of always) assert.ok(shows(filter, r), `${r.alert.id} with ${filter.state} without ${[...filter.without].join()}`);
});

test("a filter shows what was chosen, and counts what it hides", () => {
  const rows = [row("raised", "urgent"), row("raised", "routine"), row("acknowledged", "critical"), row("acknowledged", "routine"), row("closed", "urgent", { leaving: { at: 1, answered: true } })];
  const hidden = (filter: Filter) => {
    const { waiting, others } = hiddenBy(filter, rows);
    return [waiting, others];
  };
  assert.deepEqual(hidden(everything), [0, 0]);
  assert.deepEqual(hidden({ ...everything, state: "waiting" }), [0, 3]);
  assert.deepEqual(hidden({ ...everything, state: "answered" }), [2, 0]);
  assert.deepEqual(hidden(turned(everything, "routine")), [1, 1]);
  assert.deepEqual(hidden(turned(turned(everything, "routine"), "routine")), [0, 0]);
});

test("an acknowledged critical alert can be hidden, and comes back when it is raised again", () => {
  const filter: Filter = { state: "waiting", without: new Set(["critical"]) };
  assert.ok(!shows(filter, row("acknowledged", "critical")));
  assert.ok(shows(filter, row("raised", "critical")));
});
