import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert, AlertChange, DepartmentStatus } from "../stream/index.ts";
import { type Areas, inNeed, isDark, rowsOf, sums, swept, withChange, within, withSnapshot, withStatus } from "./areas.ts";

const alert = (department: string, id: string, more: Partial<Alert> = {}): Alert => ({ id, department, state: "raised", urgency: "urgent", raised: "2026-11-22T14:00:00Z", ...more });
const change = (a: Alert, what: AlertChange["change"] = "updated"): AlertChange => ({ type: "alert", position: "e/2", previous: "e/1", change: what, alert: a });
const status = (department: string, visible?: number): DepartmentStatus => ({
  type: "status", department, time: "2026-11-22T14:00:00Z", plans: [], ...(visible === undefined ? {} : { screens: { connected: 2, visible, unwatched: [] } }),
});
const none: Areas = new Map();
const order = (areas: Areas) => inNeed(areas, (id) => id).map((area) => area.id);

test("an unacknowledged critical alert brings its department to the top, then any that waits, then a board that nobody sees", () => {
  let { areas } = withSnapshot(none, [alert("D", "d1", { urgency: "critical" }), alert("C", "c1"), alert("A", "a1", { state: "acknowledged", urgency: "critical" })], true, 0);
  for (const [id, visible] of [["A", 1], ["B", 0], ["C", 1], ["D", 1], ["E", undefined]] as const) areas = withStatus(areas, status(id, visible));
  assert.deepEqual(order(areas), ["D", "C", "B", "A", "E"]);
  assert.deepEqual(sums(areas), { waiting: 2, answered: 1, dark: 1 });
  ({ areas } = withChange(areas, change(alert("D", "d1", { state: "acknowledged", urgency: "critical" }), "acknowledged"), 0));
  assert.deepEqual(order(areas), ["C", "B", "A", "D", "E"]);
});

test("one alert in two departments is two rows, and leaves each by itself", () => {
  let { areas } = withSnapshot(none, [alert("A", "x"), alert("B", "x")], true, 0);
  ({ areas } = withChange(areas, change({ id: "x", department: "A", state: "withdrawn", state_reason: "the patient moved" }, "withdrawn"), 0));
  assert.equal(rowsOf(areas.get("A")!).waiting[0]?.alert.state, "withdrawn");
  assert.equal(rowsOf(areas.get("B")!).waiting[0]?.alert.state, "raised");
  assert.deepEqual(sums(areas), { waiting: 1, answered: 0, dark: 0 });
  assert.equal(rowsOf(swept(areas, 61_000).get("A")!).waiting.length, 0);
});

test("a new list replaces what each department showed, and what was known of its screens", () => {
  let areas = withStatus(withSnapshot(none, [alert("A", "a1")], true, 0).areas, status("A", 0));
  assert.equal(isDark(areas.get("A")!), true);
  ({ areas } = withSnapshot(areas, [alert("A", "a2")], false, 0));
  assert.equal(isDark(areas.get("A")!), undefined, "not known is not dark, and not seen");
  assert.deepEqual(rowsOf(areas.get("A")!).waiting.map((row) => [row.alert.id, row.leaving !== undefined]), [["a1", true], ["a2", false]]);
});

test("unacknowledged alerts stand before those that are answered", () => {
  const { areas } = withSnapshot(none, [alert("A", "a1", { state: "acknowledged", urgency: "critical" }), alert("A", "a2", { urgency: "routine" }), alert("A", "a3", { urgency: "critical" })], true, 0);
  const { waiting, answered } = rowsOf(areas.get("A")!);
  assert.deepEqual([...waiting, ...answered].map((row) => row.alert.id), ["a3", "a2", "a1"]);
});

test("what is new is told once: everything together at first, then each change, and after an absence what came meanwhile", () => {
  const first = withSnapshot(none, [alert("A", "a1"), alert("B", "b1", { state: "acknowledged" })], true, 0);
  assert.deepEqual(first.news, [{ kind: "loaded", open: 2, unanswered: 1 }]);
  const second = withChange(first.areas, change(alert("B", "b2"), "raised"), 0);
  assert.deepEqual(second.news, [{ kind: "arrived", alerts: [alert("B", "b2")] }]);
  assert.deepEqual(withChange(second.areas, change(alert("B", "b2")), 0).news.map((n) => n.kind), ["updated"]);
  const third = withSnapshot(second.areas, [alert("A", "a1"), alert("B", "b2"), alert("C", "c1")], false, 0);
  assert.deepEqual(third.news, [{ kind: "gone", alerts: [alert("B", "b1", { state: "acknowledged" })] }, { kind: "arrived", alerts: [alert("C", "c1")] }]);
});

test("choosing a hospital hides no department where a critical alert waits, and what it hides is counted", () => {
  const { areas } = withSnapshot(none, [alert("A", "a1"), alert("B", "b1", { urgency: "critical" }), alert("C", "c1"), alert("C", "c2"), alert("C", "c3", { state: "acknowledged" })], true, 0);
  const { shown, hidden } = within(areas, (id) => id === "A");
  assert.deepEqual([...shown.keys()].sort(), ["A", "B"]);
  assert.equal(hidden, 2);
  assert.equal(within(areas, () => true).hidden, 0);
});
