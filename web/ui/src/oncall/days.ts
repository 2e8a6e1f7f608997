// Which days are on a calendar, and when do they begin in the zone of a rota?
//
// A day is written "2026-11-30", a time of the wall clock "08:00". Pure: nothing here asks what time it is.

const dayLength = 86_400_000;

const utc = (day: string) => new Date(`${day}T00:00:00Z`);
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

/** The day so many days later. */
export function daysLater(day: string, n: number): string {
  return dayOf(new Date(utc(day).getTime() + n * dayLength));
}

/** The first day of the month so many months later. */
export function monthsLater(day: string, n: number): string {
  const at = utc(day);
  return dayOf(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + n, 1)));
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return daysLater(day, -((utc(day).getUTCDay() + 6) % 7));
}

/** The seven days of a week, from its Monday. */
export function weekOf(day: string): string[] {
  const monday = mondayOf(day);
  return Array.from({ length: 7 }, (_, n) => daysLater(monday, n));
}

/** The weeks that a month touches, each from its Monday. */
export function weeksOf(day: string): string[][] {
  const first = monthsLater(day, 0);
  const next = monthsLater(day, 1);
  const weeks: string[][] = [];
  for (let monday = mondayOf(first); monday < next; monday = daysLater(monday, 7)) weeks.push(weekOf(monday));
  return weeks;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
    clocks.set(zone, clock);
  }
  return clock;
}

/** What the clock on the wall shows at an instant, as milliseconds since it showed the beginning of 1970. */
function wallAt(at: number, zone: string): number {
  const p = Object.fromEntries(clockOf(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)])) as Record<"year" | "month" | "day" | "hour" | "minute" | "second", number>;
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second);
}

/** The day and the time that the clock on the wall shows at an instant. */
export function onWall(at: Date, zone: string): { day: string; time: string } {
  const shown = new Date(wallAt(at.getTime(), zone)).toISOString();
  return { day: shown.slice(0, 10), time: shown.slice(11, 16) };
}

/**
 * The first instant at which the clock on the wall shows a time or a later one: the rule of docs/on-call.md. A time that a spring night skips is the
 * instant at which the clock is put forward; of one that an autumn night has twice it is the first.
 */
export function instantOf(day: string, time: string, zone: string): Date {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const offsets = [wall - dayLength, wall + dayLength].map((at) => wallAt(at, zone) - at);
  const [before, after] = [wall - offsets[0]!, wall - offsets[1]!];
  if (wallAt(before, zone) === wall) return new Date(before);
  if (wallAt(after, zone) === wall) return new Date(after);
  return changeBetween(Math.min(before, after), Math.max(before, after), zone);
}

/** When the clock is put forward, between two instants that it is put forward between. Clocks are changed on whole minutes. */
function changeBetween(low: number, high: number, zone: string): Date {
  const minute = 60_000;
  const offset = wallAt(low, zone) - low;
  while (high - low > minute) {
    const middle = low + Math.floor((high - low) / 2 / minute) * minute;
    if (wallAt(middle, zone) - middle === offset) low = middle;
    else high = middle;
  }
  return new Date(high);
}

/** From when to before when a day lasts. */
export function boundsOf(day: string, zone: string): { start: Date; end: Date } {
  return { start: instantOf(day, "00:00", zone), end: instantOf(daysLater(day, 1), "00:00", zone) };
}

const inWords = (day: string, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }).format(utc(day));

/** "Monday 30 November" */
export const longDay = (day: string) => inWords(day, { weekday: "long", day: "numeric", month: "long" });
/** "Mon 30 Nov" */
export const shortDay = (day: string) => inWords(day, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
/** "Mon" */
export const weekday = (day: string) => inWords(day, { weekday: "short" });
/** "November 2026" */
export const monthName = (day: string) => inWords(day, { month: "long", year: "numeric" });
/** "30" */
export const dayNumber = (day: string) => String(utc(day).getUTCDate());

/** "Mon 30 Nov, 08:00" as the clock on the wall shows an instant, with the zone's name where the night has that hour twice. */
export function moment(at: Date, zone: string): string {
  const { day, time } = onWall(at, zone);
  return `${shortDay(day)}, ${time}${twice(at, zone) ? ` ${zoneName(at, zone)}` : ""}`;
}

/** "Mon 30 Nov, 08:00 to 20:00", with the day of the end where that is another. */
export function span(start: string, end: string, zone: string): string {
  const [from, to] = [new Date(start), new Date(end)];
  const last = moment(to, zone);
  return `${moment(from, zone)} to ${onWall(from, zone).day === onWall(to, zone).day ? last.slice(last.indexOf(",") + 2) : last}`;
}

/** Whether the clock shows the same time an hour before or after. */
function twice(at: Date, zone: string): boolean {
  const hour = 3_600_000;
  const wall = wallAt(at.getTime(), zone);
  return [at.getTime() - hour, at.getTime() + hour].some((other) => wallAt(other, zone) === wall);
}

/** "GMT", "BST" */
function zoneName(at: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" }).formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** "30 November 2026" */
export const fullDay = (day: string) => inWords(day, { day: "numeric", month: "long", year: "numeric" });

/** An instant as a field of the kind datetime-local has it: what the clock on the wall shows. */
export function toField(at: Date, zone: string): string {
  const { day, time } = onWall(at, zone);
  return `${day}T${time}`;
}

/** The instant that such a field names, on the clock on the wall; undefined for an empty one. */
export function fromField(value: string, zone: string): Date | undefined {
  const [day, time] = value.split("T");
  return day && time ? instantOf(day, time.slice(0, 5), zone) : undefined;
}
