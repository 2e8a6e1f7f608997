// Which of the alerts does somebody want to look at now, and which are shown all the same?
//
// Pure. A filter is for looking, never for missing: what must be shown is shown whatever was chosen, and what is hidden is counted.

import type { Urgency } from "../stream/index.ts";
import { type Row, unanswered, urgencyOf } from "./rows.ts";

export interface Filter {
  state: "all" | "waiting" | "answered";
  /** The urgencies that are left out. */
  without: ReadonlySet<Urgency>;
}

export const everything: Filter = { state: "all", without: new Set() };

/** How many rows a filter hides: of those to be acknowledged, and of the others. */
export interface Hidden {
  waiting: number;
  others: number;
}

/** Nobody may filter these away: a recall, and an unacknowledged alert that is critical or does not say how urgent it is. */
export function mustShow(row: Row): boolean {
  return row.alert.recall === true || (unanswered(row) && (row.alert.urgency === undefined || row.alert.urgency === "critical"));
}

export function shows(filter: Filter, row: Row): boolean {
  if (mustShow(row)) return true;
  if (filter.without.has(urgencyOf(row.alert))) return false;
  if (filter.state === "all") return true;
  const waits = row.leaving ? !row.leaving.answered && row.alert.state !== "closed" : row.alert.state === "raised";
  return waits === (filter.state === "waiting");
}

export function hiddenBy(filter: Filter, rows: Iterable<Row>): Hidden {
  const hidden = { waiting: 0, others: 0 };
  for (const row of rows) if (!shows(filter, row)) hidden[unanswered(row) ? "waiting" : "others"]++;
  return hidden;
}

/** The same filter with one urgency put in or left out. */
export function turned(filter: Filter, urgency: Urgency): Filter {
  const without = new Set(filter.without);
  if (!without.delete(urgency)) without.add(urgency);
  return { ...filter, without };
}
