// What does a subscription say, in words? Pure.

import { texts } from "../texts.ts";
import { day } from "../words/dates.ts";
import type { Choices, Place, Span, Wanted } from "./api.ts";
import { words } from "./texts.ts";

const w = words.says;

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** "Mon to Fri", "Sat, Sun", "every day" */
function daysSay(days: readonly string[]): string {
  const at = weekdays.flatMap((name, n) => (days.includes(name) ? [n] : []));
  if (at.length === 0 || at.length === 7) return w.everyDay;
  const names = at.map((n) => words.form.days[n]!);
  const running = at.length > 2 && at.at(-1)! - at[0]! === at.length - 1;
  return running ? w.days(names[0]!, names.at(-1)!) : names.join(", ");
}

/** "Mon to Fri 08:00 to 18:00; every day 22:00 to 07:00" */
export function spansSay(spans: readonly Span[]): string {
  return spans.map(({ days, from, to }) => `${daysSay(days)} ${from === "" && to === "" ? w.allDay : w.span(from, to)}`).join("; ");
}

/** The names of what was chosen, at most two of them; an id that has no name here stands for itself. */
export function namesOf(ids: readonly string[], places: readonly Place[]): string {
  const names = ids.map((id) => places.find((place) => place.id === id)?.name ?? id);
  return names.length > 2 ? w.more(names[0]!, names.length - 1) : names.join(", ");
}

/** Where, in words; empty for anywhere. */
export function whereSays(s: Wanted, choices: Choices): string {
  return [namesOf(s.departments, choices.departments), namesOf(s.organisations, choices.organisations), namesOf(s.regions, choices.regions)].filter(Boolean).join(", ");
}

/** Which plans, in words; empty for any. */
export function plansSay(s: Wanted): string {
  return [s.plans.length > 0 ? w.ofPlans(s.plans.length) : "", s.lists.length > 0 ? w.ofLists(s.lists.length) : ""].filter(Boolean).join(", ");
}

export const urgenciesSay = (s: Pick<Wanted, "urgencies">) => s.urgencies.map((u) => texts.urgency[u].toLocaleLowerCase("en-GB")).join(", ");

/** The last day on which it holds, for a field of the kind date; empty without an end. The end itself is the first instant after it. */
export function lastDay(until: string | undefined): string {
  if (until === undefined) return "";
  const last = new Date(Date.parse(until) - 1);
  return `${last.getFullYear()}-${String(last.getMonth() + 1).padStart(2, "0")}-${String(last.getDate()).padStart(2, "0")}`;
}

/** The end of a day in this browser's zone, as an instant; undefined for an empty field. */
export function afterDay(date: string): string | undefined {
  const at = new Date(`${date}T00:00`);
  if (date === "" || Number.isNaN(at.getTime())) return undefined;
  at.setDate(at.getDate() + 1);
  return at.toISOString();
}

/** Everything that narrows it, a part each: "critical alerts", "plans of GOSH", "at Harlow A&E", "only Mon to Fri 08:00 to 18:00". */
export function saysAll(s: Wanted, choices: Choices): string[] {
  const where = whereSays(s, choices);
  const until = s.until ? new Date(Date.parse(s.until) - 1) : undefined;
  return [
    s.urgencies.length > 0 ? w.urgent(urgenciesSay(s)) : "",
    s.centres.length > 0 ? w.centres(namesOf(s.centres, choices.centres)) : "",
    plansSay(s),
    s.categories.length > 0 ? w.categories(s.categories.length) : "",
    where ? w.where(where) : "",
    s.hours.length > 0 ? w.hours(spansSay(s.hours)) : "",
    s.quiet.length > 0 ? w.quiet(spansSay(s.quiet)) : "",
    until ? w.until(day(until, s.zone || "Europe/London")) : "",
  ].filter(Boolean);
}
