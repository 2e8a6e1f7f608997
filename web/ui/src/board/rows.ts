// Which alerts stand on the board, in which order, and what is new about them?
//
// Pure: the stream's frames go in, rows come out. What is to be said aloud is a value, not a deed.

import type { Alert, AlertChange, Disagreement, Urgency } from "../stream/index.ts";

/** How long a withdrawn alert stays, struck through, unless somebody dismisses it. Milliseconds. */
export const lingering = 60_000;

/** How long the alert of a patient who has left asks what the plan changed, unless somebody answers or dismisses it. Milliseconds. */
export const asking = 10 * 60_000;

export interface Row {
  alert: Alert;
  /** Set when the alert no longer stands: when it leaves the list (monotonic ms), and where it stood. */
  leaving?: { at: number; answered: boolean };
}

/** What happened to the list, for the sound and for whoever listens rather than looks. */
export type News =
  | { kind: "loaded"; open: number; unanswered: number }
  | { kind: "arrived"; alerts: Alert[] }
  | { kind: "updated" | "acknowledged" | "answered" | "withdrawn" | "closed"; alert: Alert }
  | { kind: "handed_over"; alert: Alert; from: string | undefined }
  | { kind: "gone"; alerts: Alert[] };

export interface Board {
  rows: ReadonlyMap<string, Row>;
}

export const emptyBoard: Board = { rows: new Map() };

export interface Step {
  board: Board;
  news: News[];
}

/** The urgency an alert is drawn with: one that says none is treated as urgent, never as routine. */
export function urgencyOf(alert: Alert): Urgency {
  return alert.urgency ?? "urgent";
}

/** The alert stands and nobody has answered it. */
export function unanswered(row: Row): boolean {
  return !row.leaving && row.alert.state === "raised";
}

/** Who looks after an answered alert; undefined if that is not known. */
export function holderOf(alert: Alert | undefined): string | undefined {
  return alert?.acknowledged?.holder ?? alert?.acknowledged?.by;
}

/** The whole list, as it now is. What stood here and is not in it lingers, because it is not known what became of it. */
export function takeSnapshot(board: Board, alerts: Alert[], first: boolean, now: number): Step {
  const open = alerts.filter((a) => a.state === "raised" || a.state === "acknowledged");
  const rows = new Map<string, Row>(open.map((alert) => [alert.id, { alert }]));
  const gone: Alert[] = [];
  for (const alert of alerts) if (alert.recall) rows.set(alert.id, recalled(alert));
  for (const [id, row] of board.rows) {
    if (rows.has(id)) continue;
    if (row.alert.recall) continue; // somebody has seen it meanwhile
    rows.set(id, row.leaving ? row : leave(row.alert, row.alert, now));
    if (!row.leaving) gone.push(row.alert);
  }
  const next = { rows };
  if (first) return { board: next, news: [{ kind: "loaded", open: open.length, unanswered: open.filter((a) => a.state === "raised").length }] };
  const arrived = open.filter((a) => a.state === "raised" && !wasUnanswered(board, a.id));
  const news: News[] = [];
  if (arrived.length > 0) news.push({ kind: "arrived", alerts: arrived });
  if (gone.length > 0) news.push({ kind: "gone", alerts: gone });
  return { board: next, news };
}

/** One change, in the order of the journal. */
export function takeChange(board: Board, frame: AlertChange, now: number): Step {
  const { alert } = frame;
  const before = board.rows.get(alert.id);
  const rows = new Map(board.rows);
  if (alert.state === "raised" || alert.state === "acknowledged") {
    rows.set(alert.id, { alert });
    const arrived = alert.state === "raised" && !wasUnanswered(board, alert.id);
    if (arrived) return { board: { rows }, news: [{ kind: "arrived", alerts: [alert] }] };
    if (alert.state === "acknowledged" && frame.change === "handed_over") return { board: { rows }, news: [{ kind: "handed_over", alert, from: holderOf(before?.alert) }] };
    const kind = frame.change === "answered" || (alert.state === "acknowledged" && frame.change === "acknowledged") ? frame.change : "updated";
    return { board: { rows }, news: [{ kind, alert }] };
  }
  if (alert.recall) {
    rows.set(alert.id, recalled({ ...before?.alert, ...alert }));
    return { board: { rows }, news: before?.alert.recall ? [] : [{ kind: "withdrawn", alert }] };
  }
  if (!before) return { board, news: [] };
  if (before.alert.recall) {
    rows.delete(alert.id);
    return { board: { rows }, news: [] };
  }
  const last = { ...before.alert, ...alert };
  if (alert.state === "closed" && asksForOutcome(before, last)) rows.set(alert.id, leave(last, before.alert, now, before.leaving, asking));
  else if (alert.state === "closed") rows.delete(alert.id);
  else rows.set(alert.id, leave(last, before.alert, now, before.leaving));
  return { board: { rows }, news: before.leaving ? [] : [{ kind: alert.state, alert: last }] };
}

