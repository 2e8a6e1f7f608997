// By what is this person told of an alert that nobody has answered, and in which order?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { fault, field, typed } from "../people/field.ts";
import { type Question } from "../people/sure.ts";
import "../people/sure.ts";
import { Worklist } from "../privacy/worklist.ts";
import { told, unsubscribe } from "../push/browser.ts";
import { texts } from "../texts.ts";
import { instant, timeOfDay } from "../words/dates.ts";
import { type Added, change, type Contact, type Contacts, contacts, order, remove, sendCode, test, verify } from "./api.ts";
import "./add.ts";
import type { WayAdded } from "./add.ts";
import { here } from "./here.ts";
import { words } from "./texts.ts";

const w = words.me;
const zone = "Europe/London";

export class Me extends Worklist {
  static override properties = { subscribes: { attribute: false }, held: { state: true }, editing: { state: true }, asked: { state: true }, secret: { state: true }, copied: { state: true }, takes: { state: true } };
  /** Whether the account may subscribe, too. */
  declare subscribes: boolean;
  declare held: Contacts | undefined;
  /** The way whose name and quiet hours are being changed. */
  declare editing: string | undefined;
  /** What has to be confirmed before it is done. */
  declare asked: (Question & { deed: () => Promise<unknown>; told: string }) | undefined;
  /** What a webhook's messages are signed with: shown once. */
  declare secret: string | undefined;
  declare copied: boolean;
  /** Whether this browser takes messages; undefined while that is not known. */
  declare takes: boolean | undefined;

  protected override async load(): Promise<void> {
    [this.held, this.takes] = await Promise.all([contacts(this.token), told().then((address) => address !== undefined)]);
  }

