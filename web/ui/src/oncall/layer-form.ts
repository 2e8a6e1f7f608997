// How is a layer held while somebody types it?

import type { Layer, Window } from "./api.ts";
import { readHandover, writeHandover } from "./handover.ts";

/** A window as its form has it; what is left out is empty. */
export interface FormWindow {
  weekdays: readonly string[];
  from: string;
  to: string;
  holidays: "" | "only" | "never";
  /** As they were typed. */
  dates: string;
}

/** A layer as its form has it: also what is not right yet. The key stays while it is moved. */
export interface FormLayer {
  key: number;
  name: string;
  kind: "days" | "weeks" | "expression";
  /** Times of the clock as they were typed: "08:00, 20:00". */
  times: string;
  days: readonly string[];
  expression: string;
  people: readonly string[];
  first: string;
  last: string;
  windows: readonly FormWindow[];
}

let keys = 0;

export const blankWindow: FormWindow = { weekdays: [], from: "", to: "", holidays: "", dates: "" };

/** A new layer, from a day on. */
export function blank(name: string, first: string): FormLayer {
  return { key: ++keys, name, kind: "days", times: "08:00", days: [], expression: "", people: [], first, last: "", windows: [] };
}

export function toForm(layer: Layer): FormLayer {
  const h = readHandover(layer.handover);
  return {
    ...blank(layer.name, layer.first),
    kind: h.kind,
    times: h.kind === "expression" ? "" : h.times.join(", "),
    days: h.kind === "weeks" ? h.days : [],
    expression: layer.handover,
    people: layer.people,
    last: layer.last ?? "",
    windows: (layer.windows ?? []).map(({ weekdays = [], dates = [], holidays = "", from = "", to = "" }) => ({ weekdays, from, to, holidays, dates: dates.join(", ") })),
  };
}

/** Parts that were typed beside each other. */
const parts = (typed: string) => typed.split(/[\s,;]+/).filter(Boolean);

/** "8:00" and "0800" as the clock writes them. */
function timeOf(typed: string): string {
  const [, hour, minute] = /^(\d{1,2})[:.]?(\d{2})$/.exec(typed) ?? [];
  return hour === undefined ? typed : `${hour.padStart(2, "0")}:${minute}`;
}

/** The layer as the service takes it. A handover that cannot be written stands in it as it was typed, for the service to say what is wrong. */
export function fromForm(layer: FormLayer): Layer {
  const times = parts(layer.times).map(timeOf);
  const handover =
    layer.kind === "expression" ? layer.expression.trim() : (writeHandover(layer.kind === "days" ? { kind: "days", times } : { kind: "weeks", days: [...layer.days], times }) ?? layer.times.trim());
  return {
    name: layer.name.trim(), handover, people: layer.people, first: layer.first, ...(layer.last ? { last: layer.last } : {}), windows: layer.windows.map(windowOf),
  };
}

function windowOf({ weekdays, from, to, holidays, dates }: FormWindow): Window {
  return { weekdays, dates: parts(dates), holidays, from, to };
}

/** A list in which one has changed places with the one so many places further; the same list where there is none. */
export function moved<T>(list: readonly T[], from: number, by: 1 | -1): T[] {
  const to = from + by;
  const next = [...list];
  if (to < 0 || to >= list.length) return next;
  [next[from], next[to]] = [list[to]!, list[from]!];
  return next;
}
