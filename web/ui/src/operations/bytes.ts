// How are the bytes of a message shown, so that nothing in them acts and nothing is hidden?

export interface Segment {
  /** 1 for the first. */
  number: number;
  text: string;
  /** It is what the service could not understand. */
  blamed: boolean;
}

/** No more of a message is shown than this, in bytes. */
export const mostShown = 64 * 1024;

/**
 * The segments of a message, each a line. Bytes that are no UTF-8 are read as windows-1252, as most hospitals write. What a browser would
 * not draw, or would obey (control characters, marks of the direction of writing), is written out: "‹0B›", "‹U+202E›".
 */
export function segmentsOf(bytes: Uint8Array, location: string): { segments: Segment[]; cut: boolean } {
  const shown = bytes.subarray(0, mostShown);
  const lines = decoded(shown).split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  const [name = "", nth = "1"] = location.split("^");
  let seen = 0;
  const segments = lines.map((line, i) => {
    const blamed = name !== "" && line.replace(/^[^A-Z]+/, "").startsWith(name) && ++seen === Number(nth || "1");
    return { number: i + 1, text: written(line), blamed };
  });
  return { segments, cut: bytes.length > mostShown };
}

function decoded(bytes: Uint8Array): string {
  try {
    // What was cut off in the middle of a character is still UTF-8.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: bytes.length === mostShown });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

const hex = (n: number, digits: number) => n.toString(16).toUpperCase().padStart(digits, "0");

function written(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (c) => {
    const code = c.codePointAt(0)!;
    return code <= 0xff ? `‹${hex(code, 2)}›` : `‹U+${hex(code, 4)}›`;
  });
}
