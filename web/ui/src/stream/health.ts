// May a screen call itself live at this moment?
//
// The answer rests on one thing only: how long ago, by a clock that nobody can set, the server was last heard.

/** Nothing heard for longer than this: no longer green. Milliseconds. */
export const doubtAfter = 20_000;

/** Nothing heard for longer than this: not live, said in red. Milliseconds. */
export const lostAfter = 45_000;

/** live: green. waiting: amber, connecting or not sure. lost: red. */
export type Health = "live" | "waiting" | "lost";

export interface Evidence {
  /** Monotonic milliseconds now. */
  now: number;
  /** Monotonic milliseconds when a frame was last heard on a connection that was current; or when the client was started, before any. */
  lastHeard: number;
  /** The socket is open and what it shows is current. */
  current: boolean;
  /** The machine may have slept or the page been frozen since: old proof counts for nothing. */
  doubted: boolean;
  /** The server said: do not come back. */
  ended: boolean;
}

export function healthOf(e: Evidence): Health {
  const age = e.now - e.lastHeard;
  if (e.ended || age > lostAfter) return "lost";
  if (!e.current || e.doubted || age > doubtAfter) return "waiting";
  return "live";
}
