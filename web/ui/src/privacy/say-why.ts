// Why does somebody open the plan of a patient who is specially protected?

import { html, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { fault } from "../people/field.ts";
import { texts } from "../texts.ts";
import { sayWhy } from "./api.ts";
import { reasonFields, reasonOf } from "./reason.ts";

/** The reason was taken: the plan can be asked for again. Bubbles. */
export class WhySaid extends Event {
  constructor() {
    super("why-said", { bubbles: true });
  }
}

export class SayWhy extends LightElement {
  static override properties = { token: { attribute: false }, alert: {}, lead: {}, failure: { state: true }, busy: { state: true } };
  declare token: string;
  declare alert: string;
  /** What the service says of the patient. */
  declare lead: string;
  declare failure: string | undefined;
  declare busy: boolean;

  protected override render(): TemplateResult {
    return html`<form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => void this.said(event)}>
      <p class="ucp-caution"><strong>${this.lead}</strong></p>
      ${fault(this.failure)} ${reasonFields(false)}
      <button class="nhsuk-button" ?disabled=${this.busy}>${texts.plan.say}</button>
    </form>`;
  }

  private async said(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { why, words } = reasonOf(event.currentTarget as HTMLFormElement);
    this.busy = true;
    try {
      await sayWhy(this.token, this.alert, why, words);
      this.failure = undefined;
      this.dispatchEvent(new WhySaid());
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("ucp-say-why", SayWhy);
