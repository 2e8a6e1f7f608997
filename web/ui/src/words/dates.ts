// How are days, times and waits written, for somebody standing in that department?
//
// As the NHS writes them: https://service-manual.nhs.uk/content/numbers-measurements-dates-time

const fallbackZone = "Europe/London";

/** A time zone that this browser knows; London's for one that it does not. */
export function zoneOf(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name ?? fallbackZone }).resolvedOptions().timeZone;
  } catch {
    return fallbackZone;
  }
}

/** "14:02:10", for a strip that is compared with the clock on the wall. */
export function clock(at: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at);
}

/** "2:02pm"; "2pm" on the hour; "midday" and "midnight". */
export function timeOfDay(at: Date, zone: string): string {
  const p = parts(at, zone, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  const hour = Number(p["hour"]);
  const minute = p["minute"] ?? "00";
  if (minute === "00" && hour === 0) return "midnight";
  if (minute === "00" && hour === 12) return "midday";
  return `${hour % 12 || 12}${minute === "00" ? "" : `:${minute}`}${hour < 12 ? "am" : "pm"}`;
}

/** "22 November 2026" */
export function day(at: Date, zone: string): string {
  const p = parts(at, zone, { day: "numeric", month: "long", year: "numeric" });
  return `${p["day"]} ${p["month"]} ${p["year"]}`;
}

/** "22 November 2026, 2:02pm" */
export function dayAndTime(at: Date, zone: string): string {
  return `${day(at, zone)}, ${timeOfDay(at, zone)}`;
}

/** "2:02pm" on the same day in that zone, else "21 November 2026, 11:40pm". */
export function timeOrDay(at: Date, now: Date, zone: string): string {
  return day(at, zone) === day(now, zone) ? timeOfDay(at, zone) : dayAndTime(at, zone);
}

/** "14:02:10" on the same day in that zone, else "21 November 2026, 23:40:05": where the order of things matters. */
export function exact(at: Date, now: Date, zone: string): string {
  return day(at, zone) === day(now, zone) ? clock(at, zone) : `${day(at, zone)}, ${clock(at, zone)}`;
}

/** Reads RFC 3339; undefined for anything that is not a time. */
export function instant(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** "13 February 1980", "February 1980" or "1980"; a date that is none is given back as it came. */
export function birthDate(text: string): string {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (!match) return text;
  const [, year = "", month, date] = match;
  if (month === undefined) return year;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date ?? 1)));
  if (at.getUTCMonth() !== Number(month) - 1) return text;
  return date === undefined ? day(at, "UTC").replace(/^\d+ /, "") : day(at, "UTC");
}

/** "just now", "12 min", "1 h 5 min", "2 days" */
export function wait(from: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - from.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

function parts(at: Date, zone: string, options: Intl.DateTimeFormatOptions): Partial<Record<string, string>> {
  const formatted = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).formatToParts(at);
  return Object.fromEntries(formatted.map((part) => [part.type, part.value]));
}
