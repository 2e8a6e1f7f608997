// What is said, once, to somebody who listens to the page instead of looking at it?

import { html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

interface Said {
  id: number;
  text: string;
}

/** Long enough to be read out, short enough not to be met again when reading through the page. Milliseconds. */
const kept = 20_000;

export class Announcer {
  private next = 0;
  private polite: Said[] = [];
  private assertive: Said[] = [];
  private readonly timers = new Set<number>();

  /** `changed` is called whenever there is something new to draw. */
  constructor(private readonly changed: () => void) {}

  /** Now: interrupts what is being read. For a new alert, and for a screen that is not live. */
  now(text: string): void {
    this.add("assertive", text);
  }

  /** When there is a pause. */
  later(text: string): void {
    this.add("polite", text);
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  render(): TemplateResult {
    const lines = (said: Said[]) => repeat(said, (s) => s.id, (s) => html`<p>${s.text}</p>`);
    return html`
      <div class="nhsuk-u-visually-hidden">
        <div aria-live="assertive" aria-relevant="additions" data-live="assertive">${lines(this.assertive)}</div>
        <div aria-live="polite" aria-relevant="additions" data-live="polite">${lines(this.polite)}</div>
      </div>
    `;
  }

  private add(where: "polite" | "assertive", text: string): void {
    const said = { id: this.next++, text };
    this[where] = [...this[where], said];
    const timer = window.setTimeout(() => {
      this.timers.delete(timer);
      this[where] = this[where].filter((s) => s !== said);
      this.changed();
    }, kept);
    this.timers.add(timer);
    this.changed();
  }
}
