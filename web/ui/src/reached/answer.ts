// Does whoever came by the link of a message answer the alert?
//
// A tap on the link is the answer: the page acknowledges by itself once somebody has signed in and looks at it, and says so. At the address with
// /ask at its end it asks first; notifications lead there, which people tap to see what they are.

import { html, nothing, type TemplateResult } from "lit";
import { Problem, type Session } from "../api.ts";
import { phoneList } from "../board/phones.ts";
import { boardPath, planPath } from "../board/plan.ts";
import { LightElement } from "../light.ts";
import { fault } from "../people/field.ts";
import { dayAndTime } from "../people/times.ts";
import { texts } from "../texts.ts";
import { answer, answerable, type Answerable } from "./api.ts";
import { words } from "./texts.ts";

const w = words.answer;

export class AnswerLink extends LightElement {
  static override properties = { token: { attribute: false }, session: { attribute: false }, link: {}, asks: { attribute: false }, view: { state: true }, failure: { state: true }, unknown: { state: true }, busy: { state: true } };
  declare token: string;
  declare session: Session | undefined;
  /** What stands behind /answer/ in the address. */
  declare link: string;
  declare view: Answerable | undefined;
  declare failure: string | undefined;
  /** There is no such link. */
  declare unknown: boolean;
  declare busy: boolean;
  /** Whether a click is needed: asked for by the address, or because the first try was not successful. */
  declare asks: boolean;

  private readonly seen = () => void this.answerOnceSeen();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.seen);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.seen);
  }

  private async load(): Promise<void> {
    try {
      this.view = await answerable(this.token, this.link);
      this.failure = undefined;
    } catch (error) {
      this.unknown = error instanceof Problem && error.status === 404;
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
      return;
    }
    await this.answerOnceSeen();
  }

  /** A page that a browser loads before anybody looks at it answers nothing. */
  private async answerOnceSeen(): Promise<void> {
    if (!this.asks && document.visibilityState === "visible") await this.answer();
  }

  private async answer(): Promise<void> {
    const { view } = this;
    if (this.busy || !view || view.state !== "waiting" || !view.may_answer) return;
    this.busy = true;
    try {
      this.view = await answer(this.token, this.link);
      this.failure = undefined;
    } catch (error) {
      await this.notAnswered(error);
    } finally {
      this.busy = false;
    }
    await this.updateComplete;
    this.querySelector<HTMLElement>("h1")?.focus();
  }

  /** Somebody was faster, or the alert is over: what stands now says so. Whatever else it is, it is asked for by hand from now on. */
  private async notAnswered(error: unknown): Promise<void> {
    this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    this.asks = true;
    if (!(error instanceof Problem) || ![403, 409, 410].includes(error.status)) return;
    try {
      this.view = await answerable(this.token, this.link);
      if (this.view.state !== "waiting") this.failure = undefined;
    } catch {
      // What was said first stands.
    }
  }

  protected override render(): TemplateResult {
    const { view } = this;
    if (this.unknown) return html`<h1 class="nhsuk-heading-l" tabindex="-1">${w.old}</h1><p class="ucp-caution ucp-caution--stop" role="alert">${w.unknown}</p>`;
    if (!view) return html`<h1 class="nhsuk-heading-l" tabindex="-1">${w.title}</h1>${fault(this.failure)}${this.failure ? this.again() : html`<p class="ucp-quiet">${texts.loading} …</p>`}`;
    return html`<div class="ucp-by-link" data-state=${view.state}>
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3" tabindex="-1">${this.headline(view)}</h1>
      <p><bdi>${w.where(view.department_name, view.organisation_name)}</bdi><br /><span class="ucp-quiet">${w.raised(dayAndTime(view.raised))}</span></p>
      ${fault(this.failure ? `${w.failed}: ${this.failure}` : undefined)}
      ${this.body(view)}
    </div>`;
  }

  /** Whether the answer that stands is that of whoever is signed in. */
  private own(view: Answerable): boolean {
    return view.state === "acknowledged" && view.by === this.session?.name;
  }

  private headline(view: Answerable): string {
    if (view.state === "waiting") return w.asks(view.ref);
    if (view.state === "acknowledged") return this.own(view) ? w.done(view.ref) : w.taken(view.ref);
    return view.state === "over" ? w.over(view.ref) : w.old;
  }

  private body(view: Answerable): TemplateResult {
    if (view.state === "waiting") return view.may_answer ? this.question() : html`<p class="ucp-caution ucp-caution--stop">${w.refused}</p>${phoneList(view.phones)}`;
    const lead = { acknowledged: this.own(view) ? w.doneLead : w.takenBy(view.by ?? "", view.at ? dayAndTime(view.at) : ""), over: w.overLead, used: w.oldLead, expired: w.oldLead }[view.state];
    return html`<p class=${this.own(view) ? "ucp-done" : ""} role="status"><bdi>${lead}</bdi></p>
      <p class="ucp-by-link__on">
        ${view.state === "acknowledged" && view.may_answer ? html`<a class="nhsuk-button" role="button" draggable="false" href=${planPath(view.department, view.alert)}>${w.plan}</a>` : nothing}
        ${view.may_answer ? html`<a href=${boardPath(view.department)}>${w.board}</a>` : nothing}
      </p>`;
  }

  private question(): TemplateResult {
    return html`<p class="ucp-measure">${w.waits}</p>
      <button type="button" class="nhsuk-button" aria-disabled=${this.busy ? "true" : "false"} @click=${() => void this.answer()}>${this.busy ? w.doing : w.do}</button>`;
  }

  private again(): TemplateResult {
    return html`<button type="button" class="nhsuk-button" @click=${() => void this.load()}>${w.retry}</button>`;
  }
}

customElements.define("ucp-answer-link", AnswerLink);
