// Is what this screen shows what the department's journal says?
//
// StreamClient follows one department over a WebSocket (`ucpalert.v1`), holds the position it has reached, comes back by itself,
// notices a gap, and says at every moment whether it may be called live. No framework; needs nothing but a browser.

import { backoff, endingOf, type Ending } from "./closing.ts";
import { healthOf, type Health } from "./health.ts";
import { type Check, missedChecks } from "./check.ts";
import { type Alert, type AlertChange, type Canary, type Command, type DepartmentStatus, type Frame, parseFrame, type Welcome } from "./messages.ts";
import { browser, type Socket, type Surroundings } from "./surroundings.ts";

export const subprotocol = "ucpalert.v1";

/** Where the connection stands. pausing: closed, and will come back by itself. ended: closed, and will not. */
export type Phase = "connecting" | "open" | "pausing" | "ended";

export interface Status {
  health: Health;
  phase: Phase;
  /** Set when phase is "ended" by the server's word. */
  ending?: Ending;
  /** When the server was last heard, by the server's own clock as far as it is known. Absent before the first frame. */
  lastHeard?: Date;
  /** How the check of the whole way stands; absent where the service makes none. */
  check?: Check;
}

/** Why a whole list comes: the first one; after an absence too long to resume; because frames were missing. */
export type SnapshotReason = "first" | "returned" | "gap";

/** Whoever draws. Called in the order of the journal; an error thrown here is not caught. */
export interface StreamHandler {
  /** Replaces everything held before. */
  snapshot(alerts: Alert[], reason: SnapshotReason): void;
  change(change: AlertChange): void;
  /** The check came through: to be painted, and then confirmed with canaryDisplayed. */
  canary?(canary: Canary): void;
  /** At every change of state and at every frame heard. */
  status(status: Status): void;
  /** How what the board depends on stands: the hospital's feed, the plans, the check, the screens. Only the newest counts. */
  standing?(standing: DepartmentStatus): void;
}

export interface StreamOptions {
  /** ws: or wss: address of `/stream/departments/{department}`. */
  url: string;
  /** Asked anew at each connection. */
  token: () => string;
  /**
   * For a browser that holds the cookie of a session: fetches a ticket for one stream, which is sent in place of the token. Undefined ends the
   * stream with "sign-in"; an error means that there is none just now.
   */
  ticket?: () => Promise<string | undefined>;
  handler: StreamHandler;
  /** The name of this screen, the same after each reload: letters, digits and . _ + -, at most 64. See screenName. */
  screen?: string;
  /** Of the client, in the same letters. */
  version?: string;
  /** Can somebody see the board now? Without it the server knows only that the socket is open. */
  visible?: () => boolean;
  surroundings?: Surroundings;
}

/** The server said no; the message is its reason. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
}

/** No answer came: not connected, or the connection went before the answer. The command may or may not have been carried out. */
export class CommandLost extends Error {
  override readonly name = "CommandLost";
}

/** What a command says besides: with acknowledge, what is done; with hand_over, who holds the alert and who takes it. */
export interface CommandDetails {
  done?: "taken_on" | "already_known";
  from?: string;
  to?: string;
}

const tickEvery = 1_000;
const helloPatience = 10_000;
const answerPatience = 10_000;
/** The server takes a screen for visible for 45 s after it said so. */
const aliveEvery = 15_000;
/** A wall clock that has moved this much more than the monotonic one: the machine has slept, or its clock was set. */
const clockJump = 5_000;

interface Waiting {
  promise: Promise<void>;
  resolve: () => void;
  reject: (reason: Error) => void;
  cancelTimeout: () => void;
}

export class StreamClient {
  private readonly around: Surroundings;
  private socket: Socket | undefined;
  private phase: Phase = "ended";
  private ending: Ending | undefined;
  private position: string | undefined;
  private reason: SnapshotReason = "first";
  private attempt = 0;
  private doubted = false;
  private current = false;
  private heard = false;
  private lastHeard = 0;
  private lastRan = 0;
  private socketHeard = 0;
  private wallAhead = 0;
  private serverAhead: number | undefined;
  private heartbeat = 5_000;
  private checkEvery: number | undefined;
  private checkLast = 0;
  private checkedAt: Date | undefined;
  private asked: string | undefined;
  private lastAlive = 0;
  private cancelRetry: (() => void) | undefined;
  private cancelTick: (() => void) | undefined;
  private readonly waiting = new Map<string, Waiting>();
  /** Alerts, by id and version, whose delivery the server knows of. */
  private readonly delivered = new Set<string>();

  constructor(private readonly options: StreamOptions) {
    this.around = options.surroundings ?? browser;
  }

  /** Begins, or begins again after an end with a new token. */
  start(): void {
    this.stop();
    const now = this.around.now();
    this.ending = undefined;
    this.heard = false;
    this.lastHeard = now;
    this.lastRan = now;
    this.wallAhead = this.around.wall() - now;
    this.attempt = 0;
    this.tick();
    this.connect();
  }

  /** Ends: nothing is called afterwards but the rejections of commands under way. */
  stop(): void {
    this.cancelTick?.();
    this.cancelRetry?.();
    this.cancelTick = this.cancelRetry = undefined;
    this.phase = "ended";
    this.letGo();
  }

