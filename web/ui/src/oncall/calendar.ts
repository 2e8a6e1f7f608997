// What of a rota's shifts falls on which day?

import { boundsOf, onWall } from "./days.ts";

/** A time in which one person is on, or nobody: person is empty then. */
export interface Shift {
  /** RFC 3339. */
  start: string;
  end: string;
  person: string;
  /** Where that is written, in words. */
  why: string;
}

/** The part of a shift that falls on one day. */
export interface Piece {
  shift: Shift;
  /** Which part of the day it fills, from 0 to 1: on a day of 23 or 25 hours, of these. */
  from: number;
  to: number;
  /** The clock on the wall when it begins and ends on that day. */
  begins: string;
  ends: string;
  /** It goes on from the day before, or into the day after. */
  before: boolean;
  after: boolean;
}

/** The pieces of a day, in order. */
export function piecesOf(shifts: readonly Shift[], day: string, zone: string): Piece[] {
  const { start, end } = boundsOf(day, zone);
  const [low, high] = [start.getTime(), end.getTime()];
  const pieces: Piece[] = [];
  for (const shift of shifts) {
    const [begins, ends] = [Date.parse(shift.start), Date.parse(shift.end)];
    const [from, to] = [Math.max(begins, low), Math.min(ends, high)];
    if (from >= to) continue;
    pieces.push({
      shift,
      from: (from - low) / (high - low),
      to: (to - low) / (high - low),
      begins: onWall(new Date(from), zone).time,
      ends: to === high ? "24:00" : onWall(new Date(to), zone).time,
      before: begins < low,
      after: ends > high,
    });
  }
  return pieces.sort((a, b) => a.from - b.from);
}

/** How many colours tell people apart. The name stands beside each: the colour is never all that says who it is. */
export const colours = 8;

/** Which colour each person has: in the order of their ids, so that it stays while the rota does. */
export function colourOf(people: readonly string[], person: string): number {
  return Math.max(0, [...new Set(people)].sort().indexOf(person)) % colours;
}

/** What differs between two answers to who is on, as the times in which they do. Both cover the same time without gaps. */
export function differences(before: readonly Shift[], after: readonly Shift[]): { start: string; end: string; was: string; is: string }[] {
  const edges = [...new Set([...before, ...after].flatMap(({ start, end }) => [Date.parse(start), Date.parse(end)]))].sort((a, b) => a - b);
  const at = (shifts: readonly Shift[], instant: number) => shifts.find(({ start, end }) => Date.parse(start) <= instant && instant < Date.parse(end))?.person;
  const found: { start: string; end: string; was: string; is: string }[] = [];
  for (const [i, edge] of edges.slice(0, -1).entries()) {
    const [was, is] = [at(before, edge), at(after, edge)];
    if (was === undefined || is === undefined || was === is) continue;
    const [start, end] = [edge, edges[i + 1]!].map((instant) => new Date(instant).toISOString()) as [string, string];
    const last = found.at(-1);
    if (last && last.end === start && last.was === was && last.is === is) last.end = end;
    else found.push({ start, end, was, is });
  }
  return found;
}
