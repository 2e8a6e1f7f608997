// By what else is somebody to be told?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { fault, field, typed } from "../people/field.ts";
import { NotTold, subscribe } from "../push/browser.ts";
import { texts } from "../texts.ts";
import { add, type Added, type Contacts, type Kind } from "./api.ts";
import { here } from "./here.ts";
import { words } from "./texts.ts";

const w = words.me.add;

/** A way was added, and waits for its code. Bubbles. */
export class WayAdded extends Event {
  constructor(readonly added: Added) {
    super("way-added", { bubbles: true });
  }
}

export class AddWay extends LightElement {
  static override properties = { token: { attribute: false }, held: { attribute: false }, kind: { state: true }, failure: { state: true }, busy: { state: true } };
  declare token: string;
  declare held: Contacts;
  declare kind: Kind | undefined;
  declare failure: string | undefined;
  declare busy: boolean;

  protected override render(): TemplateResult {
    const { kinds, contacts, most } = this.held;
    const offered = (["push", "sms", "mail", "webhook"] as const).filter((kind) => kinds.includes(kind));
    return html`<section class="ucp-panel ucp-reach__add" aria-labelledby="add-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-3" id="add-title">${w.title}</h2>
      ${offered.length === 0 ? html`<p>${w.none}</p>` : contacts.length >= most ? html`<p>${w.full(most)}</p>` : this.form(offered)}
    </section>`;
  }

  private form(offered: readonly Kind[]): TemplateResult {
    const { kind } = this;
    return html`<form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => this.submitted(event)}>
      ${fault(this.failure)}
      <fieldset class="nhsuk-fieldset nhsuk-form-group">
        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${w.kind}</legend>
        <div class="nhsuk-radios nhsuk-radios--small">
          ${offered.map(
            (each) => html`<div class="nhsuk-radios__item">
              <input class="nhsuk-radios__input" type="radio" name="kind" id="kind-${each}" value=${each} aria-describedby="kind-${each}-hint" .checked=${kind === each} @change=${() => this.choose(each)} />
              <label class="nhsuk-label nhsuk-radios__label" for="kind-${each}">${w.kinds[each].name}</label>
              <div class="nhsuk-hint nhsuk-radios__hint" id="kind-${each}-hint">${w.kinds[each].hint}</div>
            </div>`,
          )}
        </div>
      </fieldset>
      ${kind === undefined ? nothing : kind === "push" && this.isHere ? html`<p>${w.alreadyHere}</p>` : this.fields(kind)}
    </form>`;
  }

  private fields(kind: Kind): TemplateResult {
    return html`${kind === "push"
        ? nothing
        : field({ id: "way-address", label: w.address[kind], hint: w.addressHint[kind], autocomplete: kind === "mail" ? "email" : kind === "sms" ? "tel" : "off" })}
      ${field({ id: "way-name", label: w.name, hint: w.nameHint, width: 20 })}
      <button class="nhsuk-button" aria-disabled=${this.busy ? "true" : "false"}>${kind === "push" ? w.submitPush : w.submit}</button>`;
  }

  /** Whether this browser is one of the ways, and works as such. */
  private get isHere(): boolean {
    return this.held.contacts.some(({ contact, state }) => contact === here.contact && state !== "lost");
  }

  private choose(kind: Kind): void {
    this.kind = kind;
    this.failure = undefined;
  }

  private submitted(event: SubmitEvent): void {
    event.preventDefault();
    if (!this.busy && this.kind) void this.add(this.kind, event.currentTarget as HTMLElement);
  }

  private async add(kind: Kind, form: HTMLElement): Promise<void> {
    const [address, label] = [typed(form, "way-address").trim(), typed(form, "way-name").trim()];
    this.busy = true;
    try {
      const added = await add(this.token, { kind, ...(label ? { label } : {}), ...(kind === "push" ? { push: await subscribe(this.held.push_key ?? "") } : { address }) });
      if (kind === "push") here.is(added.contact.contact);
      this.kind = this.failure = undefined;
      this.dispatchEvent(new WayAdded(added));
    } catch (error) {
      this.failure = error instanceof NotTold ? words.me.refusals[error.why] : error instanceof Problem ? error.message : texts.errors.unreachable;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("ucp-add-way", AddWay);
