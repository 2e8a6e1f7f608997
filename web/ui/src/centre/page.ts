// What does one plan say, what did it say before, and what became of it?

import { html, nothing, type TemplateResult } from "lit";
import { type Edition, Problem } from "../api.ts";
import "../board/attachments.ts";
import type { Attachment } from "../board/content.ts";
import { changesOf } from "../board/plan-changes.ts";
import { planText, statusWord } from "../board/plan-text.ts";
import { thread } from "../board/thread.ts";
import { LightElement } from "../light.ts";
import type { Urgency } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { birthDate, dayAndTime, instant } from "../words/dates.ts";
import { patientName, spacedNHSNumber } from "../words/patient.ts";
import { type OpeningNote, type PlanPage, planPage, type Use } from "./api.ts";
import "./change.ts";
import { stateTags } from "./list.ts";
import { words } from "./texts.ts";
import { Watch } from "./waiting.ts";

const zone = "Europe/London";
const w = words.page;

/** Which states a plan can be given from the one it has, and what that is called. */
const changes: Record<string, [string, string][]> = {
  active: [["revoked", w.withdraw], ["on-hold", w.hold], ["completed", w.complete], ["entered-in-error", w.error]],
  "on-hold": [["active", w.resume], ["revoked", w.withdraw], ["completed", w.complete], ["entered-in-error", w.error]],
  draft: [["revoked", w.withdraw], ["entered-in-error", w.error]],
  unknown: [["revoked", w.withdraw], ["entered-in-error", w.error]],
  revoked: [["entered-in-error", w.error]],
  completed: [["entered-in-error", w.error]],
};

export class CentrePlan extends LightElement {
  static override properties = {
    token: { attribute: false },
    plan: { attribute: false },
    notice: { attribute: false },
    page: { state: true },
    failure: { state: true },
    changing: { state: true },
    unfolded: { state: true },
  };
  declare token: string;
  declare plan: string;
  /** What was done just before. */
  declare notice: string | undefined;
  declare page: PlanPage | undefined;
  declare failure: string | undefined;
  declare changing: string | undefined;
  /** The older versions whose files are shown. */
  declare unfolded: ReadonlySet<number>;

  constructor() {
    super();
    this.unfolded = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.watch = new Watch(this.token, () => void this.load(), () => undefined);
    this.addEventListener("answered", this.answered);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch?.end();
    this.removeEventListener("answered", this.answered);
  }

  private watch: Watch | undefined;
  private readonly answered = () => void this.load();

