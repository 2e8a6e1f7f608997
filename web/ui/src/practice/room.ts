// What would a department's stream say, if this patient came?
//
// A server in the page: the board's own client speaks to it over a pretend socket, and nothing leaves the browser.

import type { Plan } from "../api.ts";
import type { Alert, Change } from "../stream/index.ts";
import { PretendSocket } from "../stream/pretend.ts";
import { browser, type Socket, type Surroundings } from "../stream/surroundings.ts";
import type { Facts } from "./exercise.ts";
import { practiceAlert, practicePlan } from "./patient.ts";

const beat = 5_000;

/** A socket that answers at once what the client says. */
class RoomSocket extends PretendSocket {
  constructor(
    url: string,
    protocol: string,
    private readonly hear: (message: Record<string, unknown>, from: RoomSocket) => void,
  ) {
    super(url, protocol);
  }

  override send(text: string): void {
    super.send(text);
    const message = this.heard.at(-1);
    // The client has to have the answer to give when it comes: it does not wait for one while it is still sending.
    if (message) queueMicrotask(() => this.closedByClient || this.hear(message, this));
  }
}

export class PracticeRoom implements Surroundings {
  readonly now = browser.now;
  readonly wall = browser.wall;
  readonly random = browser.random;
  readonly after = browser.after;

  private held: Alert | undefined;
  private number = 1;
  private socket: RoomSocket | undefined;
  private readonly beating: () => void;
  private done: Facts = {};

  /** `changed` is called with what was done so far. */
  constructor(private readonly changed: (facts: Facts) => void) {
    const timer = setInterval(() => this.socket?.beats(this.position, new Date(this.wall()).toISOString()), beat);
    this.beating = () => clearInterval(timer);
  }

  open(url: string, protocol: string): Socket {
    const socket = new RoomSocket(url, protocol, (message, from) => this.answer(message, from));
    this.socket = socket;
    queueMicrotask(() => socket.opens());
    return socket;
  }

  /** The patient comes. */
  arrive(): void {
    if (!this.held) this.tell("raised", practiceAlert(new Date(this.wall())));
  }

  /** The plan, as the service would give it; that it was opened is noted here and nowhere else. */
  readonly source = (): Promise<Plan> => {
    this.note("opened");
    return Promise.resolve(practicePlan);
  };

  /** The plan was put away. */
  putAway(): void {
    this.note("closed");
  }

  close(): void {
    this.beating();
    this.socket = undefined;
  }

  private get position(): string {
    return `practice/${this.number}`;
  }

  private answer(message: Record<string, unknown>, to: RoomSocket): void {
    const { type } = message;
    if (type === "hello") {
      to.welcomes(this.position);
      to.shows(this.position, ...(this.held ? [this.held] : []));
      return;
    }
    if (typeof message["alert"] !== "string" || typeof type !== "string") return;
    if (type === "displayed") this.note("displayed");
    if (type === "acknowledge" && this.held?.state === "raised") {
      const at = new Date(this.wall()).toISOString();
      const done = typeof message["done"] === "string" ? { done: message["done"] } : {};
      this.tell("acknowledged", { ...this.held, state: "acknowledged", acknowledged: { by: "you", role: "practice", at, version: this.held.version ?? 1, holder: "you", ...done } });
      this.note("acknowledged");
    }
    if (type === "hand_over" && this.held?.acknowledged && typeof message["to"] === "string") {
      const at = new Date(this.wall()).toISOString();
      this.tell("handed_over", { ...this.held, acknowledged: { ...this.held.acknowledged, holder: message["to"], handed_by: "you", handed_at: at } });
    }
    to.says({ type: "done", command: type, alert: message["alert"] });
  }

  private tell(change: Change, alert: Alert): void {
    const previous = this.position;
    this.number++;
    this.held = alert;
    this.socket?.says({ type: "alert", position: this.position, previous, change, alert });
  }

  /** What happened first counts. */
  private note(what: keyof Facts): void {
    if (this.done[what] !== undefined) return;
    this.done = { ...this.done, [what]: this.now() };
    this.changed(this.done);
  }
}
