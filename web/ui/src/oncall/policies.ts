// What happens while nobody answers an alert, and whose word is it?

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import type { Department, Session } from "../api.ts";
import { typed } from "../people/field.ts";
import { Worklist } from "../privacy/worklist.ts";
import { texts } from "../texts.ts";
import { type CentreLine, keepCentre, overview, type Overview, type Outcome, policies, type Policies, type Policy, removeCentre, removePolicy } from "./api.ts";
import "./changes.ts";
import { courseWords } from "./course-words.ts";
import { type Deed, fault, outcomeWords } from "./deeds.ts";
import { areaNav } from "./nav.ts";
import "./policy.ts";
import "../people/sure.ts";
import { words } from "./texts.ts";

const w = words.policies;

export class PoliciesPage extends Worklist {
  static override properties = { session: { attribute: false }, departments: { attribute: false }, page: { state: true }, overview: { state: true }, edits: { state: true }, removing: { state: true } };
  declare session: Session | undefined;
  declare departments: readonly Department[];
  declare page: Policies | undefined;
  /** The rotas that there are, and the centres' own lines. */
  declare overview: Overview | undefined;
  /** The policy that is being changed; null is a new one. */
  declare edits: Policy | null | undefined;
  declare removing: Policy | undefined;

  protected override async load(): Promise<void> {
    [this.page, this.overview] = await Promise.all([policies(this.token), overview(this.token)]);
  }

  private may(what: string): boolean {
    return this.session?.may.includes(what) ?? false;
  }

  protected override render(): TemplateResult {
    const { page, overview: held } = this;
    return html`<div class="ucp-oncall" @deed-done=${(event: Deed) => this.deedDone(event)}>
      <div class="ucp-title">
        <h1 class="ucp-title__name">${texts.onCall.policies}</h1>
        ${this.may("keep the rotas") && this.edits === undefined ? html`<button type="button" class="nhsuk-button nhsuk-button--small ucp-oncall__new" @click=${() => void this.edit(null)}>${w.add}</button>` : nothing}
      </div>
      ${areaNav("/on-call/policies", this.session)}
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      ${page && held ? this.whole(page, held) : this.failure ? nothing : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    </div>`;
  }

  private deedDone(event: Deed): void {
    this.edits = undefined;
    void this.do(async () => undefined, event.told);
  }

  private whole(page: Policies, held: Overview): TemplateResult {
    const own = this.departments.filter((d) => d.organisation === (this.edits?.organisation ?? this.session?.organisation));
    return html`
      <ucp-on-call-changes .token=${this.token} .changes=${page.changes} .may=${this.may("agree to a change of who is on call")}></ucp-on-call-changes>
      ${this.edits === undefined
        ? nothing
        : keyed(this.edits?.policy ?? "", html`<ucp-policy .token=${this.token} .policy=${this.edits} .rotas=${held.rotas} .departments=${own} @edit-ended=${() => (this.edits = undefined)}></ucp-policy>`)}
      <ol class="ucp-list">
        ${repeat(page.policies, (p) => p.policy, (p) => (p.policy === this.edits?.policy ? nothing : this.one(p, held)))}
        <li class="ucp-panel" data-policy="">
          <h2 class="ucp-panel__title">${w.default}</h2>
          <p class="ucp-quiet">${w.defaultLead}</p>
          ${courseWords(page.default.steps, page.default.again, held.rotas)}
        </li>
      </ol>
      ${this.whoHas(page)} ${this.centres(held)}
      ${this.removing ? this.sure(this.removing) : nothing}
    `;
  }

