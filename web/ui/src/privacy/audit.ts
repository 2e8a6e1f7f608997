// Who did what, and when?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { fault, field, typed } from "../people/field.ts";
import { texts } from "../texts.ts";
import { type Entry, type Search, search } from "./api.ts";
import { table, what, when, where, who, whyOf } from "./entries.ts";
import { moment } from "./moment.ts";
import { words } from "./texts.ts";
import { fromField } from "./times.ts";

const w = words.audit;

export class AuditPage extends LightElement {
  static override properties = { token: { attribute: false }, entries: { state: true }, next: { state: true }, failure: { state: true }, busy: { state: true } };
  declare token: string;
  declare entries: Entry[] | undefined;
  declare next: number | undefined;
  declare failure: string | undefined;
  declare busy: boolean;
  private asked: Search = {};

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <form class="ucp-search" novalidate @submit=${(event: SubmitEvent) => this.sought(event)}>
        ${field({ id: "audit-account", label: w.account, width: 20 })} ${field({ id: "audit-subject", label: w.subject, hint: w.subjectHint, width: 20 })}
        <div class="nhsuk-form-group">
          <label class="nhsuk-label" for="audit-kind">${w.kind}</label>
          <select class="nhsuk-select" id="audit-kind">
            <option value="">${w.any}</option>
            ${w.kinds.map(([value, text]) => html`<option value=${value}>${text}</option>`)}
          </select>
        </div>
        ${field({ id: "audit-organisation", label: w.organisation, hint: w.organisationHint, width: 10 })} ${moment("audit-from", w.from)} ${moment("audit-to", w.to)}
        <div><button class="nhsuk-button" ?disabled=${this.busy}>${w.submit}</button></div>
      </form>
      <div aria-live="polite">
        ${this.entries
          ? this.entries.length === 0
            ? html`<p class="ucp-empty">${w.none}</p>`
            : table(w.title, w.columns, this.entries.map((e) => [when(e), who(e), what(e), html`<bdi class="ucp-journal__place">${e.subject ?? ""}</bdi>`, whyOf(e), where(e)]))
          : nothing}
        ${this.next ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary" ?disabled=${this.busy} @click=${() => void this.load(this.next)}>${w.more}</button>` : nothing}
      </div>
    `;
  }

  private sought(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const of: Search = {};
    const put = (key: "account" | "subject" | "kind" | "organisation" | "from" | "to", value: string | undefined) => {
      if (value) of[key] = value;
    };
    for (const key of ["account", "subject", "kind", "organisation"] as const) put(key, typed(form, `audit-${key}`).trim());
    for (const key of ["from", "to"] as const) put(key, fromField(typed(form, `audit-${key}`)));
    this.asked = of;
    void this.load(undefined);
  }

  private async load(below: number | undefined): Promise<void> {
    this.busy = true;
    this.failure = undefined;
    try {
      const page = await search(this.token, { ...this.asked, ...(below === undefined ? {} : { below }) });
      this.entries = below === undefined ? page.entries : [...(this.entries ?? []), ...page.entries];
      this.next = page.next;
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("ucp-audit", AuditPage);
