// Is any alert missing or false, as far as the service can know?
//
// This page is loaded when somebody asks for it, never before.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Problem, send } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { dayAndTime, instant } from "../words/dates.ts";
import { words as w } from "./texts.ts";

const zone = "Europe/London";

interface Finding {
  fault: string;
  attendance: string;
  plan: string;
  centre: string;
  centre_name?: string;
  department: string;
  department_name?: string;
  mended: boolean;
}

interface Proof {
  id: string;
  state: string;
  /** RFC 3339. */
  began?: string;
  ended?: string;
  visits: number;
  plans: number;
  expected: number;
  found: number;
  differences: number;
  mended: boolean;
  findings: Finding[];
}

interface ProofList {
  running?: Proof;
  proofs: Proof[];
}

/** How often the service is asked, in milliseconds: while a proof is under way, and else. */
const often = 1_000;
const seldom = 60_000;

export class ProofPage extends LightElement {
  static override properties = {
    token: { attribute: false },
    centre: { attribute: false },
    list: { state: true },
    failure: { state: true },
    told: { state: true },
    busy: { state: true },
  };
  declare token: string;
  /** Whether a centre reads it: its plans are links. */
  declare centre: boolean;
  declare list: ProofList | undefined;
  declare failure: string | undefined;
  /** What came of the button. */
  declare told: string | undefined;
  declare busy: boolean;

  /** The proof whose end is waited for. */
  private waited: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.ended = false;
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ended = true;
    clearTimeout(this.timer);
  }

  private async load(): Promise<void> {
    clearTimeout(this.timer);
    try {
      this.take(await send<ProofList>("GET", "/api/proofs", this.token));
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Problem ? (error.status === 403 ? w.refused : error.message) : texts.errors.unreachable;
    }
    if (this.ended) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), this.waited ? often : seldom);
  }

  private take(list: ProofList): void {
    const done = list.proofs.find((p) => p.id === this.waited);
    if (done) this.told = w.ended(done.differences === 0);
    // One that ended without a report has said why in the log of the service.
    else if (this.waited && !list.running) this.told = undefined;
    this.waited = list.running?.id;
    this.list = list;
  }

  private async run(): Promise<void> {
    if (this.busy || this.list?.running) return;
    this.busy = true;
    this.told = undefined;
    try {
      const begun = await send<{ id: string; already_running: boolean }>("POST", "/api/proofs", this.token);
      this.waited = begun.id;
      if (begun.already_running) this.told = w.already;
      await this.load();
    } catch (error) {
      this.told = w.notBegun(error instanceof Problem ? error.message : texts.errors.unreachable);
    } finally {
      this.busy = false;
    }
  }

  protected override render(): TemplateResult {
    const { list } = this;
    const under = list?.running;
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${texts.proofs.title}</h1>
      <div class="ucp-measure">
        <p>${w.lead}</p>
        <p>${w.more}</p>
        <p class="ucp-quiet">${w.limit}</p>
      </div>
      ${this.failure !== undefined ? html`<p class="ucp-caution ucp-caution--stop" role="alert">${list ? w.stale(this.failure) : this.failure}</p>` : nothing}
      ${list
        ? html`<button type="button" class="nhsuk-button nhsuk-button--small" aria-disabled=${this.busy || under ? "true" : "false"} @click=${() => void this.run()}>${w.run}</button>`
        : this.failure === undefined
          ? html`<p class="ucp-quiet">${texts.loading} …</p>`
          : nothing}
      ${under ? this.underWay(under, list?.proofs[0]?.plans ?? 0) : nothing}
      <div role="status">${this.told && (!under || this.told === w.already) ? html`<p class="ucp-found">${this.told}</p>` : nothing}</div>
      ${list ? this.reports(list.proofs) : nothing}
    `;
  }

  private underWay(under: Proof, before: number): TemplateResult {
    const of = Math.max(before, under.plans);
    return html`<section class="ucp-proof" aria-labelledby="under-way">
      <h2 class="nhsuk-heading-s" id="under-way">${w.running(under.plans, before >= under.plans ? before : 0)}</h2>
      <progress class="ucp-proof__bar" aria-label=${w.progress} max=${of > 0 ? of : nothing} value=${under.plans > 0 && of > 0 ? under.plans : nothing}></progress>
      <p class="ucp-quiet">${w.beside}</p>
    </section>`;
  }

  private reports(proofs: readonly Proof[]): TemplateResult {
    if (proofs.length === 0) return html`<p class="ucp-quiet">${w.none}</p>`;
    return html`<table class="ucp-plans" role="table">
      <caption class="nhsuk-u-visually-hidden">${w.reports}</caption>
      <thead role="rowgroup">
        <tr role="row">${w.columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr>
      </thead>
      <tbody role="rowgroup">${repeat(proofs, (p) => p.id, (p) => report(p, this.centre))}</tbody>
    </table>`;
  }
}

function report(p: Proof, centre: boolean): TemplateResult {
  const began = instant(p.began);
  const ended = instant(p.ended);
  const tone = p.differences === 0 ? "nhsuk-tag--green" : p.mended ? "nhsuk-tag--orange" : "nhsuk-tag--red";
  const elsewhere = p.differences - p.findings.length;
  return html`<tr role="row" data-proof=${p.id}>
    <td role="cell">
      ${began ? dayAndTime(began, zone) : ""}
      <span class="ucp-quiet">${began && ended ? w.took((ended.getTime() - began.getTime()) / 1000) : ""}</span>
    </td>
    <td role="cell" data-label=${w.columns[1]!}>${w.compared(p.visits, p.plans)}</td>
    <td role="cell" data-label=${w.columns[2]!}>${w.alerts(p.expected, p.found)}</td>
    <td role="cell">
      <strong class="nhsuk-tag ${tone}">${p.differences === 0 ? w.clean : p.mended ? w.mended(p.differences) : w.open(p.differences)}</strong>
      ${p.findings.length > 0
        ? html`<details class="ucp-proof__findings">
            <summary>${w.findings(p.findings.length)}</summary>
            <ul>
              ${p.findings.map((f) => finding(f, centre))}
            </ul>
          </details>`
        : nothing}
      ${elsewhere > 0 ? html`<p class="ucp-quiet">${w.others(elsewhere)}</p>` : nothing}
    </td>
  </tr>`;
}

function finding(f: Finding, centre: boolean): TemplateResult {
  return html`<li>
    <p>
      <strong>${w.faults[f.fault] ?? f.fault}.</strong>
      ${f.mended ? w.isMended : html`<strong class="ucp-proof__open">${w.notMended}</strong>`}.
    </p>
    <dl>
      <dt>${w.department}</dt>
      <dd><bdi>${f.department_name || f.department || w.noDepartment}</bdi></dd>
      <dt>${w.centre}</dt>
      <dd><bdi>${f.centre_name || f.centre}</bdi></dd>
      <dt>${w.plan}</dt>
      <dd>${centre ? html`<a href="/centre/plans/${encodeURIComponent(f.plan)}"><bdi>${f.plan}</bdi></a>` : html`<bdi>${f.plan}</bdi>`}</dd>
      <dt>${w.attendance}</dt>
      <dd><bdi>${f.attendance}</bdi></dd>
    </dl>
  </li>`;
}

customElements.define("ucp-proofs", ProofPage);
