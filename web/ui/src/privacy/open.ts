// What does the plan of somebody say who did not arrive here, as far as the service knows?

import { html, nothing, type TemplateResult } from "lit";
import { Problem, type Session } from "../api.ts";
import "../board/attachments.ts";
import { planText } from "../board/plan-text.ts";
import { LightElement } from "../light.ts";
import { dayField, fault, field, typed, typedDay } from "../people/field.ts";
import type { Urgency } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { birthDate, dayAndTime } from "../words/dates.ts";
import { patientName, spacedNHSNumber } from "../words/patient.ts";
import { breakGlass, fileOf, type Opened, openedPlan, type Opening, openingHolds } from "./api.ts";
import { reasonFields, reasonOf } from "./reason.ts";
import { words } from "./texts.ts";
import { Leave } from "./watch.ts";

const w = words.open;
const zone = "Europe/London";

export class OpenPage extends LightElement {
  static override properties = { token: { attribute: false }, session: { attribute: false }, failure: { state: true }, plan: { state: true }, over: { state: true }, busy: { state: true } };
  declare token: string;
  declare session: Session | undefined;
  declare failure: string | undefined;
  declare plan: Opened | undefined;
  declare over: boolean;
  declare busy: boolean;
  private opening: Opening | undefined;
  private leave: Leave | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.putAway();
  }

  protected override render(): TemplateResult {
    if (this.plan) return this.shown(this.plan);
    const refused = this.session !== undefined && !this.session.may.includes("open a plan without an arrival");
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <div role="status">${this.over ? html`<p class="ucp-caution"><strong>${w.over}.</strong> ${w.overLead}</p>` : nothing}</div>
      ${refused ? html`<p class="ucp-caution" role="alert">${w.refused}</p>` : nothing}
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => void this.asked(event)}>
        ${field({ id: "open-number", label: w.number, hint: w.numberHint, numeric: true, width: 10 })}
        ${dayField({ id: "open-born", label: w.born, hint: w.bornHint })}
        ${reasonFields(false)}
        <p>${w.watched}</p>
        <button class="nhsuk-button" ?disabled=${this.busy}>${w.submit}</button>
      </form>
    `;
  }

  private shown({ shown: plan, patient, centre_phone }: Opened): TemplateResult {
    const urgency = (plan.urgency ?? "routine") as Urgency;
    const files = plan.content?.attachments ?? [];
    return html`
      <div class="ucp-opened">
        <header class="ucp-own">
          <h1 class="nhsuk-heading-l ucp-own__name" tabindex="-1" id="opened-title"><bdi>${patientName(patient) || texts.card.nameless}</bdi></h1>
          <p class="ucp-own__facts">${birthDate(patient.birth_date ?? "")} · ${texts.card.nhsNumber} <span class="ucp-number">${spacedNHSNumber(patient.nhs_number ?? "")}</span></p>
          <p class="ucp-caution">${w.until(plan.until ? dayAndTime(new Date(plan.until), zone) : "")}</p>
          <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.putAway()}>${w.away}</button>
        </header>
        <h2 class="nhsuk-u-visually-hidden">${texts.plan.label}</h2>
        <div class="ucp-own__paper ucp-plan--${urgency}">
          ${planText(
            plan,
            { urgency, zone, ...(centre_phone === undefined ? {} : { phone: centre_phone }) },
            files.length > 0 ? html`<ucp-plan-attachments .files=${files} .address=${fileOf(this.opening?.opening ?? "")} .token=${this.token}></ucp-plan-attachments>` : nothing,
          )}
        </div>
      </div>
    `;
  }

  private async asked(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const { why, words: said } = reasonOf(form);
    this.busy = true;
    try {
      const opening = await breakGlass(this.token, { nhs_number: typed(form, "open-number"), birth_date: typedDay(form, "open-born"), why, words: said });
      this.opening = opening;
      this.plan = await openedPlan(this.token, opening.opening);
      this.failure = undefined;
      this.over = false;
      this.leave = new Leave(() => openingHolds(this.token, opening.opening), () => this.ended(), opening.until);
      await this.updateComplete;
      this.querySelector<HTMLElement>("#opened-title")?.focus();
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    } finally {
      this.busy = false;
    }
  }

  private ended(): void {
    this.putAway();
    this.over = true;
  }

  private putAway(): void {
    this.leave?.stop();
    this.plan = this.opening = this.leave = undefined;
  }
}

customElements.define("ucp-open", OpenPage);