  protected override render(): TemplateResult {
    const { held } = this;
    const reached = held?.contacts.filter(({ state }) => state === "verified").length ?? 0;
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="ucp-measure">${w.lead}</p>
      ${this.subscribes ? html`<p class="ucp-subscribing__ways"><a href="/on-call/subscriptions">${w.subscriptions}</a> <a href="/me">${w.now}</a></p>` : nothing}
      ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      ${held
        ? html`${reached === 0 ? html`<p class="ucp-caution ucp-caution--stop" data-reached="0">${w.nobody}</p>` : html`<p data-reached=${reached}><strong>${w.reached(reached)}</strong></p>`}
            ${this.secret ? this.secretShown(this.secret) : nothing}
            <ol class="ucp-reach">${repeat(held.contacts, (c) => c.contact, (c) => this.way(c, held.contacts))}</ol>
            <ucp-add-way .token=${this.token} .held=${held} @way-added=${(event: WayAdded) => void this.added(event.added)}></ucp-add-way>`
        : this.failure
          ? nothing
          : html`<p class="ucp-quiet">${texts.loading} …</p>`}
      ${this.asked ? html`<ucp-sure .question=${this.asked} @sure=${() => void this.do(this.asked!.deed, this.asked!.told)} @sure-closed=${() => (this.asked = undefined)}></ucp-sure>` : nothing}
    `;
  }

  private way(c: Contact, all: readonly Contact[]): TemplateResult {
    const name = nameOf(c);
    const tone = { waiting: "nhsuk-tag--yellow", verified: "nhsuk-tag--green", lost: "nhsuk-tag--red" }[c.state];
    const isHere = c.contact === here.contact;
    const gone = isHere && this.takes === false && c.state !== "lost";
    return html`<li class="ucp-panel ucp-reach__one" data-contact=${c.contact} data-kind=${c.kind} data-state=${c.state}>
      <div class="ucp-reach__head">
        <span class="ucp-reach__place" aria-hidden="true">${c.place}</span>
        <div>
          <h2 class="nhsuk-heading-s ucp-reach__name"><bdi>${c.label ? `${w.kinds[c.kind]}: ${c.label}` : w.kinds[c.kind]}</bdi></h2>
          <p class="ucp-reach__address"><bdi>${c.kind === "push" ? w.at(c.address) : c.address}</bdi></p>
          <p class="ucp-reach__tags">
            <strong class="nhsuk-tag ${tone}">${w.states[c.state]}</strong>
            ${isHere ? html` <strong class="nhsuk-tag">${w.here}</strong>` : nothing}
            ${c.state === "verified" ? html` <span class="ucp-quiet">${c.place === 1 ? w.first : w.then(c.place)}</span>` : nothing}
            ${c.quiet ? html` <span class="ucp-quiet">${w.quiet(c.quiet.from, c.quiet.to)}</span>` : nothing}
          </p>
        </div>
      </div>
      ${c.state === "lost" || gone ? html`<p class="ucp-caution">${gone ? w.lostHere : w.lost}</p>` : nothing}
      ${c.state === "waiting" ? this.code(c, name) : nothing}
      <div class="ucp-rows__deeds">
        ${all.length > 1 ? html`${this.button(c, "up", w.up, c.place === 1, () => void this.move(c, all, -1))} ${this.button(c, "down", w.down, c.place === all.length, () => void this.move(c, all, 1))}` : nothing}
        ${c.state === "verified" ? this.button(c, "test", w.test, false, () => void this.sendTest(c)) : nothing}
        ${this.button(c, "change", w.change, false, () => (this.editing = this.editing === c.contact ? undefined : c.contact), this.editing === c.contact)}
        ${this.button(c, "remove", w.remove, false, () => this.ask(c, all))}
      </div>
      ${this.editing === c.contact ? this.form(c) : nothing}
    </li>`;
  }

  private button(c: Contact, what: string, text: string, off: boolean, deed: () => void, expanded?: boolean): TemplateResult {
    return html`<button
      type="button"
      class="nhsuk-button nhsuk-button--secondary nhsuk-button--small"
      id="${what}-${c.contact}"
      aria-label=${w.label(text, nameOf(c))}
      aria-disabled=${off ? "true" : "false"}
      aria-expanded=${expanded === undefined ? nothing : expanded ? "true" : "false"}
      @click=${() => !off && deed()}
    >
      ${text}
    </button>`;
  }

  private code(c: Contact, name: string): TemplateResult {
    const until = instant(c.code_until);
    const another = html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(until ? w.code.send : w.code.first, name)} @click=${() => void this.send(c)}>
      ${until ? w.code.send : w.code.first}
    </button>`;
    if (!until) return html`<div class="ucp-reach__code"><p>${w.code.none}</p>${another}</div>`;
    const id = `code-${c.contact}`;
    return html`<form class="ucp-reach__code" novalidate @submit=${(event: SubmitEvent) => void this.confirm(event, c)}>
      ${field({ id, label: w.code.field, hint: `${w.code.hint[c.kind]} ${w.code.until(timeOfDay(until, zone))}`, autocomplete: "one-time-code", numeric: true, width: 10 })}
      <div class="ucp-rows__deeds"><button class="nhsuk-button nhsuk-button--small" aria-label=${w.label(w.code.confirm, name)}>${w.code.confirm}</button> ${another}</div>
    </form>`;
  }

  private form(c: Contact): TemplateResult {
    const id = (what: string) => `${what}-${c.contact}`;
    const time = (what: "from" | "to", otherwise: string) => html`<div class="nhsuk-form-group">
      <label class="nhsuk-label" for=${id(what)}>${w.edit[what]}</label>
      <input class="nhsuk-input ucp-reach__time" type="time" id=${id(what)} .value=${c.quiet?.[what] ?? otherwise} />
    </div>`;
    return html`<form class="ucp-reach__edit" novalidate @submit=${(event: SubmitEvent) => void this.save(event, c)}>
      ${field({ id: id("name"), label: w.edit.name, hint: w.edit.nameHint, value: c.label, width: 20 })}
      <fieldset class="nhsuk-fieldset">
        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${w.edit.quiet}</legend>
        <div class="nhsuk-hint">${w.edit.quietHint}</div>
        <div class="nhsuk-checkboxes nhsuk-checkboxes--small">
          <div class="nhsuk-checkboxes__item">
            <input class="nhsuk-checkboxes__input" type="checkbox" id=${id("quiet")} .checked=${c.quiet !== undefined} />
            <label class="nhsuk-label nhsuk-checkboxes__label" for=${id("quiet")}>${w.edit.on}</label>
          </div>
        </div>
        <div class="ucp-reach__hours">${time("from", "22:00")} ${time("to", "07:00")}</div>
      </fieldset>
      <div class="ucp-rows__deeds">
        <button class="nhsuk-button nhsuk-button--small">${w.edit.save}</button>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.closeForm(c)}>${w.cancel}</button>
      </div>
    </form>`;
  }

