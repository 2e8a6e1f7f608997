// What does whoever answers an alert do, and who looks after it next?
//
// One click takes an alert on. Whatever else can be answered stands in a list beside it. An answered alert can be handed over to somebody else.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import type { Alert, CommandDetails } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { holderOf } from "./rows.ts";

const w = texts.card;

/** "identity": the person says that the alert may be about somebody else. */
export type AnswerDeed = "acknowledge" | "hand_over" | "identity";

/** Somebody answered. */
export class AnswerEvent extends Event {
  constructor(
    readonly deed: AnswerDeed,
    readonly details: CommandDetails = {},
  ) {
    super("answer");
  }
}

/** What may name a colleague or a role: the service refuses anything else, because it is journalled. */
const staffName = /^[\p{L}\p{Mn} .'’-]{1,60}$/u;

export class AnswerDeeds extends LightElement {
  static override properties = {
    alert: { attribute: false },
    who: {},
    busy: { type: Boolean },
    failed: { type: Boolean },
    open: { state: true },
    handing: { state: true },
    fault: { state: true },
  };
  declare alert: Alert;
  /** The patient's name, for those who listen. */
  declare who: string;
  /** What was said last is on its way. */
  declare busy: boolean;
  /** What was said last was not taken. */
  declare failed: boolean;
  /** The list of other answers is open. */
  declare open: boolean;
  /** Somebody writes to whom the alert is handed over. */
  declare handing: boolean;
  declare fault: string | undefined;

  constructor() {
    super();
    this.busy = this.failed = this.open = this.handing = false;
    this.addEventListener("focusout", (event) => {
      if (this.open && !(event.relatedTarget instanceof Node && this.contains(event.relatedTarget))) this.open = false;
    });
    this.addEventListener("keydown", (event) => this.key(event));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get("busy") === true && !this.busy && !this.failed && this.handing) this.close();
    if (this.alert.state !== "acknowledged") this.handing = false;
    if (this.alert.state !== "raised") this.open = false;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get("open") === false && this.open) this.querySelector<HTMLElement>(".ucp-answering__list button")?.focus();
    if (changed.get("handing") === false && this.handing) this.querySelector<HTMLElement>("input")?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.alert.state === "raised") return this.answers();
    if (this.alert.state === "acknowledged") return this.handing ? this.form() : this.handOver();
    return nothing;
  }

  private get about(): TemplateResult {
    return html`<span class="nhsuk-u-visually-hidden"> ${w.about(this.who)}</span>`;
  }

  private answers(): TemplateResult {
    const list = `answers-${this.alert.id}`;
    return html`<div class="ucp-answering">
      <button type="button" class="nhsuk-button nhsuk-button--small ucp-answering__first" aria-disabled=${this.busy ? "true" : "false"} @click=${() => this.say("acknowledge", { done: "taken_on" })}>
        ${this.busy ? w.acknowledging : w.acknowledge}${this.about}
      </button>
      <button
        type="button"
        class="nhsuk-button nhsuk-button--small ucp-answering__more"
        id="more-${this.alert.id}"
        aria-label=${w.otherwise(this.who)}
        aria-expanded=${this.open ? "true" : "false"}
        aria-controls=${list}
        @click=${() => (this.open = !this.open)}
      >
        <span class="ucp-answering__arrow" aria-hidden="true"></span>
      </button>
      <ul class="ucp-answering__list" id=${list} ?hidden=${!this.open}>
        <li><button type="button" @click=${() => this.say("acknowledge", { done: "already_known" })}>${w.known}${this.about}</button></li>
        <li><button type="button" @click=${() => this.say("identity")}>${w.other}${this.about}</button></li>
      </ul>
    </div>`;
  }

  private handOver(): TemplateResult {
    return html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" id="hand-${this.alert.id}" @click=${() => (this.handing = true)}>
      ${texts.handover.deed}${this.about}
    </button>`;
  }

  private form(): TemplateResult {
    const h = texts.handover;
    const id = `to-${this.alert.id}`;
    return html`<form class="ucp-handover" novalidate @submit=${(event: Event) => this.submitted(event)}>
      <label class="nhsuk-label" for=${id}>${h.to}${this.about}</label>
      <span class="ucp-handover__hint" id="${id}-hint">${holderOf(this.alert) ? html`<bdi>${h.from(holderOf(this.alert)!)}</bdi> ` : nothing}${h.hint}</span>
      ${this.fault ? html`<span class="nhsuk-error-message" id="${id}-fault" role="alert">${this.fault}</span>` : nothing}
      <input class="nhsuk-input" id=${id} maxlength="60" autocomplete="off" aria-describedby=${this.fault ? `${id}-hint ${id}-fault` : `${id}-hint`} aria-invalid=${this.fault ? "true" : "false"} />
      <button class="nhsuk-button nhsuk-button--small" aria-disabled=${this.busy ? "true" : "false"}>${this.busy ? h.submitting : h.submit}</button>
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.close()}>${h.cancel}</button>
    </form>`;
  }

  private submitted(event: Event): void {
    event.preventDefault();
    const input = this.querySelector("input")!;
    const to = input.value.trim().replace(/\s+/g, " ");
    this.fault = staffName.test(to) ? undefined : texts.handover.wrong;
    if (this.fault) return input.focus();
    this.say("hand_over", { from: holderOf(this.alert) ?? "", to });
  }

  private say(deed: AnswerDeed, details: CommandDetails = {}): void {
    if (this.busy) return;
    if (this.open) this.shut();
    this.dispatchEvent(new AnswerEvent(deed, details));
  }

  /** Escape closes what is open, and the keyboard stands where it was opened. */
  private key(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" && event.target instanceof HTMLElement && event.target.id === `more-${this.alert.id}`) {
      event.preventDefault();
      this.open = true;
    }
    if (event.key !== "Escape" || (!this.open && !this.handing)) return;
    event.preventDefault();
    if (this.open) this.shut();
    else this.close();
  }

  private shut(): void {
    this.open = false;
    this.querySelector<HTMLElement>(".ucp-answering__more")?.focus();
  }

  private close(): void {
    this.handing = false;
    this.fault = undefined;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("button")?.focus());
  }
}

customElements.define("ucp-answering", AnswerDeeds);
