// What does the plan say, and may it still be acted on?
//
// A modal dialog over the board, with an address of its own: the board goes on beneath it, hears what comes, and is there again at once. Whatever
// happens to the alert while the plan is open is said in it. Printed, it is a sheet of paper.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { alertOf, type Plan, planOf, Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import type { Health, Patient } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { birthDate } from "../words/dates.ts";
import { age, patientName, sex, spacedNHSNumber } from "../words/patient.ts";
import "./attachments.ts";
import "./talk.ts";
import { planHolds } from "../privacy/api.ts";
import { Leave } from "../privacy/watch.ts";
import { later } from "../later.ts";
import { changedLine, sinceShown } from "./plan-changes.ts";
import { Paper, sheet } from "./plan-sheet.ts";
import { planText, statusWord } from "./plan-text.ts";
import { type Row, urgencyOf } from "./rows.ts";

/** The address of an alert's plan, and of the board that it lies over. */
export const planPath = (department: string, alert: string) => `${boardPath(department)}/plan/${encodeURIComponent(alert)}`;
export const boardPath = (department: string) => `/board/${encodeURIComponent(department)}`;

const whenAsked = later(() => import("../privacy/say-why.ts"));

/** Somebody wants to leave the exercise. Bubbles. */
export class PracticeLeft extends Event {
  constructor() {
    super("practice-left", { bubbles: true });
  }
}

/** Something to be minded before the plan is followed, and what can be done about it. */
interface Caution {
  text: string;
  stop: boolean;
  deed?: { text: string; does: () => void };
}

export class PlanDialog extends LightElement {
  static override properties = {
    row: { attribute: false },
    closed: { attribute: false },
    news: { attribute: false },
    disagrees: {},
    token: { attribute: false },
    zone: { attribute: false },
    health: { attribute: false },
    by: {},
    practice: { attribute: false },
    source: { attribute: false },
    plan: { state: true },
    failure: { state: true },
    patient: { state: true },
    asks: { state: true },
  };
  /** The alert whose plan is open, as it is now, or as it last was. */
  declare row: Row;
  /** The reason, once the alert has been closed. */
  declare closed: string | undefined;
  /** Alerts that came to the board since the plan was opened, in words. */
  declare news: readonly string[];
  /** What the plan disagrees about, as the board knows it now, in words; empty for nothing. */
  declare disagrees: string;
  declare token: string;
  declare zone: string;
  declare health: Health;
  /** The name of the account that prints; empty if it is not known. */
  declare by: string;
  /** The patient is invented: what to do next in the exercise, in words. Undefined on a real board. */
  declare practice: string | undefined;
  /** Where the plan is had from; undefined for the service. */
  declare source: ((alert: string) => Promise<Plan>) | undefined;
  declare plan: Plan | undefined;
  declare failure: string | undefined;
  /** Who it is, where the board may not show it and this account may. */
  declare patient: Patient | undefined;

  /** What the service says of a patient who is specially protected, until somebody said why. */
  declare asks: string | undefined;

  private leave: Leave | undefined;
  private loading: AbortController | undefined;
  private paper: Paper | undefined;

