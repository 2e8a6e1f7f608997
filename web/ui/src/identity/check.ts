// Is the person who has arrived the one whom the plan is about?
//
// A modal dialog with the two side by side. A person says whether they are one, and says it twice. Whatever changes meanwhile is looked at again
// before anything is saved.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Problem, session } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { instant, timeOrDay } from "../words/dates.ts";
import { type Answer, changed, type Pair, pairOf, rule } from "./api.ts";
import { beside } from "./beside.ts";
import { words as w } from "./texts.ts";

/** The dialog was closed. open: the person wants to read the plan. */
export class IdentityClosed extends Event {
  constructor(
    readonly said: Answer | undefined,
    readonly open: boolean,
  ) {
    super("identity-closed");
  }
}

type Stage = "loading" | "looking" | "sure" | "sending" | "done" | "sorry";

export class IdentityCheck extends LightElement {
  static override properties = {
    alert: {},
    standing: {},
    token: { attribute: false },
    zone: { attribute: false },
    place: {},
    stage: { state: true },
    pair: { state: true },
    answer: { state: true },
    notice: { state: true },
    sorry: { state: true },
  };
  /** The alert's id. */
  declare alert: string;
  /** How the alert stands, in whatever words: when they change, the two are compared anew. */
  declare standing: string;
  declare token: string;
  declare zone: string;
  /** "board", where the plan can be opened from, or "recent". */
  declare place: "board" | "recent";
  declare stage: Stage;
  declare pair: Pair | undefined;
  /** What the person is about to say, or said. */
  declare answer: Answer | undefined;
  /** What is said above the two. */
  declare notice: string | undefined;
  /** Why there is nothing to see, in sentences. */
  declare sorry: readonly string[];

  private open = false;
  private asked = 0;

  constructor() {
    super();
    this.standing = "";
    this.place = "board";
    this.stage = "loading";
    this.sorry = [];
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
    void this.load();
  }

  protected override updated(before: PropertyValues<this>): void {
    const stood = before.get("standing");
    if (stood !== undefined && stood !== this.standing && (this.stage === "looking" || this.stage === "sure")) void this.load(w.moved);
    if (before.has("stage")) this.focusStage(before.get("stage"));
  }

  private get dialog(): HTMLDialogElement {
    return this.querySelector("dialog")!;
  }

  /** The keyboard stands where the next thing is to be read. */
  private focusStage(before: Stage | undefined): void {
    const find = (selector: string) => this.querySelector<HTMLElement>(selector);
    if (this.stage === "sure" || this.stage === "done") find("#identity-sure")?.focus();
    else if (this.stage === "looking" && before === "sure") (find(`[data-choice=${this.answer}]`) ?? find("#identity-title"))?.focus();
    else if (this.stage === "sorry" || (this.stage === "looking" && before === "sending")) find("#identity-title")?.focus();
  }

  private async load(notice?: string): Promise<void> {
    const asked = ++this.asked;
    try {
      const pair = await pairOf(this.token, this.alert);
      if (asked !== this.asked) return;
      const same = this.pair !== undefined && !changed(this.pair, pair);
      this.pair = pair;
      if (same && this.stage === "sure") return; // what changed is not what is being decided
      this.notice = same ? this.notice : notice;
      this.answer = undefined;
      this.stage = "looking";
    } catch (error) {
      if (asked === this.asked) await this.give(error);
    }
  }

  /** Says why there is nothing to see. */
  private async give(error: unknown): Promise<void> {
    const status = error instanceof Problem ? error.status : 0;
    this.sorry = [error instanceof Problem ? error.message : texts.errors.unreachable];
    if (status === 410) this.sorry = [w.gone];
    if (status === 403 && !(await this.clinician())) this.sorry = [w.mayNot, w.whoMay];
    this.pair = undefined;
    this.stage = "sorry";
  }

  private async clinician(): Promise<boolean> {
    try {
      return (await session(this.token)).may.includes("check who a patient is");
    } catch {
      return true; // it is not known: the service's own words stand
    }
  }

  /** Saves the answer, unless what it rests on is not what was shown. */
  private async say(answer: Answer): Promise<void> {
    const shown = this.pair;
    if (!shown || this.stage === "sending") return;
    this.asked++; // an answer that is still on its way is not about this
    this.stage = "sending";
    try {
      const now = await pairOf(this.token, this.alert);
      if (changed(shown, now)) return this.lookAgain(now);
      await rule(this.token, this.alert, answer, shown.seen);
      this.notice = undefined;
      this.stage = "done";
    } catch (error) {
      if (error instanceof Problem && error.status === 409) return void this.load(w.changed);
      if (error instanceof Problem && (error.status === 410 || error.status === 403)) return void this.give(error);
      this.notice = w.failed(error instanceof Problem ? error.message : texts.errors.unreachable);
      this.stage = "looking";
    }
  }

  private lookAgain(pair: Pair): void {
    this.pair = pair;
    this.answer = undefined;
    this.notice = w.changed;
    this.stage = "looking";
  }

  private ask(answer: Answer): void {
    this.answer = answer;
    this.stage = "sure";
  }

