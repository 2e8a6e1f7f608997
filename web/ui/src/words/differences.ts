// What changed between two versions of a text, word by word?
//
// Pure. The longest common run of words stays; the rest was removed or added.

import type { Section } from "../api.ts";

export interface Piece {
  kind: "same" | "added" | "removed";
  text: string;
}

export interface Difference {
  title: string;
  pieces: Piece[];
}

/** Texts of more words than this are shown whole, one after the other: comparing them would take longer than reading them. */
const most = 2000;

/** Words with the space that follows them, so that the pieces joined are the text. */
const split = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

export function compare(before: string, after: string): Piece[] {
  if (before === after) return before === "" ? [] : [{ kind: "same", text: before }];
  const [a, b] = [split(before), split(after)];
  if (a.length > most || b.length > most) return join([{ kind: "removed", text: before }, { kind: "added", text: after }]);
  // longest[i][j] is how many words a[i:] and b[j:] have in common, in order.
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const same = (i: number, j: number) => a[i]!.trim() === b[j]!.trim();
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i]![j] = same(i, j) ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(i, j)) {
      pieces.push({ kind: "same", text: b[j++]! });
      i++;
    } else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) pieces.push({ kind: "removed", text: a[i++]! });
    else pieces.push({ kind: "added", text: b[j++]! });
  }
  return join(pieces);
}

/** Neighbours of one kind together; empty ones left out. */
function join(pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    if (piece.text === "") continue;
    const last = out.at(-1);
    if (last?.kind === piece.kind) last.text += piece.text;
    else out.push({ ...piece });
  }
  return out;
}

/** The headings under which two versions differ, in the order of the newer one; those that only the older one has come last. */
export function differences(before: readonly Section[], after: readonly Section[]): Difference[] {
  const texts = (of: readonly Section[]) => {
    const by = new Map<string, string>();
    for (const { title, text } of of) by.set(title, by.has(title) ? `${by.get(title)}\n${text}` : text);
    return by;
  };
  const [was, is] = [texts(before), texts(after)];
  const titles = [...new Set([...is.keys(), ...was.keys()])];
  return titles
    .map((title) => ({ title, pieces: compare(was.get(title) ?? "", is.get(title) ?? "") }))
    .filter(({ pieces }) => pieces.some((p) => p.kind !== "same"));
}
