import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert, AlertChange } from "../stream/index.ts";
import { asking, type Board, disagreements, dismiss, emptyBoard, inOrder, lingering, sweep, takeChange, takeSnapshot } from "./rows.ts";

function alert(id: string, minute: number, more: Partial<Alert> = {}): Alert {
  return { id, department: "RQW-AE", state: "raised", raised: `2026-11-22T14:${String(minute).padStart(2, "0")}:00Z`, ...more };
}

function frame(change: AlertChange["change"], a: Alert): AlertChange {
  return { type: "alert", position: "e/2", previous: "e/1", change, alert: a };
}

function boardOf(...alerts: Alert[]): Board {
  return takeSnapshot(emptyBoard, alerts, true, 0).board;
}

const ids = (board: Board) => {
  const { waiting, answered } = inOrder(board);
  return [waiting.map((r) => r.alert.id), answered.map((r) => r.alert.id)];
};

test("unanswered first: a recall, then by urgency, then whoever has waited longest", () => {
  const board = boardOf(
    alert("routine", 0, { urgency: "routine" }), alert("urgent since 5", 5, { urgency: "urgent" }), alert("does not say", 4), alert("critical since 9", 9, { urgency: "critical" }),
    alert("critical since 2", 2, { urgency: "critical" }), alert("recall", 30, { urgency: "routine", state: "withdrawn", recall: true }),
  );
  assert.deepEqual(ids(board)[0], ["recall", "critical since 2", "critical since 9", "does not say", "urgent since 5", "routine"]);
});

test("of those that are answered: what has changed since, then by urgency, then whoever has been here longest", () => {
  const done = (id: string, minute: number, more: Partial<Alert>) => alert(id, 1, { state: "acknowledged", version: 1, acknowledged: { version: 1 }, arrived: `2026-11-22T14:${10 + minute}:00Z`, ...more });
  const board = boardOf(
    done("critical since 5", 5, { urgency: "critical" }), done("critical since 3", 3, { urgency: "critical" }), done("routine", 0, { urgency: "routine" }),
    done("newer version", 9, { urgency: "routine", version: 2 }), done("new answer", 9, { urgency: "urgent", answered_new: 1 }),
  );
  assert.deepEqual(ids(board)[1], ["new answer", "newer version", "critical since 3", "critical since 5", "routine"]);
});

test("a raised alert is news once, however often it is sent", () => {
  const first = takeChange(emptyBoard, frame("raised", alert("a", 1)), 0);
  assert.deepEqual(first.news.map((n) => n.kind), ["arrived"]);
  const again = takeChange(first.board, frame("updated", alert("a", 1, { version: 2 })), 0);
  assert.deepEqual(again.news.map((n) => n.kind), ["updated"]);
  assert.equal(again.board.rows.size, 1);
});

test("an answered alert that is raised again is news again", () => {
  const board = boardOf(alert("a", 1, { state: "acknowledged" }));
  assert.deepEqual(takeChange(board, frame("raised", alert("a", 1)), 0).news.map((n) => n.kind), ["arrived"]);
});

test("an acknowledged alert moves to the second list", () => {
  const step = takeChange(boardOf(alert("a", 1), alert("b", 2)), frame("acknowledged", alert("b", 2, { state: "acknowledged" })), 0);
  assert.deepEqual(ids(step.board), [["a"], ["b"]]);
  assert.deepEqual(step.news.map((n) => n.kind), ["acknowledged"]);
});

test("a handover tells from whom and to whom", () => {
  const held = (more: Alert["acknowledged"]) => alert("a", 1, { state: "acknowledged", acknowledged: { by: "Day registrar", ...more } });
  const first = takeChange(boardOf(held({})), frame("handed_over", held({ holder: "Night registrar", handed_by: "Day registrar" })), 0);
  assert.deepEqual(first.news.map((n) => n.kind === "handed_over" && [n.from, n.alert.acknowledged?.holder]), [["Day registrar", "Night registrar"]]);
  const second = takeChange(first.board, frame("handed_over", held({ holder: "Dr Invented" })), 0);
  assert.deepEqual(second.news.map((n) => n.kind === "handed_over" && [n.from, n.alert.acknowledged?.holder]), [["Night registrar", "Dr Invented"]]);
});

test("a withdrawn alert stays where it stood with what was known of it, for a minute", () => {
  const board = boardOf(alert("a", 1, { location: "Majors, bay 4" }));
  const stub: Alert = { id: "a", department: "RQW-AE", state: "withdrawn", state_reason: "moved to Watford" };
  const step = takeChange(board, frame("withdrawn", stub), 100);
  const row = step.board.rows.get("a");
  assert.equal(row?.alert.location, "Majors, bay 4");
  assert.equal(row?.alert.state_reason, "moved to Watford");
  assert.deepEqual(ids(step.board), [["a"], []]);
  assert.equal(sweep(step.board, 99 + lingering).rows.size, 1);
  assert.equal(sweep(step.board, 100 + lingering).rows.size, 0);
});

test("a withdrawn alert that is raised again stands again", () => {
  const withdrawn = takeChange(boardOf(alert("a", 1)), frame("withdrawn", { ...alert("a", 1), state: "withdrawn" }), 0);
  const step = takeChange(withdrawn.board, frame("raised", alert("a", 1)), 1);
  assert.deepEqual(step.news.map((n) => n.kind), ["arrived"]);
  assert.equal(sweep(step.board, 10 * lingering).rows.size, 1);
});

