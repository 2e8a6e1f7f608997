// What does a part of an address say?

/** A part of an address as it was before it was escaped; one that was not escaped rightly as it stands. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
