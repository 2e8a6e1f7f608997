// How do several departments stand together, and which of them needs somebody first?
//
// Pure: the stream's frames go in, departments in the order of the page come out.

import { type Board, emptyBoard, inOrder, type News, type Row, sweep, takeChange, takeSnapshot, unanswered, urgencyOf } from "../board/rows.ts";
import type { Alert, AlertChange, DepartmentStatus } from "../stream/index.ts";

/** One department as a coordinator sees it. Its status is absent while it is not known. */
export interface Area {
  id: string;
  board: Board;
  status?: DepartmentStatus;
}

export type Areas = ReadonlyMap<string, Area>;

/** What follows from a frame, and what is new by it; whoever has heard nothing before is told once of everything together. */
export interface Step {
  areas: Areas;
  news: News[];
}

/** The whole list, as it now is. How departments stand is told anew after it. */
export function withSnapshot(areas: Areas, alerts: readonly Alert[], first: boolean, now: number): Step {
  const of = new Map<string, Alert[]>([...areas.keys()].map((id) => [id, []]));
  for (const alert of alerts) of.set(alert.department, [...(of.get(alert.department) ?? []), alert]);
  const steps = [...of].map(([id, list]) => [id, takeSnapshot(areas.get(id)?.board ?? emptyBoard, list, first, now)] as const);
  const next = new Map(steps.map(([id, { board }]) => [id, { id, board }]));
  if (!first) return { areas: next, news: steps.flatMap(([, { news }]) => news) };
  const { waiting, answered } = sums(next);
  return { areas: next, news: [{ kind: "loaded", open: waiting + answered, unanswered: waiting }] };
}

/** One change, on the board of its department. */
export function withChange(areas: Areas, frame: AlertChange, now: number): Step {
  const area = areas.get(frame.alert.department) ?? { id: frame.alert.department, board: emptyBoard };
  const { board, news } = takeChange(area.board, frame, now);
  return { areas: new Map(areas).set(area.id, { ...area, board }), news };
}

export function withStatus(areas: Areas, status: DepartmentStatus): Areas {
  return new Map(areas).set(status.department, { ...(areas.get(status.department) ?? { id: status.department, board: emptyBoard }), status });
}

/** Without the rows whose time is over. The same areas if there are none. */
export function swept(areas: Areas, now: number): Areas {
  const next = new Map([...areas].map(([id, area]) => [id, { ...area, board: sweep(area.board, now) }]));
  return [...next].every(([id, area]) => area.board === areas.get(id)!.board) ? areas : next;
}

/** The rows of a department, unacknowledged first, each list as on its board. Of patients who left nothing is asked here. */
export function rowsOf(area: Area): { waiting: Row[]; answered: Row[] } {
  const { waiting, answered } = inOrder(area.board);
  return { waiting, answered };
}

/** Nobody can see the board there. Undefined while that is not known. */
export function isDark(area: Area): boolean | undefined {
  return area.status?.screens === undefined ? undefined : area.status.screens.visible === 0;
}

/** 0: a critical alert waits there. 1: any does. 2: nobody can see the board. 3: none of these. */
function need(area: Area): number {
  const waits = [...area.board.rows.values()].filter((row) => unanswered(row) || row.alert.recall === true);
  if (waits.some((row) => urgencyOf(row.alert) === "critical")) return 0;
  if (waits.length > 0) return 1;
  return isDark(area) ? 2 : 3;
}

/** The departments that were chosen, and those where a critical alert waits: no choice hides these. `hidden` is how many alerts wait in the others. */
export function within(areas: Areas, chosen: (id: string) => boolean): { shown: Areas; hidden: number } {
  const [shown, others]: [Map<string, Area>, Map<string, Area>] = [new Map(), new Map()];
  for (const [id, area] of areas) (chosen(id) || need(area) === 0 ? shown : others).set(id, area);
  return { shown, hidden: sums(others).waiting };
}

/** Departments in the order of the page: an unacknowledged critical alert first, then any that waits, then boards that nobody can see, then by their names. */
export function inNeed(areas: Areas, nameOf: (id: string) => string): Area[] {
  return [...areas.values()].sort((a, b) => need(a) - need(b) || nameOf(a.id).localeCompare(nameOf(b.id), "en-GB"));
}

/** What the top of the page counts. */
export function sums(areas: Areas): { waiting: number; answered: number; dark: number } {
  const rows = [...areas.values()].flatMap((area) => [...area.board.rows.values()]).filter((row) => !row.leaving);
  return {
    waiting: rows.filter(unanswered).length,
    answered: rows.filter((row) => row.alert.state === "acknowledged").length,
    dark: [...areas.values()].filter((area) => isDark(area) === true).length,
  };
}
