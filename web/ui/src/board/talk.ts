// What does the department ask the centre, and what did the centre answer?
//
// The stream says how much was said; what was said is read from the service, which records that.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import type { Alert } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { dial } from "./content.ts";
import "./outcome.ts";
import { answersSeen, say, type Thread, threadOf, wordsOf } from "./talk-api.ts";
import { thread } from "./thread.ts";

const w = texts.talk;
const longest = 1000;

type Kind = "question" | "dispute";

export class TalkWithCentre extends LightElement {
  static override properties = {
    alert: { attribute: false },
    token: { attribute: false },
    zone: { attribute: false },
    thread: { state: true },
    failure: { state: true },
    writing: { state: true },
    fault: { state: true },
    left: { state: true },
    busy: { state: true },
    sent: { state: true },
  };
  declare alert: Alert;
  declare token: string;
  declare zone: string;
  declare thread: Thread | undefined;
  /** Why the thread is not shown. */
  declare failure: string | undefined;
  declare writing: Kind;
  /** Why what was written is not sent. */
  declare fault: string | undefined;
  /** How many characters are left. */
  declare left: number;
  declare busy: boolean;
  declare sent: Kind | undefined;

  private asked = 0;
  private watch: IntersectionObserver | undefined;

  constructor() {
    super();
    this.writing = "question";
    this.left = longest;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Whatever came about the alert may be an answer, or that the centre has read the question.
    if (changed.has("alert")) void this.load();
  }

  protected override updated(): void {
    this.watch?.disconnect();
    const fresh = this.thread?.lines.find((l) => l.kind === "answer" && !l.read);
    const place = fresh && this.querySelector(`[data-line="${CSS.escape(fresh.answers ?? "")}"] .ucp-thread__answer`);
    if (!place) return;
    // An answer counts as read once it is in sight, not because the plan above it was opened.
    this.watch = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting) || document.visibilityState !== "visible") return;
      this.watch?.disconnect();
      void answersSeen(this.token, this.alert.id).catch(() => undefined); // it stays marked as new, and is said again
    });
    this.watch.observe(place);
  }

  private async load(): Promise<void> {
    const asked = ++this.asked;
    try {
      const read = await threadOf(this.token, this.alert.id);
      if (asked !== this.asked) return;
      this.thread = read;
      this.failure = undefined;
    } catch (error) {
      if (asked === this.asked) this.failure = wordsOf(error, texts.errors.unreachable);
    }
  }

  protected override render(): TemplateResult {
    const { thread: held } = this;
    return html`<section class="ucp-talk" aria-labelledby="talk-title">
      <h3 id="talk-title" tabindex="-1">${w.title}</h3>
      ${this.failure !== undefined
        ? html`<div class="ucp-caution">
            <p><bdi>${w.notRead(this.failure)}</bdi></p>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load()}>${texts.plan.retry}</button>
          </div>`
        : nothing}
      ${held ? html`${this.telephone(held)} <div aria-live="polite">${thread(held.lines, this.zone)}</div> ${held.answerable ? this.form() : nothing}` : this.failure === undefined ? html`<p class="ucp-quiet">${texts.loading} …</p>` : nothing}
      <ucp-outcome .alert=${this.alert.id} .token=${this.token} .given=${this.alert.outcome ?? ""}></ucp-outcome>
    </section>`;
  }

  /** A question is no substitute for the telephone: that stands above the button, with the number. */
  private telephone(held: Thread): TemplateResult {
    const number = held.centre_phone || this.alert.centre_phone || "";
    const to = number ? dial(number) : undefined;
    return html`<p class="ucp-caution ucp-talk__phone">
      <span>${held.answerable ? w.telephone(held.centre_name) : w.onlyTelephone(held.centre_name)} ${number ? (to ? html`<a href=${to}><bdi>${number}</bdi></a>` : html`<strong><bdi>${number}</bdi></strong>`) : nothing}</span>
    </p>`;
  }

  private form(): TemplateResult {
    const kinds: Kind[] = ["question", "dispute"];
    const { writing } = this;
    return html`<form novalidate @submit=${(event: Event) => void this.submitted(event)}>
      <fieldset class="nhsuk-fieldset">
        <legend class="nhsuk-u-visually-hidden">${w.what}</legend>
        <div class="ucp-talk__kinds">
          ${kinds.map(
            (kind) => html`<label class="ucp-talk__kind"><input type="radio" name="talk-kind" .checked=${writing === kind} @change=${() => (this.writing = kind)} /> ${w.ask[kind]}</label>`,
          )}
        </div>
      </fieldset>
      <div class="nhsuk-form-group ${this.fault ? "nhsuk-form-group--error" : ""}">
        <label class="nhsuk-label" for="talk-text">${w.label[writing]}</label>
        <div class="nhsuk-hint" id="talk-hint">${w.hint[writing]}</div>
        <div role="alert">${this.fault ? html`<span class="nhsuk-error-message" id="talk-error"><bdi>${this.fault}</bdi></span>` : nothing}</div>
        <textarea class="nhsuk-textarea" id="talk-text" rows="3" autocomplete="off" aria-describedby=${this.fault ? "talk-hint talk-error" : "talk-hint"} @input=${(e: Event) => this.typed(e)}></textarea>
        <p class="nhsuk-hint ${this.left < 0 ? "ucp-write__count--over" : ""}">${w.left(this.left)}</p>
      </div>
      <button class="nhsuk-button nhsuk-button--small" aria-disabled=${this.busy ? "true" : "false"}>${this.busy ? w.sending : w.send[writing]}</button>
      <p class="ucp-quiet" role="status">${this.sent ? w.sent[this.sent] : nothing}</p>
    </form>`;
  }

  private get box(): HTMLTextAreaElement {
    return this.querySelector<HTMLTextAreaElement>("#talk-text")!;
  }

  private typed(event: Event): void {
    this.left = longest - [...(event.target as HTMLTextAreaElement).value.trim()].length;
    this.sent = undefined;
  }

  private async submitted(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const { writing } = this;
    const text = this.box.value.trim();
    if (text === "" || this.left < 0) return this.refuse(text === "" ? w.empty : w.tooLong);
    this.busy = true;
    this.fault = undefined;
    try {
      await say(this.token, this.alert.id, writing, text);
      this.box.value = "";
      this.left = longest;
      this.sent = writing;
      await this.load();
    } catch (error) {
      this.refuse(w.notSent(wordsOf(error, texts.errors.unreachable)));
    } finally {
      this.busy = false;
    }
  }

  private refuse(why: string): void {
    this.fault = why;
    this.box.focus();
  }
}

customElements.define("ucp-talk", TalkWithCentre);