  private async load(): Promise<void> {
    this.failure = undefined;
    try {
      this.page = await planPage(this.token, this.plan);
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  protected override render(): TemplateResult {
    const { page } = this;
    return html`
      <a class="nhsuk-back-link" href="/centre">${w.back}</a>
      <div role="status">${this.notice ? html`<p class="ucp-caution ucp-caution--good">${this.notice}</p>` : nothing}</div>
      ${this.failure !== undefined
        ? html`<div class="ucp-caution ucp-caution--stop">
            <p>${this.failure}</p>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load()}>${texts.plan.retry}</button>
          </div>`
        : page
          ? this.whole(page)
          : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    `;
  }

  private whole(page: PlanPage): TemplateResult {
    const live = page.status === "active";
    return html`
      <header class="ucp-own">
        <h1 class="nhsuk-heading-l ucp-own__name"><bdi>${patientName(page) || texts.card.nameless}</bdi></h1>
        <p class="ucp-own__facts">${birthDate(page.birth_date)} · ${texts.card.nhsNumber} <span class="ucp-number">${spacedNHSNumber(page.nhs_number)}</span></p>
        <p class="ucp-own__tags">
          ${stateTags(page)}
          ${page.review ? html` <strong class="nhsuk-tag ${page.review === "overdue" ? "nhsuk-tag--red" : "nhsuk-tag--yellow"}">${words.review[page.review]}</strong>` : nothing}
        </p>
        <div class="ucp-write__buttons">
          ${live || page.status === "on-hold" ? html`<a class="nhsuk-button nhsuk-button--small" href="/centre/plans/${encodeURIComponent(page.plan)}/edit">${w.revise}</a>` : nothing}
          ${(changes[page.status] ?? []).map(
            ([status, text]) => html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => (this.changing = status)}>${text}</button>`,
          )}
        </div>
        ${live ? nothing : html`<p class="ucp-caution ucp-caution--stop">${w.notShown(statusWord(page.status).toLocaleLowerCase("en-GB"))}</p>`}
        ${page.recall ? html`<p class="ucp-caution">${w.recall(page.recall.seen, page.recall.told)}</p>` : nothing}
        ${page.whole ? nothing : html`<p class="ucp-quiet">${w.whole}</p>`}
      </header>
      <div class="ucp-own__columns">
        <section aria-labelledby="seen-title">
          <h2 class="nhsuk-heading-m" id="seen-title">${w.seen}</h2>
          <div class="ucp-own__paper ucp-plan--${page.urgency}">${planText(page.shown, { urgency: page.urgency as Urgency, zone }, filesOf(page.shown.content?.attachments, page.plan, page.version, this.token))}</div>
        </section>
        <div>
          <section aria-labelledby="uses-title">
            <h2 class="nhsuk-heading-m" id="uses-title">${w.uses}</h2>
            ${page.uses.length === 0 ? html`<p class="ucp-quiet">${w.unused}</p>` : html`<ol class="ucp-uses">${page.uses.map((u) => use(u, this.token))}</ol>`}
          </section>
          ${page.openings.length > 0
            ? html`<section aria-labelledby="openings-title">
                <h2 class="nhsuk-heading-m" id="openings-title">${w.openings}</h2>
                <ol class="ucp-uses" id="openings">${page.openings.map(openingNote)}</ol>
              </section>`
            : nothing}
          <section aria-labelledby="versions-title">
            <h2 class="nhsuk-heading-m" id="versions-title">${w.versions}</h2>
            <ol class="ucp-versions">${page.versions.map((v, n) => version(v, page.versions[n + 1], n === 0, n === 0 ? nothing : this.olderFiles(page, v)))}</ol>
          </section>
        </div>
      </div>
      ${this.changing
        ? html`<ucp-status-dialog
            .token=${this.token} .plan=${page.plan} .version=${page.version} .status=${this.changing}
            @change-closed=${() => (this.changing = undefined)} @status-changed=${() => this.changed()}
          ></ucp-status-dialog>`
        : nothing}
    `;
  }

  /** What a newer version leaves out stays with the older one, for whoever asks. */
  private olderFiles(page: PlanPage, v: Edition): TemplateResult | typeof nothing {
    const files = v.attachments ?? [];
    if (files.length === 0) return nothing;
    if (!this.unfolded.has(v.version)) {
      return html`<button type="button" class="ucp-chip" @click=${() => (this.unfolded = new Set(this.unfolded).add(v.version))}>${w.files(files.length)}</button>`;
    }
    return filesOf(files, page.plan, v.version, this.token);
  }

  private changed(): void {
    this.notice = w.changed;
    void this.load();
  }
}

function filesOf(files: readonly Attachment[] | undefined, plan: string, version: number, token: string): TemplateResult | typeof nothing {
  if (!files?.length) return nothing;
  const address = (_: unknown, n: number) => `/api/centre/plans/${encodeURIComponent(plan)}/versions/${version}/attachments/${n}`;
  return html`<ucp-plan-attachments .files=${files} .address=${address} .token=${token}></ucp-plan-attachments>`;
}

function version(v: Edition, before: Edition | undefined, newest: boolean, files: TemplateResult | typeof nothing): TemplateResult {
  const at = instant(v.published);
  return html`
    <li data-version=${v.version}>
      <p class="ucp-versions__head">
        <strong>${w.version(v.version)}</strong> ${newest ? html`<strong class="nhsuk-tag nhsuk-tag--blue">${w.newest}</strong>` : nothing}
        <span class="ucp-quiet">${at ? dayAndTime(at, zone) : ""} ${v.author ? html`<bdi>${w.by(v.author)}</bdi>` : nothing}</span>
      </p>
      ${v.reason ? html`<p><bdi>${w.because(v.reason)}</bdi></p>` : nothing}
      ${before ? html`<h3 class="nhsuk-u-visually-hidden">${w.compared(before.version)}</h3>${changesOf(before, v)}` : v.version === 1 ? html`<p class="ucp-quiet">${w.first}</p>` : nothing}
      ${files}
    </li>
  `;
}

function openingNote(o: OpeningNote): TemplateResult {
  const at = instant(o.at);
  return html`<li data-finding=${o.finding ?? ""}>
    <h3 class="nhsuk-heading-s ucp-uses__where"><bdi>${w.who(o.role, o.organisation)}</bdi></h3>
    <ul class="ucp-uses__facts">
      <li><span>${o.glass ? w.opened.glass : w.opened.stated}</span> <span><bdi>${o.why}</bdi></span> <time class="ucp-quiet">${at ? dayAndTime(at, zone) : ""}</time></li>
      ${o.glass ? html`<li class="ucp-quiet">${o.finding ? (w.findings[o.finding] ?? o.finding) : w.notJudged}</li>` : nothing}
    </ul>
  </li>`;
}

function use(u: Use, token: string): TemplateResult {
  const line = (what: string, time: string | undefined, more = "") => {
    const at = instant(time);
    return html`<li><span>${what}</span> ${more ? html`<span><bdi>${more}</bdi></span>` : nothing} <time class="ucp-quiet">${at ? dayAndTime(at, zone) : ""}</time></li>`;
  };
  return html`
    <li>
      <h3 class="nhsuk-heading-s ucp-uses__where"><bdi>${u.department_name || u.department}</bdi></h3>
      ${u.match === "possible" ? html`<p class="ucp-quiet">${w.possible}</p>` : nothing}
      <ul class="ucp-uses__facts">
        ${u.arrived ? line(w.arrived, u.arrived) : nothing} ${line(w.raised, u.raised, w.onVersion(u.version))}
        ${u.receipts.map((r) => line(w.receipts[r.what] ?? r.what, r.at, w.who(r.role ?? "", r.department || r.organisation || "", r.version)))}
        ${u.departed ? line(w.departed, u.departed) : u.state === "raised" || u.state === "acknowledged" ? html`<li>${w.here}</li>` : nothing}
        ${u.state_reason ? html`<li class="ucp-quiet"><bdi>${u.state_reason}</bdi></li>` : nothing}
        ${u.outcomes.map((o) => line(w.outcome(texts.outcome.changed[o.changed] ?? o.changed), o.at, w.who(o.role, o.department_name || o.organisation)))}
      </ul>
      ${u.lines.length > 0
        ? html`<h4 class="nhsuk-heading-xs">${w.asked}</h4>
            ${thread(u.lines, zone, (l) => html`<ucp-answer .token=${token} .line=${l.id}></ucp-answer>`)}`
        : nothing}
    </li>
  `;
}

customElements.define("ucp-centre-plan", CentrePlan);