  /** The state at this moment. */
  get status(): Status {
    const now = this.around.now();
    const health = healthOf({
      now,
      lastHeard: this.lastHeard,
      current: this.phase === "open" && this.current,
      doubted: this.doubted,
      ended: this.phase === "ended",
    });
    return {
      health,
      phase: this.phase,
      ...(this.ending ? { ending: this.ending } : {}),
      ...(this.heard ? { lastHeard: new Date(this.serverTime(this.lastHeard)) } : {}),
      ...(this.checkEvery === undefined
        ? {}
        : { check: { missed: missedChecks(this.checkLast, now, this.checkEvery), ...(this.checkedAt ? { at: this.checkedAt } : {}) } }),
    };
  }

  /** Now, by the server's clock as far as it is known (its last heartbeat), else by this machine's. */
  get now(): Date {
    return new Date(this.serverTime(this.around.now()));
  }

  /**
   * Tells the server something about an alert. Resolves when it is done; rejects with CommandRefused or CommandLost.
   * The same command about the same alert while one is under way is the same one.
   */
  send(command: Command, alert: string, more: CommandDetails = {}): Promise<void> {
    if (this.phase !== "open" || !this.current || !this.socket) return Promise.reject(new CommandLost("not connected"));
    const key = `${command} ${alert}`;
    const under = this.waiting.get(key);
    if (under) return under.promise;
    let resolve!: () => void;
    let reject!: (reason: Error) => void;
    const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
    const cancelTimeout = this.around.after(answerPatience, () => this.settle(key, new CommandLost("no answer")));
    this.waiting.set(key, { promise, resolve, reject, cancelTimeout });
    this.socket.send(JSON.stringify({ type: command, alert, ...more }));
    return promise;
  }

  /** The screen has another name from now on: the service is told by a new connection. */
  rename(screen: string): void {
    this.options.screen = screen;
    this.distrust();
  }

  /** A person can see that the check came through: it has been painted on a visible page. */
  canaryDisplayed(position: string): void {
    if (this.phase === "open") this.socket?.send(JSON.stringify({ type: "canary_displayed", position }));
  }

  /** What is shown may be old (the page was hidden): not green until the next frame. */
  doubt(): void {
    if (this.phase === "ended") return;
    this.doubted = true;
    this.report();
  }

  /** The machine has slept or the page was frozen: frames that waited in a buffer prove nothing, so only a new connection does. */
  distrust(): void {
    if (this.phase === "ended") return;
    this.doubted = true;
    this.letGo();
    this.cancelRetry?.();
    this.connect();
  }

  /** The page is being frozen or put away: not green, and no socket, until it comes back. */
  rest(): void {
    if (this.phase === "ended") return;
    this.doubted = true;
    this.comeBack();
  }

  private connect(): void {
    this.cancelRetry = undefined;
    this.phase = "connecting";
    this.current = false;
    this.socketHeard = this.around.now();
    let socket: Socket;
    try {
      socket = this.around.open(this.options.url, subprotocol);
    } catch {
      this.comeBack();
      return;
    }
    this.socket = socket;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      const { ticket, token } = this.options;
      if (ticket) void this.present(socket, ticket);
      else this.greet(socket, { token: token() });
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.read(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.closed(event.code);
    };
    this.report();
  }

  /** Says hello with a ticket, once it has come. */
  private async present(socket: Socket, fetched: () => Promise<string | undefined>): Promise<void> {
    let ticket: string | undefined;
    try {
      ticket = await fetched();
    } catch {
      if (this.socket === socket) this.comeBack();
      return;
    }
    if (this.socket !== socket) return;
    if (ticket === undefined) this.over("sign-in");
    else this.greet(socket, { ticket });
  }

  private greet(socket: Socket, credential: object): void {
    this.asked = this.position;
    socket.send(JSON.stringify(this.hello(credential)));
    this.lastAlive = this.around.now();
  }

  private hello(credential: object): object {
    const { screen, version, visible, handler } = this.options;
    return {
      type: "hello",
      ...credential,
      ...(this.asked ? { after: this.asked } : {}),
      ...(screen ? { screen } : {}),
      ...(version ? { version } : {}),
      ...(visible ? { visible: visible() } : {}),
      ...(handler.standing ? { status: true } : {}),
      ...(handler.canary ? { canary: true } : {}),
    };
  }

  /** Tells the server whether somebody can see the board: now and then by itself, and whenever that changes. */
  alive(): void {
    if (this.phase !== "open" || !this.socket || !this.options.visible) return;
    this.lastAlive = this.around.now();
    this.socket.send(JSON.stringify({ type: "alive", visible: this.options.visible() }));
  }

  private read(text: unknown): void {
    if (this.wasAsleep()) {
      this.distrust();
      return;
    }
    let frame: Frame;
    try {
      frame = parseFrame(text);
    } catch {
      this.startAfresh();
      return;
    }
    this.take(frame);
  }