test("a closed alert leaves at once", () => {
  const step = takeChange(boardOf(alert("a", 1)), frame("closed", { ...alert("a", 1), state: "closed", state_reason: "the patient has left" }), 0);
  assert.equal(step.board.rows.size, 0);
  assert.deepEqual(step.news.map((n) => n.kind), ["closed"]);
});

test("the alert of a patient who has left asks what the plan changed, and leaves once that is said", () => {
  const gone = alert("a", 1, { state: "closed", match: "confirmed", state_reason: "the patient has left" });
  const asks = takeChange(boardOf(alert("a", 1, { match: "confirmed" })), frame("closed", gone), 0);
  assert.deepEqual(asks.news.map((n) => n.kind), ["closed"]);
  assert.deepEqual(ids(asks.board), [[], []]);
  assert.deepEqual(inOrder(asks.board).departed.map((r) => r.alert.id), ["a"]);
  assert.equal(sweep(asks.board, asking - 1).rows.size, 1);
  assert.equal(sweep(asks.board, asking).rows.size, 0);
  assert.equal(dismiss(asks.board, "a").rows.size, 0);
  const said = takeChange(asks.board, frame("updated", { ...gone, outcome: "no-difference" }), 1);
  assert.equal(said.board.rows.size, 0);
  assert.deepEqual(said.news, []);
});

test("a patient who leaves after the alert was withdrawn, or was only a possible match, is asked nothing about", () => {
  const withdrawn = takeChange(boardOf(alert("a", 1, { match: "confirmed" })), frame("withdrawn", alert("a", 1, { state: "withdrawn", match: "confirmed" })), 0);
  assert.equal(takeChange(withdrawn.board, frame("closed", alert("a", 1, { state: "closed", match: "confirmed" })), 0).board.rows.size, 0);
  assert.equal(takeChange(boardOf(alert("b", 1, { match: "possible" })), frame("closed", alert("b", 1, { state: "closed", match: "possible" })), 0).board.rows.size, 0);
});

test("an answer of the centre is news", () => {
  const step = takeChange(boardOf(alert("a", 1)), frame("answered", alert("a", 1, { answered_new: 1 })), 0);
  assert.deepEqual(step.news.map((n) => n.kind), ["answered"]);
});

test("the end of an alert that never stood here says nothing", () => {
  const step = takeChange(emptyBoard, frame("withdrawn", { ...alert("a", 1), state: "withdrawn" }), 0);
  assert.equal(step.board.rows.size, 0);
  assert.deepEqual(step.news, []);
});

test("only what no longer stands can be dismissed", () => {
  const board = takeChange(boardOf(alert("a", 1), alert("b", 2)), frame("withdrawn", { ...alert("a", 1), state: "withdrawn" }), 0).board;
  assert.deepEqual(ids(dismiss(board, "b")), [["a", "b"], []]);
  assert.deepEqual(ids(dismiss(board, "a")), [["b"], []]);
});

test("the first list is counted, not announced one by one", () => {
  const step = takeSnapshot(emptyBoard, [alert("a", 1), alert("b", 2, { state: "acknowledged" })], true, 0);
  assert.deepEqual(step.news, [{ kind: "loaded", open: 2, unanswered: 1 }]);
});

test("after an absence: what came meanwhile is news, what is gone lingers, what stayed is neither", () => {
  const board = boardOf(alert("stays", 1), alert("goes", 2));
  const step = takeSnapshot(board, [alert("stays", 1), alert("came", 3)], false, 0);
  assert.deepEqual(step.news.map((n) => [n.kind, "alerts" in n ? n.alerts.map((a) => a.id) : []]), [["arrived", ["came"]], ["gone", ["goes"]]]);
  assert.deepEqual(ids(step.board), [["stays", "goes", "came"], []]);
  assert.ok(step.board.rows.get("goes")?.leaving);
});

test("plans that disagree both say so, whichever of them was drawn last, and neither once the other is gone", () => {
  const about = { about: "cpr", plans: ["p1", "p2"] };
  const early = alert("a", 1, { attendance: "t1", plan: "p1" });
  const late = alert("b", 2, { attendance: "t1", plan: "p2", conflicts: [about] });
  const stranger = alert("c", 3, { attendance: "t2", plan: "p2" });
  const board = boardOf(early, late, stranger);
  assert.deepEqual([...disagreements(board)], [["a", [about]], ["b", [about]]]);
  const gone = takeChange(board, frame("withdrawn", { ...early, state: "withdrawn" }), 0).board;
  assert.equal(disagreements(gone).size, 0);
});

test("a recall stays, first among those to be answered, until the service says that somebody has seen it", () => {
  const before = boardOf(alert("a", 1, { headline: "Never sedate" }), alert("b", 5));
  const recall = frame("withdrawn", alert("a", 1, { state: "withdrawn", recall: true, state_reason: "entered in error" }));
  const told = takeChange(before, recall, 0);
  assert.deepEqual(told.news.map((n) => n.kind), ["withdrawn"]);
  assert.deepEqual(ids(told.board), [["a", "b"], []]);
  assert.equal(sweep(dismiss(told.board, "a"), 1e12).rows.has("a"), true);
  assert.deepEqual(takeChange(told.board, recall, 0).news, []);
  const seen = takeChange(told.board, frame("withdrawn", alert("a", 1, { state: "withdrawn" })), 0);
  assert.equal(seen.board.rows.has("a"), false);
});

test("a recall in a snapshot is shown, and one that is not in it any more has been seen", () => {
  const board = boardOf(alert("a", 1, { state: "withdrawn", recall: true }));
  assert.deepEqual(ids(board), [["a"], []]);
  assert.equal(takeSnapshot(board, [], false, 0).board.rows.size, 0);
});
