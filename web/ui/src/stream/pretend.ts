// A network and two clocks in the hands of a test; the socket also in those of the exercise (practice/room.ts), whose clocks are the browser's.

import type { Socket, Surroundings } from "./surroundings.ts";

/** One connection, seen from the server's side. */
export class PretendSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly heard: Record<string, unknown>[] = [];
  closedByClient = false;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(text: string): void {
    this.heard.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.closedByClient = true;
  }

  says(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  opens(): void {
    this.onopen?.();
  }

  hangsUp(code: number): void {
    this.onclose?.({ code });
  }

  welcomes(position: string, resumed = false): void {
    this.says({ type: "welcome", department: "RQW-AE", position, resumed, heartbeat_seconds: 5 });
  }

  shows(position: string, ...alerts: object[]): void {
    this.says({ type: "snapshot", position, alerts });
  }

  beats(position: string, time = "2026-11-22T14:02:10Z"): void {
    this.says({ type: "heartbeat", position, time });
  }
}

interface Timer {
  due: number;
  call: () => void;
}

export class PretendWorld implements Surroundings {
  readonly sockets: PretendSocket[] = [];
  private monotonic = 1_000;
  private ahead = Date.parse("2026-11-22T14:00:00Z");
  private timers: Timer[] = [];

  open(url: string, protocol: string): Socket {
    const socket = new PretendSocket(url, protocol);
    this.sockets.push(socket);
    return socket;
  }

  now(): number {
    return this.monotonic;
  }

  wall(): number {
    return this.monotonic + this.ahead;
  }

  random(): number {
    return 0.5;
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { due: this.monotonic + milliseconds, call };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((t) => t !== timer));
  }

  get latest(): PretendSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no connection was opened");
    return socket;
  }

  /** Time passes and every timer that becomes due is called at its moment. */
  pass(seconds: number): void {
    const end = this.monotonic + seconds * 1_000;
    for (;;) {
      const next = this.timers.filter((t) => t.due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.timers = this.timers.filter((t) => t !== next);
      this.monotonic = Math.max(this.monotonic, next.due);
      next.call();
    }
    this.monotonic = end;
  }

  /** Time passes and nothing of the page runs: a frozen tab. */
  freeze(seconds: number): void {
    this.monotonic += seconds * 1_000;
  }

  /** Only the wall clock moves: a machine asleep whose monotonic clock stands still, or a clock that was set. */
  sleep(seconds: number): void {
    this.ahead += seconds * 1_000;
  }
}
