// When does a layer hand over, for somebody who reads no cron?

/** The days of the week as the service writes them, from Monday. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** A handover that the form can write: each day, or on some days of the week, at some times of the clock; or an expression of its own. */
export type Handover = { kind: "days"; times: string[] } | { kind: "weeks"; days: string[]; times: string[] } | { kind: "expression"; expression: string };

const twoDigits = (n: number) => String(n).padStart(2, "0");
const isList = (field: string) => /^\d{1,2}(,\d{1,2})*$/.test(field);
const numbers = (field: string) => field.split(",").map(Number);

/** Reads an expression of five fields. What the form could not write again as it stands stays an expression. */
export function readHandover(expression: string): Handover {
  const fields = expression.trim().split(/\s+/);
  const [minutes = "", hours = "", dayOfMonth, month, dayOfWeek = ""] = fields;
  const own: Handover = { kind: "expression", expression };
  if (fields.length !== 5 || dayOfMonth !== "*" || month !== "*" || !/^\d{1,2}$/.test(minutes) || !isList(hours)) return own;
  if (Number(minutes) > 59 || numbers(hours).some((hour) => hour > 23)) return own;
  const times = numbers(hours).sort((a, b) => a - b).map((hour) => `${twoDigits(hour)}:${twoDigits(Number(minutes))}`);
  if (dayOfWeek === "*") return { kind: "days", times };
  const days = dayOfWeek.toLowerCase().split(",").map((day) => (/^[0-7]$/.test(day) ? weekdays[(Number(day) + 6) % 7]! : day));
  return days.every((day) => (weekdays as readonly string[]).includes(day)) ? { kind: "weeks", days: inOrder(days), times } : own;
}

const inOrder = (days: readonly string[]) => weekdays.filter((day) => days.includes(day));

/** The expression; undefined if the times are none, or have not all the same minute, which one expression cannot say. */
export function writeHandover(h: Handover): string | undefined {
  if (h.kind === "expression") return h.expression.trim() || undefined;
  if (h.times.length === 0 || !h.times.every((time) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time))) return undefined;
  const minutes = new Set(h.times.map((time) => Number(time.slice(3))));
  if (minutes.size > 1 || (h.kind === "weeks" && h.days.length === 0)) return undefined;
  const hours = [...new Set(h.times.map((time) => Number(time.slice(0, 2))))].sort((a, b) => a - b).join(",");
  return `${[...minutes][0]} ${hours} * * ${h.kind === "days" ? "*" : inOrder(h.days).map((day) => (weekdays.indexOf(day) + 1) % 7).join(",")}`;
}
