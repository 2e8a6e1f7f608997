// Is this really to be done to an account or a screen?

import { html, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";

/** What is asked. */
export interface Question {
  title: string;
  /** What follows from a yes. */
  effect: string;
  /** The word on the button. */
  what: string;
  /** It takes something away. */
  warns: boolean;
}

/** Asks in a dialog. Fires `sure` on a yes, and `sure-closed` when it has gone. */
export class Sure extends LightElement {
  static override properties = { question: { attribute: false } };
  declare question: Question;

  protected override firstUpdated(): void {
    this.dialog().showModal();
  }

  private dialog(): HTMLDialogElement {
    return this.querySelector("dialog")!;
  }

  protected override render(): TemplateResult {
    const { title, effect, what, warns } = this.question;
    return html`<dialog class="ucp-sure" aria-labelledby="sure-title" aria-describedby="sure-effect" @close=${() => this.dispatchEvent(new Event("sure-closed"))}>
      <h2 class="nhsuk-heading-m" id="sure-title">${title}</h2>
      <p id="sure-effect">${effect}</p>
      <div class="ucp-sure__buttons">
        <button type="button" class="nhsuk-button nhsuk-button--small ${warns ? "nhsuk-button--warning" : ""}" @click=${() => this.yes()}>${what}</button>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" autofocus @click=${() => this.dialog().close()}>${texts.people.people.cancel}</button>
      </div>
    </dialog>`;
  }

  private yes(): void {
    this.dispatchEvent(new Event("sure"));
    this.dialog().close();
  }
}

customElements.define("ucp-sure", Sure);
