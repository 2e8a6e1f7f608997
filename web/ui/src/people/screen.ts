// May this screen show a wall?

import { html, nothing, type TemplateResult } from "lit";
import { Problem, session } from "../api.ts";
import { LightElement } from "../light.ts";
import { bySession } from "../session.ts";
import { texts } from "../texts.ts";
import { claim, enrol } from "./api.ts";

const w = texts.people.screen;
const askEvery = 2_000;

export class Screen extends LightElement {
  static override properties = { code: { state: true }, told: { state: true } };
  declare code: string | undefined;
  declare told: string | undefined;
  private secret: string | undefined;
  private asking = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.asking = window.setInterval(() => void this.ask(), askEvery);
    void this.ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.asking);
  }

  private async ask(): Promise<void> {
    try {
      if (this.secret === undefined) {
        const { code, secret } = await enrol();
        this.code = code;
        this.secret = secret;
      } else if (await claim(this.secret)) {
        window.clearInterval(this.asking);
        const { department } = await session(bySession);
        location.assign(`/board/${encodeURIComponent(department ?? "")}/wall`);
        return;
      }
      if (this.told === w.unreachable) this.told = undefined;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) {
        this.secret = undefined;
        this.told = w.old;
      } else {
        this.told = error instanceof Problem && error.status !== 0 ? error.message : w.unreachable;
      }
    }
  }

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="nhsuk-body-l ucp-measure">${w.lead}</p>
      ${this.code ? html`<p class="ucp-code" aria-label=${w.code} role="img"><span>${this.code.slice(0, 4)}</span> <span>${this.code.slice(4)}</span></p>` : nothing}
      <p role="status">${this.told ?? w.waits}</p>
    `;
  }
}

customElements.define("ucp-screen", Screen);