  /** Escape answers the question before it closes the dialog. */
  private key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || (this.stage !== "sure" && this.stage !== "sending")) return;
    event.preventDefault();
    if (this.stage === "sure") this.stage = "looking";
  }

  private leave(open: boolean): void {
    this.open = open;
    this.dialog.close();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog
        class="ucp-identity"
        aria-labelledby="identity-title"
        data-stage=${this.stage}
        @keydown=${(event: KeyboardEvent) => this.key(event)}
        @close=${() => this.dispatchEvent(new IdentityClosed(this.stage === "done" ? this.answer : undefined, this.open))}
      >
        <div class="ucp-identity__head">
          <h2 class="ucp-identity__title" id="identity-title" tabindex="-1" autofocus>${w.title}</h2>
          <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small ucp-identity__close" @click=${() => this.leave(false)}>${w.close}</button>
        </div>
        <div class="ucp-identity__scroll" tabindex="0" role="region" aria-labelledby="identity-title">
          <div role="status">${this.notice && this.stage !== "sure" ? html`<p class="ucp-caution">${this.notice}</p>` : nothing}</div>
          ${this.content()}
        </div>
        ${this.foot()}
      </dialog>
    `;
  }

  private content(): TemplateResult {
    if (this.stage === "sorry") {
      return html`<div class="ucp-caution ucp-caution--stop" role="alert">
        <div>${this.sorry.map((line) => html`<p>${line}</p>`)}</div>
        ${this.sorry[0] === w.mayNot ? nothing : html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load()}>${w.retry}</button>`}
      </div>`;
    }
    const { pair } = this;
    if (!pair) return html`<p class="ucp-quiet">${w.loading}</p>`;
    return html`
      ${this.stage === "done" ? nothing : this.above(pair)}
      ${beside(pair)}
    `;
  }

  /** What to do, why the match is what it is, and what somebody said before. */
  private above(pair: Pair): TemplateResult {
    return html`
      <p class="ucp-measure">${w.lead}</p>
      ${pair.ruling ? html`<p class="ucp-caution ucp-caution--news"><bdi>${this.saidBefore(pair)}</bdi></p>` : nothing}
      <p class="ucp-identity__why"><strong>${w.why[pair.match ?? "none"]}:</strong> <bdi>${pair.reason}</bdi></p>
    `;
  }

  private saidBefore({ ruling }: Pair): string {
    if (!ruling) return "";
    const at = instant(ruling.at);
    return `${w.said[ruling.answer](ruling.by, ruling.role, at ? timeOrDay(at, new Date(), this.zone) : "")} ${w.otherwise}`;
  }

  private foot(): TemplateResult | typeof nothing {
    const { pair, answer } = this;
    if (!pair) return nothing;
    if (this.stage === "done" && answer) return this.saved(pair, answer);
    if ((this.stage === "sure" || this.stage === "sending") && answer) return this.question(pair, answer);
    const choice = (which: Answer, look: string) => html`<button type="button" class="nhsuk-button ${look}" data-choice=${which} @click=${() => this.ask(which)}>${w.choices[which]}</button>`;
    return html`<div class="ucp-identity__foot"><div class="ucp-identity__deeds">${choice("same", "")} ${choice("other", "nhsuk-button--secondary")}</div></div>`;
  }

  private question(pair: Pair, answer: Answer): TemplateResult {
    const sending = this.stage === "sending";
    return html`<div class="ucp-identity__foot ucp-identity__foot--sure" role="group" aria-labelledby="identity-sure" aria-describedby="identity-means">
      <h3 class="ucp-identity__question" id="identity-sure" tabindex="-1">${w.sure[answer].title}</h3>
      <p id="identity-means"><bdi>${w.sure[answer].text(pair.centre_name ?? "")}</bdi></p>
      <div class="ucp-identity__deeds">
        <button type="button" class="nhsuk-button ${answer === "other" ? "nhsuk-button--warning" : ""}" aria-disabled=${sending ? "true" : "false"} @click=${() => void this.say(answer)}>
          ${sending ? w.sending : w.sure[answer].yes}
        </button>
        ${sending ? nothing : html`<button type="button" class="nhsuk-button nhsuk-button--secondary" @click=${() => (this.stage = "looking")}>${w.back}</button>`}
      </div>
    </div>`;
  }

  private saved(pair: Pair, answer: Answer): TemplateResult {
    const board = `/board/${encodeURIComponent(pair.department)}`;
    const here = this.place === "board";
    return html`<div class="ucp-identity__foot ucp-identity__foot--done" role="status">
      <h3 class="ucp-identity__question" id="identity-sure" tabindex="-1">${w.done[answer].title}</h3>
      <p>${w.done[answer].text}</p>
      <div class="ucp-identity__deeds">
        ${answer === "same" && here ? html`<button type="button" class="nhsuk-button" @click=${() => this.leave(true)}>${w.open}</button>` : nothing}
        ${answer === "same" && !here ? html`<a href=${board}>${w.toBoard}</a>` : nothing}
        ${answer === "other" && here ? html`<a href="${board}/recent">${w.toRecent}</a>` : nothing}
        <button type="button" class="nhsuk-button nhsuk-button--secondary" @click=${() => this.leave(false)}>${w.close}</button>
      </div>
    </div>`;
  }
}

customElements.define("ucp-identity", IdentityCheck);
