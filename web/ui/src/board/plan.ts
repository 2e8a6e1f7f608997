// What does the plan say, and may it still be acted on?
//
// A modal dialog over the board. Whatever happens to the alert while it is open is said in it.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type Plan, planOf, Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import type { Health } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { birthDate } from "../words/dates.ts";
import { age, sex, spacedNHSNumber } from "../words/patient.ts";
import "./attachments.ts";
import "./talk.ts";
import { whoIs } from "./card.ts";
import { planText, statusWord } from "./plan-text.ts";
import { type Row, urgencyOf } from "./rows.ts";

export class PlanDialog extends LightElement {
  static override properties = {
    row: { attribute: false },
    closed: { attribute: false },
    news: { attribute: false },
    disagrees: {},
    token: { attribute: false },
    zone: { attribute: false },
    health: { attribute: false },
    plan: { state: true },
    failure: { state: true },
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
  declare plan: Plan | undefined;
  declare failure: string | undefined;

  private loading: AbortController | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.loading?.abort();
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
    this.plan = this.failure = undefined;
    if (this.row.alert.show === "summary") return;
    try {
      this.plan = await planOf(this.row.alert.id, this.token, loading.signal);
    } catch (error) {
      if (!loading.signal.aborted) this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  protected override render(): TemplateResult {
    const { alert } = this.row;
    return html`
      <dialog class="ucp-plan ucp-plan--${urgencyOf(alert)}" aria-labelledby="plan-title" @close=${() => this.dispatchEvent(new Event("plan-closed"))}>
        <div class="ucp-plan__head">
          <div class="ucp-plan__who">
            <p class="ucp-plan__label">${texts.plan.label}</p>
            <h2 class="ucp-plan__name" id="plan-title" tabindex="-1" autofocus><bdi>${whoIs(alert)}</bdi></h2>
            <p class="ucp-plan__ids">${this.identifiers()}</p>
          </div>
          ${this.talks ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small ucp-plan__close" @click=${() => this.goToTalk()}>${alert.answered_new ? texts.talk.answeredNew : texts.talk.jump}</button>` : nothing}
          <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small ucp-plan__close" @click=${() => this.dialog.close()}>
            ${texts.plan.close}
          </button>
        </div>
        <div class="ucp-plan__scroll" tabindex="0" role="region" aria-labelledby="plan-title">
          <div role="status">${this.news.map((text) => html`<p class="ucp-caution ucp-caution--news"><bdi>${text}</bdi></p>`)} ${this.cautions()}</div>
          ${this.failure !== undefined ? this.sorry() : this.plan ? this.text(this.plan) : alert.show === "summary" ? this.summary() : html`<p class="ucp-quiet">${texts.plan.loading}</p>`}
          ${this.talks ? html`<ucp-talk .alert=${alert} .token=${this.token} .zone=${this.zone}></ucp-talk>` : nothing}
        </div>
      </dialog>
    `;
  }

  /** Whether the centre can be asked: not about somebody who is only perhaps its patient, nor about a plan that was withdrawn. */
  private get talks(): boolean {
    const { alert, leaving } = this.row;
    return alert.match === "confirmed" && (!leaving || alert.state === "closed");
  }

  private goToTalk(): void {
    const title = this.querySelector<HTMLElement>("#talk-title");
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

  private identifiers(): string {
    const p = this.row.alert.patient;
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

  private cautions(): TemplateResult {
    const { alert, leaving } = this.row;
    const stop = (text: string) => html`<p class="ucp-caution ucp-caution--stop">${text}</p>`;
    const mind = (text: string, deed?: TemplateResult) => html`<p class="ucp-caution">${text} ${deed ?? nothing}</p>`;
    const newer = this.plan && alert.version !== undefined && alert.version > this.plan.version ? alert.version : undefined;
    return html`
      ${leaving && alert.state !== "closed" ? stop(texts.plan.withdrawn(alert.state_reason ?? "")) : nothing}
      ${this.closed === undefined ? nothing : mind(texts.plan.closed(this.closed))}
      ${this.plan && this.plan.status !== "active" ? stop(texts.plan.notActive(statusWord(this.plan.status).toLocaleLowerCase("en-GB"))) : nothing}
      ${newer !== undefined
        ? mind(
            texts.plan.newer(newer),
            html`<button type="button" class="nhsuk-button nhsuk-button--small" @click=${() => void this.load()}>${texts.plan.showNewer}</button>`,
          )
        : this.plan?.superseded
          ? mind(texts.plan.superseded)
          : nothing}
      ${this.plan && this.disagrees && !this.plan.conflicts?.length
        ? mind(
            texts.conflict.arrived(this.disagrees),
            html`<button type="button" class="nhsuk-button nhsuk-button--small" @click=${() => void this.load()}>${texts.conflict.show}</button>`,
          )
        : nothing}
      ${this.health === "lost" ? stop(texts.plan.notLive) : nothing}
    `;
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
    const attachments = html`<ucp-plan-attachments .files=${files} .address=${this.fileAddress} .token=${this.token}></ucp-plan-attachments>`;
    return planText(plan, { urgency: urgencyOf(this.row.alert), zone: this.zone }, files.length > 0 ? attachments : nothing);
  }
}

customElements.define("ucp-plan", PlanDialog);
