// When, to the second, for whoever holds entries beside each other?

const format = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** "22 Nov 2026, 14:02:10" in London. */
export function dayAndSecond(rfc3339: string): string {
  return format.format(new Date(rfc3339));
}

/** An instant as the service takes it from a field of the kind datetime-local, which is in the browser's zone; undefined for an empty one. */
export function fromField(value: string): string | undefined {
  const at = value ? new Date(value) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}
