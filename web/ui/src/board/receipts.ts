// Which alerts has this screen really shown, and which has a person looked at?
//
// "displayed" is sent once an alert of that version has been painted inside the window of a visible page; "seen" when a person opened,
// clicked or tabbed to it. What could not be sent is sent after the next connection.

import { type Command, CommandLost } from "../stream/index.ts";

type Send = (command: Command, alert: string) => Promise<void>;
type Refused = (alert: string, reason: string) => void;

interface Shown {
  alert: string;
  version: string;
}

export class Receipts {
  /** Something lies over the alerts: none of them is being shown. */
  covered = false;
  private readonly shown = new Map<Element, Shown>();
  private readonly inWindow = new Set<Element>();
  private readonly told = new Set<string>();
  private readonly observer: IntersectionObserver;
  private readonly listening = new AbortController();

  constructor(
    private readonly send: Send,
    private readonly refused: Refused,
  ) {
    // A line's height of the alert has to be inside the window: an edge of a frame shows nobody anything.
    this.observer = new IntersectionObserver((entries) => this.moved(entries), { rootMargin: "-48px 0px" });
    document.addEventListener("visibilitychange", () => this.afterPaint(), { signal: this.listening.signal });
  }

  /** These elements, and no others, now show these alerts. */
  look(elements: ReadonlyMap<Element, Shown>): void {
    for (const element of this.shown.keys()) {
      if (elements.has(element)) continue;
      this.observer.unobserve(element);
      this.inWindow.delete(element);
      this.shown.delete(element);
    }
    for (const [element, shown] of elements) {
      if (!this.shown.has(element)) this.observer.observe(element);
      this.shown.set(element, shown);
    }
    this.afterPaint();
  }

  /** A person has looked at this alert. */
  seen(alert: string, version: string): void {
    this.tell("seen", { alert, version });
  }

  close(): void {
    this.observer.disconnect();
    this.listening.abort();
  }

  private moved(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      if (entry.isIntersecting) this.inWindow.add(entry.target);
      else this.inWindow.delete(entry.target);
    }
    this.afterPaint();
  }

  /** The first frame draws what was laid out; when the second begins, the first is on the screen. */
  private afterPaint(): void {
    requestAnimationFrame(() => requestAnimationFrame(() => this.displayed()));
  }

  private displayed(): void {
    if (this.covered || document.visibilityState !== "visible") return;
    for (const element of this.inWindow) {
      const shown = this.shown.get(element);
      if (shown && element.isConnected) this.tell("displayed", shown);
    }
  }

  private tell(command: Command, shown: Shown): void {
    const once = `${command} ${shown.alert} ${shown.version}`;
    if (this.told.has(once)) return;
    this.told.add(once);
    this.send(command, shown.alert).catch((error: unknown) => {
      if (error instanceof CommandLost) this.told.delete(once);
      else this.refused(shown.alert, error instanceof Error ? error.message : "");
    });
  }
}
