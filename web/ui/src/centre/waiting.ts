// What does an A&E wait for from this centre, and is that list fresh?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Problem, send } from "../api.ts";
import type { Line } from "../board/talk-api.ts";
import { thread } from "../board/thread.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { clock } from "../words/dates.ts";
import { patientName } from "../words/patient.ts";
import { words } from "./texts.ts";

const zone = "Europe/London";
const w = words.waiting;

interface Counts {
  questions: number;
  disputes: number;
  newest?: string;
}

interface Waiting extends Line {
  plan: string;
  family: string;
  given: string;
  headline: string;
  department: string;
  department_name: string;
  phone?: string;
}

/** How often the service is asked whether more waits, in milliseconds; after how long without an answer that is said in red. */
const pause = 10_000;
const stale = 35_000;

/** Asks how much waits, again and again, and says when that is another number than before. */
export class Watch {
  /** When the service last answered. */
  checked: Date | undefined;
  private heard = performance.now();
  private last: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  constructor(
    private readonly token: string,
    private readonly changed: (counts: Counts) => void,
    private readonly asked: () => void,
  ) {
    document.addEventListener("visibilitychange", this.look);
    void this.ask();
  }

  get isStale(): boolean {
    return performance.now() - this.heard > stale;
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
  }

  private readonly look = () => {
    if (document.visibilityState === "visible") void this.ask();
  };

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const counts = await send<Counts>("GET", "/api/centre/talk/counts", this.token);
      if (this.ended) return;
      this.checked = new Date();
      this.heard = performance.now();
      const now = [counts.questions, counts.disputes, counts.newest].join("/");
      if (now !== this.last) {
        this.last = now;
        this.changed(counts);
      }
    } catch {
      // How long ago it was answered is said on the page.
    }
    if (this.ended) return;
    this.asked();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), pause);
  }
}

/** The form under a line that waits. Sends the answer, and then says "answered", which bubbles. */
export class AnswerForm extends LightElement {
  static override properties = { token: { attribute: false }, line: {}, fault: { state: true }, busy: { state: true } };
  declare token: string;
  declare line: string;
  declare fault: string | undefined;
  declare busy: boolean;

  protected override render(): TemplateResult {
    const id = `answer-${this.line}`;
    return html`<form class="ucp-waiting__answer" novalidate @submit=${(event: Event) => void this.submitted(event)}>
      <div class="nhsuk-form-group ${this.fault ? "nhsuk-form-group--error" : ""}">
        <label class="nhsuk-label" for=${id}>${w.answer}</label>
        <div class="nhsuk-hint" id="${id}-hint">${w.answerHint}</div>
        <div role="alert">${this.fault ? html`<span class="nhsuk-error-message" id="${id}-error"><bdi>${this.fault}</bdi></span>` : nothing}</div>
        <textarea class="nhsuk-textarea" id=${id} rows="2" autocomplete="off" aria-describedby=${this.fault ? `${id}-hint ${id}-error` : `${id}-hint`}></textarea>
      </div>
      <button class="nhsuk-button nhsuk-button--small" aria-disabled=${this.busy ? "true" : "false"}>${this.busy ? w.sending : w.send}</button>
    </form>`;
  }

  private async submitted(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const box = this.querySelector("textarea")!;
    const text = box.value.trim();
    this.fault = text === "" ? w.empty : [...text].length > 1000 ? texts.talk.tooLong : undefined;
    if (this.fault) return box.focus();
    this.busy = true;
    try {
      await send("POST", `/api/centre/talk/${encodeURIComponent(this.line)}/answer`, this.token, { text });
      box.value = "";
      this.dispatchEvent(new Event("answered", { bubbles: true }));
    } catch (error) {
      this.fault = error instanceof Problem ? error.message : texts.errors.unreachable;
      box.focus();
    } finally {
      this.busy = false;
    }
  }
}

export class WaitingList extends LightElement {
  static override properties = { token: { attribute: false }, list: { state: true }, counts: { state: true }, failure: { state: true } };
  declare token: string;
  declare list: Waiting[] | undefined;
  declare counts: Counts | undefined;
  declare failure: string | undefined;

  private watch: Watch | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.watch = new Watch(this.token, (counts) => void this.load(counts), () => this.requestUpdate());
    this.ticking = setInterval(() => this.requestUpdate(), 5_000);
    this.addEventListener("answered", this.answered);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch?.end();
    clearInterval(this.ticking);
    this.removeEventListener("answered", this.answered);
  }

  private readonly answered = () => void this.load(this.counts);

  private async load(counts: Counts | undefined): Promise<void> {
    if (counts?.questions === 0 && counts.disputes === 0) {
      this.list = [];
      this.counts = counts;
      return;
    }
    try {
      const read = await send<Counts & { waiting: Waiting[] }>("GET", "/api/centre/talk", this.token);
      this.list = read.waiting;
      this.counts = read;
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  protected override render(): TemplateResult {
    const waits = (this.counts?.questions ?? 0) + (this.counts?.disputes ?? 0);
    const at = this.watch?.checked;
    return html`<section class="ucp-waiting ${waits > 0 ? "ucp-waiting--some" : ""}" aria-labelledby="waiting-title">
      <h2 class="nhsuk-heading-m" id="waiting-title">${w.title}</h2>
      <p role="status"><strong>${this.counts ? w.counts(this.counts.questions, this.counts.disputes) : `${texts.loading} …`}</strong></p>
      ${this.watch?.isStale ? html`<p class="ucp-caution ucp-caution--stop" role="alert">${w.stale(at ? clock(at, zone) : "")}</p>` : at ? html`<p class="ucp-quiet">${w.checked(clock(at, zone))}</p>` : nothing}
      ${this.failure !== undefined ? html`<p class="ucp-caution ucp-caution--stop" role="alert"><bdi>${this.failure}</bdi></p>` : nothing}
      ${(this.list ?? []).length === 0
        ? nothing
        : html`<ol class="ucp-waiting__list">
            ${repeat(
              this.list!,
              (l) => l.id,
              (l) => html`<li>
                <h3 class="nhsuk-heading-s"><a href="/centre/plans/${encodeURIComponent(l.plan)}"><bdi>${patientName(l) || texts.card.nameless}</bdi></a></h3>
                <p class="ucp-quiet"><bdi>${l.headline}</bdi></p>
                <p><bdi>${l.department_name || l.department}</bdi>${l.phone ? html` · <bdi>${l.phone}</bdi>` : nothing}</p>
                ${thread([l], zone, () => html`<ucp-answer .token=${this.token} .line=${l.id}></ucp-answer>`)}
              </li>`,
            )}
          </ol>`}
    </section>`;
  }
}

customElements.define("ucp-answer", AnswerForm);
customElements.define("ucp-waiting", WaitingList);
