// What a stream client needs from where it runs. Handed in, so that a test can be the network and the clock.

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Surroundings {
  /** Opens a WebSocket with this subprotocol. */
  open(url: string, protocol: string): Socket;
  /** Milliseconds by a clock that nobody can set. */
  now(): number;
  /** Milliseconds since 1970 by the clock that somebody may have set. */
  wall(): number;
  /** In [0, 1). */
  random(): number;
  /** Calls once after some milliseconds; the answer cancels. */
  after(milliseconds: number, call: () => void): () => void;
}

/** A browser, or another runtime with the same globals. */
export const browser: Surroundings = {
  open: (url, protocol) => new WebSocket(url, protocol) as Socket,
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};
