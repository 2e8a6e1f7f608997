// Was today's last arrival looked at for plans, and how many had one?
//
// The line is asked for once a minute, and whenever the board changes. It says when it was last told, so that an old one cannot be taken
// for a new one.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { instant, timeOrDay } from "../words/dates.ts";
import { type Checked, checked } from "./api.ts";

const every = 60_000;
const soon = 1_500;
const w = texts.checked;

export class CheckedLine extends LightElement {
  static override properties = {
    department: { attribute: false },
    token: { attribute: false },
    zone: { attribute: false },
    changes: { attribute: false },
    count: { state: true },
    failed: { state: true },
  };
  declare department: string;
  declare token: string;
  declare zone: string;
  /** Grows whenever the board changes. */
  declare changes: number;
  declare count: Checked | undefined;
  declare failed: boolean;

  private timer = 0;
  private asking = false;

  constructor() {
    super();
    this.failed = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.again(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("changes") && changed.get("changes") !== undefined) this.again(soon);
  }

  private again(after: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), after);
  }

  private async load(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      this.count = await checked(this.department, this.token);
      this.failed = false;
    } catch {
      this.failed = true;
    }
    this.asking = false;
    if (this.isConnected) this.again(every);
  }

  protected override render(): TemplateResult {
    return html`<p class="ucp-checked">
      <span data-checked=${this.count?.arrivals ?? ""}>${this.words()}</span>
      <a href="/board/${encodeURIComponent(this.department)}/recent">${w.recent}</a>
    </p>`;
  }

  private words(): string | typeof nothing {
    if (this.failed) return w.failed;
    if (!this.count) return nothing;
    const at = instant(this.count.checked);
    return w.line(this.count.arrivals, this.count.with_plan, this.count.too_little, at ? timeOrDay(at, new Date(), this.zone) : "");
  }
}

customElements.define("ucp-checked", CheckedLine);
