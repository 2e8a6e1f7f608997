// Which patients does somebody name together, and what do they call them?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { fault, field, typed } from "../people/field.ts";
import { type Question } from "../people/sure.ts";
import "../people/sure.ts";
import { texts } from "../texts.ts";
import { changeList, dropList, keepList, type Listed, type PatientList } from "./api.ts";
import { words } from "./texts.ts";

const w = words.lists;

/** "example-1, Mrs A": a plan in each line, and what it is called behind a comma. */
export function listedIn(text: string): Listed[] {
  return text.split("\n").flatMap((line) => {
    const [plan = "", ...label] = line.split(",");
    return plan.trim() ? [{ plan: plan.trim(), label: label.join(",").trim() }] : [];
  });
}

/** The same as text. */
export const asLines = (plans: readonly Listed[]) => plans.map(({ plan, label }) => (label ? `${plan}, ${label}` : plan)).join("\n");

/** Fires `lists-changed` when a list was kept or dropped. */
export class PatientLists extends LightElement {
  static override properties = { token: { attribute: false }, held: { attribute: false }, open: { state: true }, failure: { state: true }, told: { state: true }, asked: { state: true } };
  declare token: string;
  declare held: readonly PatientList[];
  /** The list that is written: an id, or "new". */
  declare open: string | undefined;
  declare failure: string | undefined;
  declare told: string | undefined;
  declare asked: (Question & { of: PatientList }) | undefined;

  protected override render(): TemplateResult {
    return html`<section class="ucp-panel ucp-subscribing__lists" aria-labelledby="lists-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="lists-title">${w.title}</h2>
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      ${this.held.length === 0 ? html`<p class="ucp-quiet">${w.none}</p>` : html`<ul class="ucp-list ucp-rows">${repeat(this.held, (l) => l.id, (l) => this.one(l))}</ul>`}
      ${this.open === "new" ? this.form(undefined) : html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" id="begin-list" @click=${() => this.write("new")}>${w.begin}</button>`}
      ${this.asked ? html`<ucp-sure .question=${this.asked} @sure=${() => void this.drop(this.asked!.of)} @sure-closed=${() => (this.asked = undefined)}></ucp-sure>` : nothing}
    </section>`;
  }

  private one(l: PatientList): TemplateResult {
    const button = (text: string, deed: () => void) =>
      html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(text, l.name)} @click=${deed}>${text}</button>`;
    return html`<li class="ucp-rows__row" data-list=${l.id}>
      <div><strong><bdi>${l.name}</bdi></strong> <span class="ucp-quiet">${w.count(l.plans.length)}</span></div>
      <div class="ucp-rows__deeds">
        ${button(w.change, () => this.write(l.id))}
        ${button(w.remove, () => (this.asked = { title: w.sure.title(l.name), effect: w.sure.effect, what: w.remove, warns: true, of: l }))}
      </div>
      ${this.open === l.id ? this.form(l) : nothing}
    </li>`;
  }

  private form(l: PatientList | undefined): TemplateResult {
    return html`<form class="ucp-rows__form" novalidate @submit=${(event: SubmitEvent) => void this.save(event, l)}>
      ${field({ id: "list-name", label: w.name, value: l?.name ?? "", width: 20 })}
      <div class="nhsuk-form-group">
        <label class="nhsuk-label" for="list-plans">${w.plans}</label>
        <div class="nhsuk-hint" id="list-plans-hint">${w.plansHint}</div>
        <textarea class="nhsuk-textarea" id="list-plans" rows="5" spellcheck="false" autocapitalize="none" aria-describedby="list-plans-hint" .value=${asLines(l?.plans ?? [])}></textarea>
      </div>
      <div class="ucp-rows__deeds">
        <button class="nhsuk-button nhsuk-button--small">${w.save}</button>
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.write(undefined)}>${w.cancel}</button>
      </div>
    </form>`;
  }

  private write(open: string | undefined): void {
    this.open = open;
    this.failure = this.told = undefined;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(open ? "#list-name" : "#begin-list")?.focus());
  }

  private async save(event: SubmitEvent, l: PatientList | undefined): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLElement;
    const [name, plans] = [typed(form, "list-name").trim(), listedIn(form.querySelector<HTMLTextAreaElement>("#list-plans")?.value ?? "")];
    await this.do(() => (l ? changeList(this.token, l, name, plans) : keepList(this.token, name, plans)), w.saved(name));
  }

  private async drop(l: PatientList): Promise<void> {
    await this.do(() => dropList(this.token, l.id), w.removed(l.name));
  }

  private async do(deed: () => Promise<unknown>, told: string): Promise<void> {
    try {
      await deed();
      this.write(undefined);
      this.told = told;
      this.dispatchEvent(new Event("lists-changed"));
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    }
  }
}

customElements.define("ucp-patient-lists", PatientLists);
