// Does what a hospital sends still come through to this screen?
//
// Every so often the service sends an arrival of nobody through everything (the canary), and the screen is told. What does not come is
// counted here, by the monotonic clock, so that the screen knows without being told.

/** How the check stands. missed: how many did not come. at: when the service took the last one; absent before the first. */
export interface Check {
  missed: number;
  at?: Date;
}

/** The part of the interval by which a check may be late. */
const slack = 4;

/** How many checks are missing at `now`, if the last came (or was first waited for) at `last`; all in milliseconds. */
export function missedChecks(last: number, now: number, every: number): number {
  return Math.max(0, Math.floor((now - last - every / slack) / every));
}
