// Who is to be on for a time, and whose leave does that need?

import { html, nothing, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import { typed } from "../people/field.ts";
import { askSwap, type Person, putOn, type Rota, shifts, type Turn, whole } from "./api.ts";
import { fromField, span, toField } from "./days.ts";
import { Deed, fault, personOptions, why } from "./deeds.ts";
import { words } from "./texts.ts";

const w = words.shift;
const minute = 60_000;
const hour = 60 * minute;
const eightWeeks = 8 * 7 * 86_400_000;

/** A dialog about one shift, or about a time that is still to be said. Fires `deed-done` once the service took it, and `shift-closed` when it has gone. */
export class ShiftDialog extends LightElement {
  static override properties = {
    token: { attribute: false }, page: { attribute: false }, shift: { attribute: false }, staff: { attribute: false }, self: { attribute: false },
    way: { state: true }, inTime: { state: true }, theirs: { state: true }, taker: { state: true }, failure: { state: true },
  };
  declare token: string;
  declare page: Rota;
  declare shift: Turn | undefined;
  declare staff: readonly Person[] | undefined;
  /** Who is signed in. */
  declare self: string;
  declare way: "put-on" | "swap" | undefined;
  /** Who is on in the time that is asked about, as it stands. */
  declare inTime: readonly Turn[] | undefined;
  /** The coming shifts of whoever is asked, to choose one in return. */
  declare theirs: readonly Turn[];
  declare taker: string;
  declare failure: string | undefined;
  private readonly now = Math.ceil(Date.now() / minute) * minute;
  /** From when a time can be asked away: it must be answered before it begins. */
  private readonly soon = Math.ceil((Date.now() + hour) / hour) * hour;

  constructor() {
    super();
    this.theirs = [];
    this.taker = "";
  }

  protected override firstUpdated(): void {
    const { swap, override } = this.can;
    this.way = swap ? "swap" : override ? "put-on" : undefined;
    this.dialog.showModal();
    void this.updateComplete.then(() => this.look());
  }

  private get dialog(): HTMLDialogElement {
    return this.querySelector("dialog")!;
  }

  /** What may be done about the shift: what is over cannot be changed, and only one's own time can be given away, before it begins; of a shift that goes on, the rest. */
  private get can(): { override: boolean; swap: boolean } {
    const { shift, page } = this;
    const over = shift !== undefined && Date.parse(shift.end) <= this.now;
    return {
      override: page.may.override && !over,
      swap: page.may.swap && shift !== undefined && shift.person === this.self && this.self !== "" && Date.parse(shift.end) > this.soon,
    };
  }

  protected override render(): TemplateResult {
    const { shift, page } = this;
    const title = shift ? (shift.person ? shift.name : words.overview.nobody) : w.title;
    const { override, swap } = this.can;
    return html`<dialog class="ucp-sure ucp-shift" aria-labelledby="shift-title" @close=${() => this.dispatchEvent(new Event("shift-closed"))}>
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="shift-title"><bdi>${title}</bdi></h2>
      ${shift
        ? html`<p id="shift-span">${span(shift.start, shift.end, page.zone)}</p>
            ${shift.why ? html`<p class="ucp-quiet">${w.why(shift.why)}</p>` : nothing}
            ${shift.person && !shift.reachable ? html`<p><strong class="nhsuk-tag nhsuk-tag--yellow">${words.person.unreachable}</strong> ${words.person.unreachableLead}</p>` : nothing}`
        : nothing}
      ${override && swap ? this.ways() : nothing}
      ${this.way === undefined ? nothing : html`<form novalidate @submit=${(event: SubmitEvent) => void this.sent(event)} @change=${() => void this.look()}>${fault(this.failure)} ${this.fields(this.way)}</form>`}
      ${this.way === undefined ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.dialog.close()}>${w.close}</button>` : nothing}
    </dialog>`;
  }

  private ways(): TemplateResult {
    const one = (way: "put-on" | "swap", text: string) => html`<div class="nhsuk-radios__item">
      <input class="nhsuk-radios__input" type="radio" name="way" id="way-${way}" .checked=${this.way === way} @change=${() => (this.way = way)} />
      <label class="nhsuk-label nhsuk-radios__label" for="way-${way}">${text}</label>
    </div>`;
    return html`<fieldset class="nhsuk-fieldset ucp-shift__ways">
      <legend class="nhsuk-fieldset__legend nhsuk-u-visually-hidden">${w.way}</legend>
      <div class="nhsuk-radios nhsuk-radios--small">${one("swap", w.swap)} ${one("put-on", w.putOn)}</div>
    </fieldset>`;
  }

  private fields(way: "put-on" | "swap"): TemplateResult {
    const { shift, page } = this;
    const first = way === "swap" ? this.soon : this.now;
    const start = new Date(shift ? Math.max(Date.parse(shift.start), first) : first);
    const end = shift ? new Date(shift.end) : undefined;
    const staff = (this.staff ?? page.people).filter((p) => (way === "swap" ? p.person !== this.self : p.person !== shift?.person));
    return html`
      <div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
        <label class="nhsuk-label" for="shift-by">${way === "swap" ? w.takes : w.by}</label>
        <select class="nhsuk-select" id="shift-by" @change=${(event: Event) => void this.chose((event.target as HTMLSelectElement).value)}>
          ${personOptions(staff, this.taker, w.choose)}
        </select>
      </div>
      <div class="ucp-shift__span">${this.moment("shift-start", w.from, toField(start, page.zone))} ${this.moment("shift-end", w.to, end ? toField(end, page.zone) : "")}</div>
      <p class="ucp-quiet">${words.calendar.zone(page.zone)}</p>
      ${way === "put-on" && shift?.person
        ? html`<div class="nhsuk-checkboxes nhsuk-checkboxes--small nhsuk-u-margin-bottom-3">
            <div class="nhsuk-checkboxes__item">
              <input class="nhsuk-checkboxes__input" type="checkbox" id="shift-instead" checked />
              <label class="nhsuk-label nhsuk-checkboxes__label" for="shift-instead">${w.instead(shift.name)}</label>
            </div>
          </div>`
        : nothing}
      ${way === "swap" && this.theirs.length > 0
        ? html`<div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
            <label class="nhsuk-label" for="shift-back">${w.back}</label>
            <select class="nhsuk-select" id="shift-back">
              <option value="">${w.nothingBack}</option>
              ${this.theirs.map((t, n) => html`<option value=${n}>${span(t.start, t.end, page.zone)}</option>`)}
            </select>
          </div>`
        : nothing}
      <div aria-live="polite">${this.inTime ? this.standing(this.inTime) : nothing}</div>
      <p>${way === "swap" ? w.swapLead : w.putOnLead}</p>
      <div class="ucp-sure__buttons">
        <button class="nhsuk-button nhsuk-button--small">${way === "swap" ? w.ask : w.put}</button>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.dialog.close()}>${w.cancel}</button>
      </div>
    `;
  }

  private moment(id: string, label: string, value: string): TemplateResult {
    return html`<div class="nhsuk-form-group">
      <label class="nhsuk-label" for=${id}>${label}</label>
      <input class="nhsuk-input ucp-oncall__moment" id=${id} type="datetime-local" value=${value} autocomplete="off" />
    </div>`;
  }

  private standing(turns: readonly Turn[]): TemplateResult {
    return html`<p class="nhsuk-u-margin-bottom-2">${w.standing}</p>
      <ul class="nhsuk-list nhsuk-list--bullet" id="shift-standing">
        ${turns.slice(0, mostStanding).map((t) => html`<li><bdi>${t.person ? t.name : words.overview.nobody}</bdi>: ${span(t.start, t.end, this.page.zone)}</li>`)}
        ${turns.length > mostStanding ? html`<li>${w.more(turns.length - mostStanding)}</li>` : nothing}
      </ul>`;
  }

  /** The time that the form says; undefined while it is none. */
  private get span(): { start: Date; end: Date } | undefined {
    const [start, end] = [typed(this, "shift-start"), typed(this, "shift-end")].map((value) => fromField(value, this.page.zone));
    return start && end && start < end ? { start, end } : undefined;
  }

  /** Looks who is on in the time, as it stands. What cannot be looked at is left out: the service decides. */
  private async look(): Promise<void> {
    const { span } = this;
    this.inTime = span ? await shifts(this.token, this.page.rota, span.start, span.end).catch(() => undefined) : undefined;
  }

  private async chose(person: string): Promise<void> {
    this.taker = person;
    this.theirs = [];
    if (this.way !== "swap" || !person) return;
    const from = new Date(this.now);
    const all = await shifts(this.token, this.page.rota, from, new Date(from.getTime() + eightWeeks)).catch(() => []);
    if (this.taker === person) this.theirs = all.filter((t) => t.person === person && Date.parse(t.start) > this.now);
  }

  private async sent(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { span, way } = this;
    const by = typed(this, "shift-by");
    this.failure = by ? (span ? undefined : w.noTime) : w.noPerson;
    if (span && by) {
      try {
        await (way === "swap" ? this.ask(by, span) : this.put(by, span));
        this.dispatchEvent(new Deed(way === "swap" ? w.asked : w.isOn));
        return this.dialog.close();
      } catch (error) {
        this.failure = why(error);
      }
    }
    await this.updateComplete;
    this.querySelector<HTMLElement>("#fault")?.focus();
  }

  private ask(takes: string, { start, end }: { start: Date; end: Date }): Promise<unknown> {
    const back = this.theirs[Number(typed(this, "shift-back") || Number.NaN)];
    return askSwap(this.token, this.page.rota, { takes, start: whole(start), end: whole(end), ...(back ? { back_start: back.start, back_end: back.end } : {}) });
  }

  private put(by: string, { start, end }: { start: Date; end: Date }): Promise<unknown> {
    const instead = this.querySelector<HTMLInputElement>("#shift-instead")?.checked ? this.shift?.person : undefined;
    return putOn(this.token, this.page.rota, { by, start: whole(start), end: whole(end), ...(instead ? { instead } : {}) });
  }
}

const mostStanding = 6;

customElements.define("ucp-shift", ShiftDialog);