  private take(frame: Frame): void {
    switch (frame.type) {
      case "welcome":
        return this.welcomed(frame);
      case "snapshot":
        if (this.phase !== "open") return this.startAfresh();
        this.options.handler.snapshot(frame.alerts, this.reason);
        this.reason = "returned";
        this.position = frame.position;
        this.proven();
        for (const alert of frame.alerts) this.confirm(alert);
        return;
      case "alert":
        if (!this.current || frame.previous !== this.position) return this.gap();
        // The position moves only after the handler has drawn it: if that fails, the next heartbeat shows a gap.
        this.options.handler.change(frame);
        this.position = frame.position;
        this.proven();
        return this.confirm(frame.alert);
      case "heartbeat":
        if (frame.position !== this.position) return this.gap();
        this.serverAhead = Date.parse(frame.time) - this.around.now();
        if (!this.current) return;
        this.attempt = 0;
        return this.proven();
      case "canary":
        this.checkLast = this.around.now();
        this.checkedAt = new Date(frame.checked);
        this.options.handler.canary?.(frame);
        return this.report();
      case "done":
        this.settle(`${frame.command} ${frame.alert}`);
        return;
      case "refused":
        this.settle(`${frame.command} ${frame.alert}`, new CommandRefused(frame.reason));
        return;
      case "status":
        return this.options.handler.standing?.(frame);
      case "unknown":
        return;
    }
  }

  /** A screen with a name says once of each version of an alert that it has it, and has handed it over to be drawn. */
  private confirm(alert: Alert): void {
    if (!this.options.screen || (alert.state !== "raised" && alert.state !== "acknowledged")) return;
    const once = `${alert.id} ${alert.version ?? 0}`;
    if (this.delivered.has(once)) return;
    this.delivered.add(once);
    this.send("delivered", alert.id).catch((error: unknown) => {
      if (error instanceof CommandLost) this.delivered.delete(once);
    });
  }

  private welcomed(frame: Welcome): void {
    this.heartbeat = frame.heartbeat_seconds * 1_000;
    this.phase = "open";
    // What did not come while there was no connection was said in red by itself; from now on checks are due again.
    this.checkLast = this.around.now();
    this.checkEvery = frame.canary_seconds === undefined ? undefined : frame.canary_seconds * 1_000;
    // A resumed stream begins where this client stopped; anything else would pass over what happened between.
    if (frame.resumed && frame.position !== this.asked) return this.gap();
    this.position = frame.position;
    this.current = frame.resumed;
    if (frame.resumed) return this.proven();
    this.socketHeard = this.around.now();
    this.report();
  }

  /** A frame came on a connection that is current. */
  private proven(): void {
    this.current = true;
    this.doubted = false;
    this.heard = true;
    this.lastHeard = this.socketHeard = this.around.now();
    this.report();
  }

  private gap(): void {
    this.reason = "gap";
    this.startAfresh();
  }

  /** Forgets the position, so that the next connection begins with everything. */
  private startAfresh(): void {
    this.position = undefined;
    this.comeBack();
  }

  private closed(code: number): void {
    const ending = endingOf(code);
    if (!ending) {
      this.comeBack();
      return;
    }
    this.over(ending);
  }

  private over(ending: Ending): void {
    this.stop();
    this.ending = ending;
    this.report();
  }

  private comeBack(): void {
    this.letGo();
    this.phase = "pausing";
    this.cancelRetry?.();
    this.cancelRetry = this.around.after(backoff(this.attempt++, this.around.random), () => this.connect());
    this.report();
  }

  private letGo(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.current = false;
    socket?.close();
    for (const key of [...this.waiting.keys()]) this.settle(key, new CommandLost("the connection went"));
  }

  private settle(key: string, failure?: Error): void {
    const waiting = this.waiting.get(key);
    if (!waiting) return;
    this.waiting.delete(key);
    waiting.cancelTimeout();
    if (failure) waiting.reject(failure);
    else waiting.resolve();
  }

  private tick(): void {
    this.cancelTick = this.around.after(tickEvery, () => this.tick());
    if (this.phase === "ended") return;
    if (this.wasAsleep()) this.distrust();
    else if (this.silent()) this.comeBack();
    else {
      if (this.around.now() - this.lastAlive >= aliveEvery) this.alive();
      this.report();
    }
  }

  /** Nothing on this socket for three heartbeats, or no welcome in time: it is half-open, or the server is stuck. */
  private silent(): boolean {
    if (!this.socket) return false;
    const patience = this.current ? 3 * this.heartbeat : helloPatience;
    return this.around.now() - this.socketHeard > patience;
  }

  /** Nothing of this page has run for a while although it should have, or the clocks have parted. */
  private wasAsleep(): boolean {
    const now = this.around.now();
    const idle = now - this.lastRan;
    const ahead = this.around.wall() - now;
    const jumped = Math.abs(ahead - this.wallAhead) > clockJump;
    this.lastRan = now;
    this.wallAhead = ahead;
    return jumped || idle > Math.max(10_000, 2 * this.heartbeat + 2_000);
  }

  private serverTime(monotonic: number): number {
    return monotonic + (this.serverAhead ?? this.wallAhead);
  }

  private report(): void {
    this.options.handler.status(this.status);
  }
}
