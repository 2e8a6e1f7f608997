// Who looked at this plan? Printed, it is what a patient is given who asks.

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { fault, field, typed } from "../people/field.ts";
import { texts } from "../texts.ts";
import { birthDate } from "../words/dates.ts";
import { spacedNHSNumber } from "../words/patient.ts";
import { type Looks, looks } from "./api.ts";
import { table, what, when, where, who, whyOf } from "./entries.ts";
import { words } from "./texts.ts";
import { dayAndSecond } from "./times.ts";

const w = words.looks;

export class LooksPage extends LightElement {
  static override properties = { token: { attribute: false }, by: {}, list: { state: true }, failure: { state: true }, busy: { state: true } };
  declare token: string;
  declare by: string;
  declare list: Looks[] | undefined;
  declare failure: string | undefined;
  declare busy: boolean;

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <div class="ucp-noprint">
        <p class="ucp-measure">${w.lead}</p>
        ${fault(this.failure)}
        <form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => void this.asked(event)}>
          ${field({ id: "looks-of", label: w.number, width: 20 })}
          <button class="nhsuk-button" ?disabled=${this.busy}>${w.submit}</button>
          ${this.list ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary" @click=${() => window.print()}>${w.print}</button>` : nothing}
        </form>
      </div>
      <div aria-live="polite">${(this.list ?? []).map((one) => this.one(one))}</div>
    `;
  }

  private one(l: Looks): TemplateResult {
    return html`<section class="ucp-looks" aria-labelledby="looks-${l.plan}" data-plan=${l.plan}>
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="looks-${l.plan}"><bdi>${w.person(l.patient, spacedNHSNumber(l.nhs_number), birthDate(l.birth_date))}</bdi></h2>
      <p>${w.plan(l.plan, l.centre)}</p>
      ${l.whole ? nothing : html`<p class="ucp-caution">${w.part}</p>`} ${l.more ? html`<p class="ucp-caution">${w.more}</p>` : nothing}
      ${l.looks.length === 0 ? html`<p class="ucp-empty">${w.none}</p>` : table(w.title, w.columns, l.looks.map((e) => [when(e), who(e), what(e), whyOf(e), where(e)]))}
      <p class="ucp-quiet">${w.made(dayAndSecond(new Date().toISOString()), this.by)}</p>
    </section>`;
  }

  private async asked(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const of = typed(event.currentTarget as HTMLFormElement, "looks-of").trim();
    this.busy = true;
    this.failure = undefined;
    try {
      this.list = await looks(this.token, /^[\d ]{10,13}$/.test(of) ? { nhs_number: of } : { plan: of });
    } catch (error) {
      this.list = undefined;
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("ucp-looks", LooksPage);
