// What does a layer of a rota say, for somebody who reads no cron?

import type { Layer, Window } from "./api.ts";
import { fullDay } from "./days.ts";
import { readHandover } from "./handover.ts";
import { words } from "./texts.ts";

const w = words.layer;

const list = (parts: readonly string[]) => new Intl.ListFormat("en-GB").format(parts);
const days = (of: readonly string[]) => list(of.map((day) => w.days[day] ?? day));

/** "Handed over every day at 08:00 and 20:00" */
export function handoverWords(expression: string): string {
  const h = readHandover(expression);
  if (h.kind === "expression") return w.byExpression(h.expression);
  return h.kind === "days" ? w.everyDay(list(h.times)) : w.everyWeek(days(h.days), list(h.times));
}

/** One line for when it hands over, one for how long there is the layer, one for each of its windows. */
export function layerWords(layer: Layer): string[] {
  const lasts = layer.last ? w.fromTo(fullDay(layer.first), fullDay(layer.last)) : w.from(fullDay(layer.first));
  return [`${handoverWords(layer.handover)}, ${lasts}.`, ...(layer.windows ?? []).map(windowWords)];
}

/** "Only on Monday and Tuesday, from 20:00 to 08:00, not on bank holidays." */
function windowWords({ weekdays, dates, holidays, from, to }: Window): string {
  const parts = [
    weekdays?.length ? w.on(days(weekdays)) : "",
    dates?.length ? w.onDates(list(dates.map(fullDay))) : "",
    from || to ? w.hours(from || "00:00", to || "24:00") : "",
    holidays === "only" ? w.onHolidays : holidays === "never" ? w.notHolidays : "",
  ].filter(Boolean);
  return parts.length === 0 ? w.always : w.only(parts.join(", "));
}
