// Who arrived on a day and what was found for each, and what became of the alerts of the last days?

import { html, nothing, type TemplateResult } from "lit";
import { type Department, Problem } from "../api.ts";
import { placeOf } from "../door/choose.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { birthDate, day, exact, instant, timeOfDay, timeOrDay, zoneOf } from "../words/dates.ts";
import { age, patientName, sex, spacedNHSNumber } from "../words/patient.ts";
import type { Patient } from "../stream/index.ts";
import { type Arrival, type ArrivalPage, arrivals, type Moment, type RecentAlert, type RecentAlerts, recentAlerts } from "./api.ts";

const w = texts.recent;

export class RecentPage extends LightElement {
  static override properties = {
    department: { attribute: false },
    token: { attribute: false },
    page: { state: true },
    alerts: { state: true },
    failure: { state: true },
    loading: { state: true },
  };
  declare department: Department;
  declare token: string;
  /** The day's arrivals, as far as they were asked for. */
  declare page: ArrivalPage | undefined;
  declare alerts: RecentAlerts | undefined;
  declare failure: string | undefined;
  declare loading: boolean;

  private asked = 0;

  constructor() {
    super();
    this.loading = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    Promise.all([import("../identity/ruled-out.ts"), import("./said.ts"), import("./told.ts")]).catch(() => (this.failure = texts.errors.unreachable));
    void this.load("");
  }

  private async load(day: string): Promise<void> {
    const asked = ++this.asked;
    this.loading = true;
    this.failure = undefined;
    try {
      const [page, alerts] = await Promise.all([arrivals(this.department.id, this.token, day), recentAlerts(this.department.id, this.token)]);
      if (asked !== this.asked) return;
      this.page = page;
      this.alerts = alerts;
    } catch (error) {
      if (asked === this.asked) this.failure = said(error);
    }
    if (asked === this.asked) this.loading = false;
  }

  /** The next page of the same day, below those that are shown. */
  private async more(): Promise<void> {
    const { page } = this;
    if (!page?.next || this.loading) return;
    const asked = ++this.asked;
    this.loading = true;
    try {
      const next = await arrivals(this.department.id, this.token, page.day, page.next);
      if (asked === this.asked) this.page = { ...next, arrivals: [...page.arrivals, ...next.arrivals] };
    } catch (error) {
      if (asked === this.asked) this.failure = said(error);
    }
    if (asked === this.asked) this.loading = false;
  }

  private get zone(): string {
    return zoneOf(this.department.time_zone);
  }