  private one(p: Policy, held: Overview): TemplateResult {
    return html`<li class="ucp-panel" data-policy=${p.policy}>
      <h2 class="ucp-panel__title"><bdi>${p.name}</bdi> <span class="ucp-quiet"><bdi>${p.organisation_name}</bdi></span></h2>
      <p><bdi>${w.holds(p.department_names, p.urgencies.map((u) => texts.urgency[u as keyof typeof texts.urgency] ?? u))}</bdi></p>
      ${courseWords(p.steps, p.again, held.rotas)}
      ${p.kept === "file" ? html`<p class="ucp-quiet">${words.overview.file}</p>` : nothing}
      ${p.may_change && this.edits === undefined
        ? html`<div class="ucp-rows__deeds">
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(w.change, p.name)} @click=${() => void this.edit(p)}>${w.change}</button>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(w.remove, p.name)} @click=${() => (this.removing = p)}>${w.remove}</button>
          </div>`
        : nothing}
    </li>`;
  }

  private async edit(policy: Policy | null): Promise<void> {
    this.told = undefined;
    this.edits = policy;
    await this.updateComplete;
    this.querySelector<HTMLElement>("#policy-title")?.focus();
  }

  /** Which policy holds for which department, for each urgency. */
  private whoHas(page: Policies): TemplateResult | typeof nothing {
    const of = new Map<string, { name: string; by: Map<string, string> }>();
    for (const d of page.departments) {
      const one = of.get(d.department) ?? { name: d.name, by: new Map<string, string>() };
      one.by.set(d.urgency, d.policy ? d.policy_name : w.default);
      of.set(d.department, one);
    }
    if (of.size === 0) return nothing;
    return html`<section class="ucp-oncall__part" aria-labelledby="who-has-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="who-has-title">${w.whoHas}</h2>
      <table class="ucp-plans ucp-oncall__table" role="table">
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${w.department}</th>${urgencies.map((u) => html`<th role="columnheader" scope="col">${texts.urgency[u]}</th>`)}</tr></thead>
        <tbody role="rowgroup">
          ${[...of].map(
            ([id, { name, by }]) => html`<tr role="row" data-department=${id}><th role="rowheader" scope="row"><bdi>${name}</bdi></th>${urgencies.map((u) => html`<td role="cell" data-label=${texts.urgency[u]}><bdi>${by.get(u) ?? w.default}</bdi></td>`)}</tr>`,
          )}
        </tbody>
      </table>
    </section>`;
  }

  /** The lines that specialist centres have themselves. */
  private centres(held: Overview): TemplateResult {
    const may = this.may("keep the rotas");
    const own = held.rotas.filter((r) => r.organisation === this.session?.organisation);
    const has = held.centres.some((c) => c.centre === this.session?.organisation);
    return html`<section class="ucp-oncall__part" aria-labelledby="centres-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="centres-title">${w.centres}</h2>
      <p class="ucp-measure">${w.centresLead}</p>
      ${held.centres.length === 0 ? html`<p class="ucp-quiet">${w.noCentres}</p>` : nothing}
      <ul class="ucp-list ucp-rows">
        ${held.centres.map(
          (c) => html`<li class="ucp-rows__row" data-centre=${c.centre}>
            <div><bdi>${c.centre_name}</bdi><p class="ucp-quiet"><bdi>${w.answers(c.rota_name)}</bdi></p></div>
            ${may && c.kept === "database" && c.centre === this.session?.organisation ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(w.endLine, c.centre_name)} @click=${() => void this.outcome(() => removeCentre(this.token, c.centre, c.revision))}>${w.endLine}</button>` : nothing}
          </li>`,
        )}
      </ul>
      ${may && own.length > 0 && this.isCentre
        ? html`<form class="ucp-oncall__then" novalidate @submit=${(event: SubmitEvent) => this.setLine(event, held.centres)}>
            <div class="nhsuk-form-group">
              <label class="nhsuk-label" for="line-rota">${has ? w.changeLine : w.ownLine}</label>
              <select class="nhsuk-select" id="line-rota">${own.map((r) => html`<option value=${r.rota}>${r.name}</option>`)}</select>
            </div>
            <button class="nhsuk-button nhsuk-button--small">${w.setLine}</button>
          </form>`
        : nothing}
    </section>`;
  }

  /** Whether the account is of an organisation that has no department here, and so may be a specialist centre: the service knows. */
  private get isCentre(): boolean {
    return !this.departments.some((d) => d.organisation === this.session?.organisation);
  }

  private setLine(event: SubmitEvent, lines: readonly CentreLine[]): void {
    event.preventDefault();
    const centre = this.session?.organisation ?? "";
    const of = typed(event.currentTarget as HTMLElement, "line-rota");
    void this.outcome(() => keepCentre(this.token, centre, lines.find((c) => c.centre === centre)?.revision ?? 0, of));
  }

  private async outcome(deed: () => Promise<Outcome>): Promise<void> {
    let told: string | undefined;
    await this.do(async () => (told = outcomeWords(await deed())));
    if (this.failure === undefined) this.told = told;
  }

  private sure(p: Policy): TemplateResult {
    const question = { title: w.removeTitle(p.name), effect: w.removeEffect, what: w.remove, warns: true };
    return html`<ucp-sure .question=${question} @sure=${() => void this.outcome(() => removePolicy(this.token, p.policy, p.revision))} @sure-closed=${() => (this.removing = undefined)}></ucp-sure>`;
  }
}

const urgencies = ["critical", "urgent", "routine"] as const;

customElements.define("ucp-policies", PoliciesPage);
