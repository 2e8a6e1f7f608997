// What did the plan change? One click, which can be corrected.

import { html, nothing, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { giveOutcome, wordsOf } from "./talk-api.ts";

const w = texts.outcome;

export class OutcomeQuestion extends LightElement {
  static override properties = {
    alert: {},
    token: { attribute: false },
    given: {},
    about: {},
    chosen: { state: true },
    failure: { state: true },
    busy: { state: true },
  };
  /** The alert's id. */
  declare alert: string;
  declare token: string;
  /** What the service knows; empty if nobody said. */
  declare given: string;
  /** Whom it is about, for those who listen. */
  declare about: string;
  /** What was clicked here, until the service says the same. */
  declare chosen: string | undefined;
  declare failure: string | undefined;
  declare busy: boolean;

  protected override render(): TemplateResult {
    const held = this.chosen ?? this.given;
    const title = `outcome-${this.alert}`;
    return html`<div class="ucp-outcome" role="group" aria-labelledby=${title}>
      <p class="ucp-outcome__title" id=${title}>${w.title}${this.about ? html`<span class="nhsuk-u-visually-hidden"> ${this.about}</span>` : nothing}</p>
      <div class="ucp-outcome__answers">
        ${Object.entries(w.changed).map(
          ([changed, text]) => html`<button type="button" class="ucp-chip" aria-pressed=${held === changed ? "true" : "false"} @click=${() => void this.give(changed)}>${text}</button>`,
        )}
      </div>
      <p class="ucp-outcome__kept" role="status">${this.busy ? w.saving : this.failure !== undefined ? html`<span class="ucp-outcome__failure">${w.failed(this.failure)}</span>` : held ? w.kept : nothing}</p>
    </div>`;
  }

  private async give(changed: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = undefined;
    try {
      await giveOutcome(this.token, this.alert, changed);
      this.chosen = changed;
    } catch (error) {
      this.failure = wordsOf(error, texts.errors.unreachable);
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("ucp-outcome", OutcomeQuestion);
