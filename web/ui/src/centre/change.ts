// Why is a plan given another state?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { changeStatus } from "./api.ts";
import { words } from "./texts.ts";

const w = words.change;

export class StatusDialog extends LightElement {
  static override properties = {
    token: { attribute: false },
    plan: { attribute: false },
    version: { attribute: false },
    status: { attribute: false },
    reason: { state: true },
    failure: { state: true },
    busy: { state: true },
  };
  declare token: string;
  declare plan: string;
  declare version: number;
  declare status: string;
  /** The reason that was chosen; "" for one that is written. Undefined until one is. */
  declare reason: string | undefined;
  declare failure: string | undefined;
  declare busy: boolean;

  protected override firstUpdated(): void {
    this.querySelector("dialog")!.showModal();
  }

  protected override render(): TemplateResult {
    const reasons = [...(w.reasons[this.status] ?? []), ""];
    const written = this.reason === "";
    return html`
      <dialog class="ucp-change" aria-labelledby="change-title" @close=${() => this.dispatchEvent(new Event("change-closed"))}>
        <form novalidate @submit=${(event: Event) => void this.submitted(event)}>
          <h2 class="nhsuk-heading-m" id="change-title">${w.titles[this.status]}</h2>
          <p>${w.effects[this.status]}</p>
          <div class="nhsuk-form-group ${this.failure ? "nhsuk-form-group--error" : ""}">
            <fieldset class="nhsuk-fieldset" aria-describedby=${this.failure ? "change-error" : nothing}>
              <legend class="nhsuk-fieldset__legend nhsuk-label">${w.why}</legend>
              <div role="alert">${this.failure ? html`<span class="nhsuk-error-message" id="change-error">${this.failure}</span>` : nothing}</div>
              <div class="nhsuk-radios nhsuk-radios--small">
                ${reasons.map(
                  (reason, n) => html`<div class="nhsuk-radios__item">
                    <input class="nhsuk-radios__input" type="radio" name="reason" id="reason-${n}" .checked=${this.reason === reason} @change=${() => (this.reason = reason)} />
                    <label class="nhsuk-label nhsuk-radios__label" for="reason-${n}">${reason || w.other}</label>
                  </div>`,
                )}
              </div>
            </fieldset>
          </div>
          ${written
            ? html`<div class="nhsuk-form-group">
                <label class="nhsuk-label" for="reason-text">${w.otherLabel}</label>
                <div class="nhsuk-hint" id="reason-hint">${w.otherHint}</div>
                <input class="nhsuk-input" id="reason-text" maxlength="200" autocomplete="off" aria-describedby="reason-hint" />
              </div>`
            : nothing}
          <div class="ucp-write__buttons">
            <button class="nhsuk-button nhsuk-button--small ${this.status === "revoked" || this.status === "entered-in-error" ? "nhsuk-button--warning" : ""}" aria-disabled=${this.busy ? "true" : "false"}>${w.titles[this.status]}</button>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.querySelector("dialog")!.close()}>${w.cancel}</button>
          </div>
        </form>
      </dialog>
    `;
  }

  private async submitted(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const reason = this.reason === "" ? this.querySelector<HTMLInputElement>("#reason-text")!.value.trim() : this.reason;
    if (reason === undefined) return this.fail(w.choose, "#reason-0");
    if (reason === "") return this.fail(w.writeReason, "#reason-text");
    this.busy = true;
    try {
      await changeStatus(this.token, this.plan, this.status, reason, this.version);
      this.dispatchEvent(new Event("status-changed"));
      this.querySelector("dialog")!.close();
    } catch (error) {
      this.fail(error instanceof Problem ? error.message : texts.errors.unreachable, "#reason-0");
    } finally {
      this.busy = false;
    }
  }

  private fail(text: string, focus: string): void {
    this.failure = text;
    this.querySelector<HTMLElement>(focus)?.focus();
  }
}

customElements.define("ucp-status-dialog", StatusDialog);
