// When, for somebody in front of this browser?

const format = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** "Mon, 30 Nov, 14:02" in the browser's own zone. */
export function dayAndTime(rfc3339: string): string {
  return format.format(new Date(rfc3339));
}