/** Without the rows whose time is over. The same board if there are none. */
export function sweep(board: Board, now: number): Board {
  const kept = [...board.rows].filter(([, row]) => !row.leaving || row.leaving.at > now);
  return kept.length === board.rows.size ? board : { rows: new Map(kept) };
}

/** Without one row that no longer stands. Rows that stand cannot be dismissed, nor can recalls: somebody has to say that they know. */
export function dismiss(board: Board, id: string): Board {
  const row = board.rows.get(id);
  if (!row?.leaving || row.alert.recall) return board;
  const rows = new Map(board.rows);
  rows.delete(id);
  return { rows };
}

/**
 * The lists of the page, each in order of what needs doing. To be answered: recalls, then by urgency, and whoever has waited longest first.
 * Answered: what has changed since it was answered, then by urgency, and whoever has been here longest first. Those of patients who have left:
 * the last first. A row that was withdrawn stays where it stood.
 */
export function inOrder(board: Board): { waiting: Row[]; answered: Row[]; departed: Row[] } {
  const rows = [...board.rows.values()];
  const isAnswered = (row: Row) => row.leaving?.answered ?? row.alert.state === "acknowledged";
  const there = rows.filter((r) => r.alert.state !== "closed");
  return {
    waiting: there.filter((r) => !isAnswered(r)).sort(by(first((a) => a.recall === true), urgency, since("raised"), name)),
    answered: there.filter(isAnswered).sort(by(first(changedSince), urgency, since("arrived"), name)),
    departed: rows.filter((r) => r.alert.state === "closed").sort(by((a, b) => since("raised")(b, a), name)),
  };
}

/** Something came after the alert was answered that whoever answered it has not seen. */
export function changedSince(alert: Alert): boolean {
  const then = alert.acknowledged?.version;
  return (then !== undefined && alert.version !== undefined && then < alert.version) || (alert.answered_new ?? 0) > 0;
}

/**
 * What each alert's plan disagrees about with another one that stands for the same visit. An alert says so when it is drawn, and is not
 * drawn again when another plan comes or goes: so what its neighbours say counts too, and what is about a plan that stands no more does not.
 */
export function disagreements(board: Board): ReadonlyMap<string, Disagreement[]> {
  const standing = [...board.rows.values()].filter((row) => !row.leaving).map((row) => row.alert);
  const found = new Map<string, Disagreement[]>();
  for (const teller of standing) {
    for (const conflict of teller.conflicts ?? []) {
      const others = standing.filter((a) => a.attendance === teller.attendance && a.plan !== undefined && conflict.plans.includes(a.plan));
      if (others.length < 2) continue;
      for (const alert of others) {
        const known = found.get(alert.id) ?? [];
        if (!known.some((k) => k.about === conflict.about && k.medicine === conflict.medicine)) found.set(alert.id, [...known, conflict]);
      }
    }
  }
  return found;
}

type Order = (a: Alert, b: Alert) => number;

const ranks: readonly Urgency[] = ["critical", "urgent", "routine"];

/** By the first of these that tells two alerts apart. */
function by(...orders: Order[]): (a: Row, b: Row) => number {
  return (a, b) => orders.reduce((told, order) => told || order(a.alert, b.alert), 0);
}

function first(holds: (alert: Alert) => boolean): Order {
  return (a, b) => Number(holds(b)) - Number(holds(a));
}

const urgency: Order = (a, b) => ranks.indexOf(urgencyOf(a)) - ranks.indexOf(urgencyOf(b));

/** The earlier first; without a time of arrival, the time of the alert counts. */
function since(what: "raised" | "arrived"): Order {
  const at = (alert: Alert) => Date.parse(alert[what] ?? alert.raised ?? "") || 0;
  return (a, b) => at(a) - at(b);
}

const name: Order = (a, b) => (a.id < b.id ? -1 : 1);

/** A recall stands among those to be answered, for as long as nobody in the department has seen it. */
function recalled(alert: Alert): Row {
  return { alert, leaving: { at: Infinity, answered: false } };
}

/** The patient has left: the card asks what the plan changed, unless that is known, or the plan could not be seen, or was withdrawn before. */
function asksForOutcome(before: Row, alert: Alert): boolean {
  return alert.match === "confirmed" && !alert.outcome && (!before.leaving || before.alert.state === "closed");
}

function leave(alert: Alert, before: Alert, now: number, already?: Row["leaving"], stays = lingering): Row {
  return { alert, leaving: already ?? { at: now + stays, answered: before.state === "acknowledged" } };
}

function wasUnanswered(board: Board, id: string): boolean {
  const row = board.rows.get(id);
  return row !== undefined && unanswered(row);
}