  private secretShown(secret: string): TemplateResult {
    return html`<section class="ucp-panel ucp-reach__one" aria-labelledby="secret-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="secret-title" tabindex="-1">${w.add.secret}</h2>
      <p>${w.add.secretLead}</p>
      <p><code class="ucp-account__secret" id="secret">${secret}</code></p>
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void navigator.clipboard.writeText(secret).then(() => (this.copied = true))}>
        ${this.copied ? w.add.copied : w.add.copy}
      </button>
    </section>`;
  }

  /** A new way stands in the list, and is asked for its code. */
  private async added({ contact, code_sent, detail, secret }: Added): Promise<void> {
    this.secret = secret;
    this.copied = false;
    await this.do(async () => undefined, code_sent ? w.code.sent : w.code.notSent(detail ?? ""));
    await this.updateComplete;
    this.querySelector<HTMLElement>(secret ? "#secret-title" : `#code-${contact.contact}`)?.focus();
  }

  private async send(c: Contact): Promise<void> {
    let said = "";
    await this.do(async () => {
      const { code_sent, detail } = await sendCode(this.token, c.contact);
      said = code_sent ? w.code.sent : w.code.notSent(detail ?? "");
    });
    if (said) this.told = said;
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#code-${c.contact}`)?.focus();
  }

  private async confirm(event: SubmitEvent, c: Contact): Promise<void> {
    event.preventDefault();
    const code = typed(event.currentTarget as HTMLElement, `code-${c.contact}`).replace(/\s/g, "");
    await this.do(() => verify(this.token, c.contact, code), w.confirmed(nameOf(c)));
  }

  private async sendTest(c: Contact): Promise<void> {
    let said = "";
    await this.do(async () => {
      const { sent, detail } = await test(this.token, c.contact);
      said = sent ? w.tested : w.notTested(detail ?? "");
    });
    if (said) this.told = said;
  }

  /** One place up or down. The button stays the one that has the keyboard; at the end of the list the other takes it. */
  private async move(c: Contact, all: readonly Contact[], by: -1 | 1): Promise<void> {
    const ids = all.map(({ contact }) => contact);
    const place = ids.indexOf(c.contact);
    ids.splice(place, 1);
    ids.splice(place + by, 0, c.contact);
    await this.do(() => order(this.token, ids), w.moved(nameOf(c), place + by + 1));
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#${by < 0 ? "up" : "down"}-${c.contact}`)?.focus();
  }

  private async save(event: SubmitEvent, c: Contact): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLElement;
    const quiet = form.querySelector<HTMLInputElement>(`#quiet-${c.contact}`)?.checked ?? false;
    const [from, to] = [typed(form, `from-${c.contact}`), typed(form, `to-${c.contact}`)];
    await this.do(() => change(this.token, c.contact, typed(form, `name-${c.contact}`).trim(), quiet ? { from, to } : undefined), w.kept);
    if (this.failure === undefined) await this.closeForm(c);
  }

  private async closeForm(c: Contact): Promise<void> {
    this.editing = undefined;
    await this.updateComplete;
    this.querySelector<HTMLElement>(`#change-${c.contact}`)?.focus();
  }

  private ask(c: Contact, all: readonly Contact[]): void {
    const last = c.state === "verified" && all.filter(({ state }) => state === "verified").length === 1;
    this.asked = {
      title: w.sure.title(nameOf(c)), effect: last ? w.sure.last : w.sure.effect, what: w.remove, warns: true, told: w.removed(nameOf(c)),
      deed: () => this.takeAway(c),
    };
  }

  private async takeAway(c: Contact): Promise<void> {
    await remove(this.token, c.contact);
    if (c.contact !== here.contact) return;
    here.forget();
    await unsubscribe();
  }
}

/** By what somebody can tell a way from the others who only hears of it: its kind, and its name or where it leads. */
function nameOf(c: Contact): string {
  return `${w.kinds[c.kind]}: ${c.label || c.address}`;
}

customElements.define("ucp-me", Me);