  protected override render(): TemplateResult {
    return html`
      <a class="nhsuk-back-link" href="/board/${encodeURIComponent(this.department.id)}">${w.back}</a>
      <div class="ucp-title">
        <h1 class="ucp-title__name">${w.title} <span class="nhsuk-caption-l">${placeOf(this.department)}</span></h1>
        <form class="ucp-recent__day" @submit=${(event: Event) => this.chosen(event)}>
          <label class="nhsuk-label" for="recent-day">${w.day}</label>
          <input class="nhsuk-input" id="recent-day" type="date" .value=${this.page?.day ?? ""} />
          <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small">${w.show}</button>
        </form>
      </div>
      ${this.failure !== undefined
        ? html`<div class="ucp-caution ucp-caution--stop" role="alert">
            <p>${this.failure}</p>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load(this.page?.day ?? "")}>${w.retry}</button>
          </div>`
        : nothing}
      <ucp-ruled-out .department=${this.department.id} .token=${this.token} .zone=${this.zone}></ucp-ruled-out>
      ${this.page ? this.arrived(this.page) : this.failure === undefined ? html`<p class="ucp-quiet">${texts.loading} …</p>` : nothing} ${this.alerts ? this.had(this.alerts) : nothing}
    `;
  }

  private chosen(event: Event): void {
    event.preventDefault();
    void this.load(this.querySelector<HTMLInputElement>("#recent-day")?.value ?? "");
  }

  private arrived(page: ArrivalPage): TemplateResult {
    return html`
      <section aria-labelledby="arrivals-title" aria-busy=${this.loading ? "true" : "false"}>
        <h2 class="ucp-heading" id="arrivals-title">${w.arrivals(birthDate(page.day))}</h2>
        <p class="ucp-measure ucp-quiet">${w.meaning}</p>
        ${page.arrivals.length === 0
          ? html`<p class="ucp-empty">${w.nobody}</p>`
          : html`<table class="ucp-plans ucp-recent" role="table">
              <caption class="nhsuk-u-visually-hidden">${w.arrivals(birthDate(page.day))}</caption>
              <thead role="rowgroup">
                <tr role="row">${[w.when, w.patient, w.found].map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr>
              </thead>
              <tbody role="rowgroup">${page.arrivals.map((a) => this.arrival(a))}</tbody>
            </table>`}
        ${page.next ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary" ?disabled=${this.loading} @click=${() => void this.more()}>${w.more}</button>` : nothing}
      </section>
    `;
  }

  private arrival(a: Arrival): TemplateResult {
    const at = instant(a.arrived);
    const left = instant(a.left);
    return html`
      <tr role="row" data-attendance=${a.attendance} data-found=${a.found}>
        <td role="cell" class="ucp-recent__time">
          ${at ? timeOfDay(at, this.zone) : w.unknownTime}
          <span class="ucp-quiet">${left ? w.left(timeOrDay(left, at ?? left, this.zone)) : (w.states[a.state] ?? a.state)}</span>
        </td>
        <td role="cell" class="ucp-plans__who">${whoWas(a.patient)}${a.location ? html` <span class="ucp-quiet"><bdi>${a.location}</bdi></span>` : nothing}</td>
        <td role="cell">
          <strong class="nhsuk-tag ${tones[a.found] ?? "nhsuk-tag--grey"}">${w.outcome[a.found] ?? a.found}</strong>
          ${a.missing?.length ? html`<span>${w.missing(a.missing)}</span>` : nothing}
          <span class="ucp-quiet">${this.checkedAt(a, at)}</span>
        </td>
      </tr>
    `;
  }

  /** "Checked 14:03:10 against plans up to 14:02:41" */
  private checkedAt(a: Arrival, arrived: Date | undefined): string {
    const at = instant(a.checked);
    if (!at) return w.notChecked;
    const to = instant(a.plans_to);
    return w.checked(exact(at, arrived ?? at, this.zone), to ? exact(to, at, this.zone) : "");
  }

  private had(list: RecentAlerts): TemplateResult {
    const since = instant(list.since);
    return html`
      <section aria-labelledby="recent-alerts-title">
        <h2 class="ucp-heading ucp-heading--second" id="recent-alerts-title">${since ? w.alerts(birthDate(dayOf(since, this.zone))) : w.alertsTitle}</h2>
        ${list.alerts.length === 0 ? html`<p class="ucp-quiet">${w.noAlerts}</p>` : html`<ol class="ucp-recent__alerts">${list.alerts.map((a) => this.alert(a))}</ol>`}
        ${list.more ? html`<p class="ucp-quiet">${w.moreAlerts}</p>` : nothing}
      </section>
    `;
  }

  private alert(a: RecentAlert): TemplateResult {
    const raised = instant(a.raised);
    const urgency = texts.urgency[a.urgency as keyof typeof texts.urgency];
    return html`<li class="ucp-recent__alert" data-alert=${a.id}>
      <h3 class="ucp-recent__who">${whoWas(a.patient)}</h3>
      <p class="ucp-recent__tags">
        ${urgency ? html`<strong class="nhsuk-tag ucp-urgency ucp-urgency--${a.urgency}">${urgency}</strong> ` : nothing}
        <strong class="nhsuk-tag ${a.match === "possible" ? "nhsuk-tag--yellow" : "nhsuk-tag--grey"}">${a.match === "possible" ? texts.card.possibleTag : w.confirmed}</strong>
        <bdi>${a.centre_name ?? a.centre}</bdi>${raised ? html`<span class="ucp-quiet"> · ${day(raised, this.zone)}</span>` : nothing}
      </p>
      <p class="ucp-recent__changed" data-changed=${a.changed ?? ""}>${a.changed ? w.changed(texts.outcome.changed[a.changed] ?? a.changed) : html`<span class="ucp-quiet">${w.notChanged}</span>`}</p>
      <ol class="ucp-recent__moments">${a.timeline.map((m) => moment(m, raised, this.zone))}</ol>
      <ucp-was-told .alert=${a.id} .who=${patientName(a.patient) ?? texts.card.nameless} .token=${this.token} .zone=${this.zone} .raised=${raised}></ucp-was-told>
      ${a.timeline.some((m) => m.what === "asked" || m.what === "disputed") ? html`<ucp-said .alert=${a.id} .who=${patientName(a.patient) ?? texts.card.nameless} .token=${this.token} .zone=${this.zone}></ucp-said>` : nothing}
    </li>`;
  }
}

const tones: Readonly<Record<string, string>> = {
  plan: "nhsuk-tag--green", possible: "nhsuk-tag--yellow", none: "nhsuk-tag--grey", "not shared": "nhsuk-tag--grey", "too little known": "nhsuk-tag--orange",
};

function said(error: unknown): string {
  if (!(error instanceof Problem)) return texts.errors.unreachable;
  return error.status === 403 ? w.clinicians : error.message;
}

function whoWas(p: Patient): TemplateResult {
  const more = [p.birth_date ? birthDate(p.birth_date) : "", p.age === undefined ? "" : age(p.age), p.sex ? sex(p.sex) : ""].filter((part) => part !== "");
  return html`<bdi>${patientName(p) || texts.card.nameless}</bdi>
    <span class="ucp-quiet">${more.join(" · ")}${more.length > 0 ? " · " : ""}<span class="ucp-number">${p.nhs_number ? spacedNHSNumber(p.nhs_number) : w.noNumber}</span></span>`;
}

function moment(m: Moment, raised: Date | undefined, zone: string): TemplateResult {
  const at = instant(m.at);
  return html`<li class="ucp-recent__moment" data-what=${m.what}>
    <time datetime=${m.at}>${at ? exact(at, raised ?? at, zone) : ""}</time>
    <span>${w.moments[m.what] ?? m.what}${m.by ? html` <bdi>${w.by(m.by)}</bdi>` : nothing}${m.screen ? html` <bdi class="ucp-recent__screen">${w.on(m.screen)}</bdi>` : nothing}${m.why ? html`<span class="ucp-quiet">: ${m.why}</span>` : nothing}</span>
  </li>`;
}

/** "2026-11-22", the day of an instant in a zone. */
function dayOf(at: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

customElements.define("ucp-recent", RecentPage);
