// Is this the person who was invited?

import { html, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { SignedIn } from "../door/signin.ts";
import { LightElement } from "../light.ts";
import { bySession } from "../session.ts";
import { texts } from "../texts.ts";
import { dayAndTime } from "./times.ts";
import { accept, type Offer, offerOf } from "./api.ts";
import { fault, field, typed } from "./field.ts";

const w = texts.people.join;

export class Join extends LightElement {
  static override properties = { offer: { state: true }, failure: { state: true }, gone: { state: true }, busy: { state: true }, shown: { state: true } };
  declare offer: Offer | undefined;
  declare failure: string | undefined;
  /** Why the link cannot be used. */
  declare gone: string | undefined;
  declare busy: boolean;
  declare shown: boolean;
  private link = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.link = decodeURIComponent(location.hash.slice(1));
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.offer = await offerOf(this.link);
    } catch (error) {
      this.gone = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  protected override render(): TemplateResult {
    if (this.gone) {
      return html`<h1 class="nhsuk-heading-l">${w.gone}</h1>
        <p class="ucp-caution ucp-caution--stop" role="alert">${this.gone}</p>
        <p><a href="/sign-in">${texts.people.signIn.page}</a></p>`;
    }
    const { offer } = this;
    if (!offer) return html`<p class="ucp-quiet">${texts.loading} …</p>`;
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="ucp-measure">${offer.first ? w.first : w.who(offer.full_name || offer.name, offer.role, offer.organisation)} ${w.until(dayAndTime(offer.until))}</p>
      ${fault(this.failure)}
      <form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => this.submitted(event)}>
        ${offer.first
          ? field({ id: "name", label: w.name, hint: w.nameHint, autocomplete: "username", width: 20 })
          : html`<input class="nhsuk-u-visually-hidden" type="text" name="username" autocomplete="username" readonly tabindex="-1" aria-hidden="true" .value=${offer.name} />`}
        ${field({ id: "password", label: w.password, hint: w.passwordHint, type: this.shown ? "text" : "password", autocomplete: "new-password" })}
        <div class="nhsuk-form-group nhsuk-checkboxes nhsuk-checkboxes--small">
          <div class="nhsuk-checkboxes__item">
            <input class="nhsuk-checkboxes__input" id="show" type="checkbox" @change=${(event: Event) => this.show((event.target as HTMLInputElement).checked)} />
            <label class="nhsuk-label nhsuk-checkboxes__label" for="show">${w.show}</label>
          </div>
        </div>
        <h2 class="nhsuk-heading-m nhsuk-u-margin-top-5 nhsuk-u-margin-bottom-2">${w.factor}</h2>
        <p class="ucp-measure">${w.factorLead}</p>
        <img class="ucp-account__qr" src=${offer.qr} alt=${w.qr} width="220" height="220" />
        <p>${w.byHand}:<br /><code class="ucp-account__secret" id="secret">${offer.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code></p>
        ${field({ id: "code", label: w.code, autocomplete: "one-time-code", numeric: true, width: 10 })}
        <button class="nhsuk-button" aria-disabled=${this.busy ? "true" : "false"}>${w.submit}</button>
      </form>
    `;
  }

  /** What was typed stays: only the kind of the field changes. */
  private show(shown: boolean): void {
    const input = this.querySelector<HTMLInputElement>("#password");
    if (input) input.type = shown ? "text" : "password";
  }

  private async submit(form: HTMLElement): Promise<void> {
    this.busy = true;
    try {
      await accept(this.link, this.offer?.first ? typed(form, "name") : "", typed(form, "password"), typed(form, "code"));
      this.dispatchEvent(new SignedIn(bySession));
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    } finally {
      this.busy = false;
    }
  }

  private submitted(event: SubmitEvent): void {
    event.preventDefault();
    if (!this.busy) void this.submit(event.currentTarget as HTMLElement);
  }
}

customElements.define("ucp-join", Join);
