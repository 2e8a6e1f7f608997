// Whose details did an account have before it?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { fault, field, typed } from "../people/field.ts";
import { texts } from "../texts.ts";
import { birthDate } from "../words/dates.ts";
import { spacedNHSNumber } from "../words/patient.ts";
import { type Exposed, type Exposure, exposure, exposureFile } from "./api.ts";
import { table, what, when, where, whyOf } from "./entries.ts";
import { words } from "./texts.ts";
import { dayAndSecond, fromField } from "./times.ts";
import { moment } from "./moment.ts";

const w = words.exposure;

export class ExposurePage extends LightElement {
  static override properties = { token: { attribute: false }, found: { state: true }, failure: { state: true }, busy: { state: true } };
  declare token: string;
  declare found: Exposure | undefined;
  declare failure: string | undefined;
  declare busy: boolean;
  private asked: { account: string; from: string; to: string } | undefined;

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <form class="ucp-account" novalidate @submit=${(event: SubmitEvent) => void this.ask(event)}>
        ${field({ id: "exposure-account", label: w.account, hint: w.accountHint, width: 20 })} ${moment("exposure-from", w.from)} ${moment("exposure-to", w.to)}
        <button class="nhsuk-button" ?disabled=${this.busy}>${w.submit}</button>
      </form>
      <div aria-live="polite">${this.found ? this.all(this.found) : nothing}</div>
    `;
  }

  private all(x: Exposure): TemplateResult {
    return html`
      <section aria-labelledby="exposed-title">
        <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="exposed-title"><bdi>${x.account}</bdi></h2>
        <p><strong>${w.found(x.patients.length, x.entries)}</strong></p>
        ${x.more ? html`<p class="ucp-caution">${w.more}</p>` : nothing}
        ${x.patients.length === 0
          ? html`<p class="ucp-empty">${w.none}</p>`
          : html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.file()}>${w.csv}</button>
              ${table(w.title, w.columns, x.patients.map((p) => [this.patient(p), p.what.map((kind) => words.kinds[kind] ?? kind).join(", "), dayAndSecond(p.first), dayAndSecond(p.last), String(p.times)]))}`}
      </section>
      ${x.unknown.length > 0
        ? html`<section aria-labelledby="unknown-title">
            <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="unknown-title">${w.unknown}</h2>
            <p>${w.unknownLead}</p>
            ${table(w.unknown, words.audit.columns, x.unknown.map((e) => [when(e), e.by, what(e), e.subject ?? "", whyOf(e), where(e)]))}
          </section>`
        : nothing}
    `;
  }

  private patient(p: Exposed): TemplateResult {
    return html`<bdi>${p.name || texts.card.nameless}</bdi>
      <span class="ucp-quiet">${p.birth_date ? birthDate(p.birth_date) : ""} <span class="ucp-number">${p.nhs_number ? spacedNHSNumber(p.nhs_number) : ""}</span></span>`;
  }

  private async ask(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [account, from, to] = [typed(form, "exposure-account").trim(), fromField(typed(form, "exposure-from")), fromField(typed(form, "exposure-to"))];
    this.failure = account && from && to ? undefined : w.dates;
    if (!account || !from || !to) return;
    this.asked = { account, from, to };
    this.busy = true;
    try {
      this.found = await exposure(this.token, this.asked);
    } catch (error) {
      this.found = undefined;
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    } finally {
      this.busy = false;
    }
  }

  private async file(): Promise<void> {
    if (!this.asked) return;
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await exposureFile(this.token, this.asked));
      link.download = "exposure.csv";
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }
}

customElements.define("ucp-exposure", ExposurePage);