  constructor() {
    super();
    this.by = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.paper = new Paper(() => this.plan && this.sheet(this.plan));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.loading?.abort();
    this.leave?.stop();
    this.paper?.close();
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
    void this.load();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("row") && changed.get("row") && changed.get("row")?.alert.id !== this.row.alert.id) void this.load();
  }

  /** Fetches the newest version, which the service records as opened. */
  async load(): Promise<void> {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    this.leave?.stop();
    this.plan = this.failure = this.patient = this.asks = undefined;
    const { alert } = this.row;
    if (!alert.patient && !this.source) void this.identify(loading.signal);
    if (alert.show === "summary") return;
    try {
      const plan = await (this.source?.(alert.id) ?? planOf(alert.id, this.token, loading.signal));
      if (loading.signal.aborted) return;
      this.plan = plan;
      if (!this.source) this.leave = new Leave(() => planHolds(this.token, alert.id), () => this.putAway(), plan.until);
    } catch (error) {
      if (loading.signal.aborted) return;
      if (error instanceof Problem && error.status === 428) this.asks = error.message;
      else this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  /** What may not be seen any more is put away at once, and asking for it again says why. */
  private putAway(): void {
    this.plan = undefined;
    this.failure = texts.plan.putAway;
  }

  /** The stream tells nobody who a sensitive patient is; the service tells a clinician. */
  private async identify(signal: AbortSignal): Promise<void> {
    try {
      const { patient } = await alertOf(this.row.alert.id, this.token);
      if (!signal.aborted) this.patient = patient;
    } catch {
      // Who it is stays unsaid here, as it is on the board.
    }
  }

  protected override render(): TemplateResult {
    const { alert } = this.row;
    return html`
      <dialog class="ucp-plan ucp-plan--${urgencyOf(alert)}" aria-labelledby="plan-title" @close=${() => this.dispatchEvent(new Event("plan-closed"))}>
        ${this.practice === undefined ? nothing : this.exercise(this.practice)}
        <div class="ucp-plan__head">
          <div class="ucp-plan__who">
            <p class="ucp-plan__label">${texts.plan.label}</p>
            <h2 class="ucp-plan__name" id="plan-title" tabindex="-1" autofocus><bdi>${this.who}</bdi></h2>
            <p class="ucp-plan__ids">${this.identifiers()}</p>
          </div>
          <div class="ucp-plan__buttons">
            ${this.talks ? button(alert.answered_new ? texts.talk.answeredNew : texts.talk.jump, () => this.goTo("talk-title")) : nothing}
            ${this.plan ? button(texts.sheet.print, () => window.print()) : nothing} ${button(texts.plan.close, () => this.dialog.close())}
          </div>
        </div>
        <div class="ucp-plan__scroll" tabindex="0" role="region" aria-labelledby="plan-title">
          <div role="status">${this.news.map((text) => html`<p class="ucp-caution ucp-caution--news"><bdi>${text}</bdi></p>`)} ${this.cautions().map(caution)}</div>
          ${this.asks !== undefined
            ? html`<div @why-said=${() => void this.load()}>${whenAsked(() => html`<ucp-say-why .token=${this.token} .alert=${alert.id} .lead=${this.asks ?? ""}></ucp-say-why>`)}</div>`
            : nothing}
          ${this.asks !== undefined ? nothing : this.failure !== undefined ? this.sorry() : this.plan ? this.text(this.plan) : alert.show === "summary" ? this.summary() : html`<p class="ucp-quiet">${texts.plan.loading}</p>`}
          ${this.talks ? html`<ucp-talk .alert=${alert} .token=${this.token} .zone=${this.zone}></ucp-talk>` : nothing}
        </div>
      </dialog>
    `;
  }

  /** Over the board lies this dialog, and over the mark of the exercise with it. */
  private exercise(hint: string): TemplateResult {
    return html`<div class="ucp-practice-band">
      <p><strong>${texts.practice.band}</strong> <span>${hint}</span></p>
      <button type="button" class="ucp-chip" @click=${() => this.dispatchEvent(new PracticeLeft())}>${texts.practice.leave}</button>
    </div>`;
  }

  /** Whether the centre can be asked: not about somebody who is only perhaps its patient, nor about a plan that was withdrawn, nor in an exercise. */
  private get talks(): boolean {
    const { alert, leaving } = this.row;
    return this.practice === undefined && alert.match === "confirmed" && (!leaving || alert.state === "closed");
  }

  private goTo(heading: string): void {
    const title = this.querySelector<HTMLElement>(`#${heading}`);
    const scroll = this.querySelector<HTMLElement>(".ucp-plan__scroll");
    if (!title || !scroll) return;
    scroll.scrollTop += title.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 16;
    title.focus({ preventScroll: true });
  }

  /** What stands in place of the plan where only its headline is shared. */
  private summary(): TemplateResult {
    const { alert } = this.row;
    return html`<p class="ucp-card__headline"><bdi>${alert.headline ?? ""}</bdi></p>
      <p><bdi>${texts.card.limited.summary(alert.centre_name ?? texts.card.theCentre, alert.centre_phone ?? "")}</bdi></p>`;
  }

  private get dialog(): HTMLDialogElement {
    return this.querySelector("dialog")!;
  }

  private get who(): string {
    return patientName(this.row.alert.patient ?? this.patient) ?? texts.card.nameless;
  }

  private identifiers(): string {
    const p = this.row.alert.patient ?? this.patient;
    return [
      p?.birth_date ? `${texts.card.born} ${birthDate(p.birth_date)}` : undefined,
      p?.age === undefined ? undefined : age(p.age),
      p?.sex === undefined ? undefined : sex(p.sex),
      p?.nhs_number ? `${texts.card.nhsNumber} ${spacedNHSNumber(p.nhs_number)}` : undefined,
      this.row.alert.location,
    ]
      .filter((fact) => fact !== undefined)
      .join(" · ");
  }

  private cautions(): Caution[] {
    const { alert, leaving } = this.row;
    const { plan } = this;
    const all: Caution[] = [];
    const stop = (text: string) => all.push({ text, stop: true });
    const mind = (text: string, deed?: Caution["deed"]) => all.push({ text, stop: false, ...(deed ? { deed } : {}) });
    const again = (text: string) => ({ text, does: () => void this.load() });
    if (leaving && alert.state !== "closed") stop(texts.plan.withdrawn(alert.state_reason ?? ""));
    if (this.closed !== undefined) mind(texts.plan.closed(this.closed));
    if (plan && plan.status !== "active") stop(texts.plan.notActive(statusWord(plan.status).toLocaleLowerCase("en-GB")));
    if (plan && alert.version !== undefined && alert.version > plan.version) mind(texts.plan.newer(alert.version), again(texts.plan.showNewer));
    else if (plan?.superseded) mind(texts.plan.superseded);
    if (plan && this.disagrees && !plan.conflicts?.length) mind(texts.conflict.arrived(this.disagrees), again(texts.conflict.show));
    if (this.health === "lost") stop(texts.plan.notLive);
    const changed = changedLine(plan?.versions);
    if (changed) mind(changed, { text: texts.changes.see, does: () => this.goTo("since-title") });
    return all;
  }

  private sorry(): TemplateResult {
    return html`
      <div class="ucp-caution ucp-caution--stop">
        <p><strong>${texts.plan.failed}</strong></p>
        <p><bdi>${this.failure}</bdi></p>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load()}>${texts.plan.retry}</button>
      </div>
    `;
  }

  private readonly fileAddress = (_: unknown, n: number) => `/api/alerts/${encodeURIComponent(this.row.alert.id)}/attachments/${n}`;

  private text(plan: Plan): TemplateResult {
    const files = plan.content?.attachments ?? [];
    const after = html`${files.length > 0 ? html`<ucp-plan-attachments .files=${files} .address=${this.fileAddress} .token=${this.token}></ucp-plan-attachments>` : nothing}
      ${sinceShown(plan.versions, this.zone)}`;
    return planText(plan, { urgency: urgencyOf(this.row.alert), zone: this.zone, ...this.centrePhone }, after);
  }

  /** The number of the centre, for a plan that states none. */
  private get centrePhone(): { phone?: string } {
    const { centre_phone } = this.row.alert;
    return centre_phone === undefined ? {} : { phone: centre_phone };
  }

  private sheet(plan: Plan): TemplateResult {
    const { alert } = this.row;
    return sheet({
      plan, who: this.who, identifiers: this.identifiers(), urgency: urgencyOf(alert), cautions: this.cautions().map(({ text }) => text),
      practice: this.practice !== undefined, by: this.by, department: alert.department, at: new Date(), zone: this.zone, ...this.centrePhone,
    });
  }
}

function button(text: string, does: () => void): TemplateResult {
  return html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small ucp-plan__close" @click=${does}>${text}</button>`;
}

function caution({ text, stop, deed }: Caution): TemplateResult {
  return html`<p class="ucp-caution ${stop ? "ucp-caution--stop" : ""}">
    <bdi>${text}</bdi> ${deed ? html`<button type="button" class="nhsuk-button nhsuk-button--small" @click=${deed.does}>${deed.text}</button>` : nothing}
  </p>`;
}

customElements.define("ucp-plan", PlanDialog);
