// What a close code tells a client to do next.

/** Close codes of `ucpalert.v1` that mean something of their own; every other one means: come back. */
export const CloseCode = {
  /** RFC 6455 §7.4.1: the frames themselves were broken. */
  brokenFrames: 1002,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  protocolError: 4400,
  signInAgain: 4401,
  notAllowed: 4403,
  noSuchDepartment: 4404,
  helloTooLate: 4408,
  tooSlow: 4413,
} as const;

/** Why a stream has ended for good. "sign-in": a new token may help. The others: coming back would change nothing. */
export type Ending = "sign-in" | "not-allowed" | "no-such-department" | "protocol-error";

const endings: ReadonlyMap<number, Ending> = new Map([
  [CloseCode.brokenFrames, "protocol-error"],
  [CloseCode.protocolError, "protocol-error"],
  [CloseCode.signInAgain, "sign-in"],
  [CloseCode.notAllowed, "not-allowed"],
  [CloseCode.noSuchDepartment, "no-such-department"],
]);

/** The ending that a close code means, or undefined where the client is to come back. */
export function endingOf(code: number): Ending | undefined {
  return endings.get(code);
}

const firstWait = 500;
const longestWait = 10_000;

/**
 * How long to wait, in milliseconds, before try number `attempt` (0 is the first after a working connection).
 * Between half and the whole of 0.5 s, 1 s, 2 s … 10 s, so that the screens of a restarted server do not return in one instant.
 * `random` gives a number in [0, 1).
 */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(longestWait, firstWait * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (random() * ceiling) / 2;
}
