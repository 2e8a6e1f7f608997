// How do the departments of a hospital, or of a region, stand; and which of them needs somebody now?
//
// For coordinators, and for clinicians who look at more than one board. Nothing is answered here: that is the department's word. This page is
// loaded when somebody asks for it, never before.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Department } from "../api.ts";
import { Announcer } from "../board/announcer.ts";
import { Bell } from "../board/bell.ts";
import { phoneList } from "../board/phones.ts";
import { boardPath } from "../board/plan.ts";
import { holderOf, type News, type Row, urgencyOf } from "../board/rows.ts";
import "../board/sound-settings.ts";
import { soundButtons, stripText } from "../board/strip.ts";
import { streamAt, streamFor } from "../department-stream.ts";
import { placeOf } from "../door/choose.ts";
import { LightElement } from "../light.ts";
import { type Alert, type Status, type StreamClient, watchPage } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { clock, instant, timeOrDay, wait, zoneOf } from "../words/dates.ts";
import { patientName } from "../words/patient.ts";
import { type Area, type Areas, inNeed, rowsOf, type Step, sums, swept, withChange, within, withSnapshot, withStatus } from "./areas.ts";
import { words as w } from "./texts.ts";

const zone = "Europe/London";

export class Overview extends LightElement {
  static override properties = {
    token: { attribute: false },
    departments: { attribute: false },
    boards: { attribute: false },
    areas: { state: true },
    status: { state: true },
    hospital: { state: true },
    choosing: { state: true },
  };
  declare token: string;
  declare departments: readonly Department[];
  /** Whether boards may be opened from here. */
  declare boards: boolean;
  declare areas: Areas;
  declare status: Status;
  /** The organisation whose departments are shown; empty for all. Kept for as long as the page stays, like the filters of a board. */
  declare hospital: string;
  /** The sounds are being chosen. */
  declare choosing: boolean;

  private readonly announcer = new Announcer(() => this.requestUpdate());
  private client!: StreamClient;
  private bell!: Bell;
  private loaded = false;
  private ends: (() => void)[] = [];

  constructor() {
    super();
    this.areas = new Map();
    this.status = { health: "waiting", phase: "connecting" };
    this.hospital = "";
    this.choosing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.client = streamFor(this, this.token, {
      url: streamAt("/stream/me"),
      handler: {
        snapshot: (alerts) => {
          this.step(withSnapshot(this.areas, alerts, !this.loaded, performance.now()));
          this.loaded = true;
        },
        change: (frame) => this.step(withChange(this.areas, frame, performance.now())),
        status: (status) => this.onStatus(status),
        standing: (status) => (this.areas = withStatus(this.areas, status)),
      },
    });
    this.bell = new Bell(() => this.requestUpdate());
    const ticking = window.setInterval(() => {
      this.areas = swept(this.areas, performance.now());
      this.requestUpdate();
    }, 1_000);
    this.ends = [watchPage(this.client), () => window.clearInterval(ticking), () => this.client.stop(), () => this.bell.close(), () => this.announcer.close()];
    this.client.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.ends) end();
    this.ends = [];
  }

  protected override updated(): void {
    document.title = texts.boardTitle(sums(this.areas).waiting, texts.overview.title, this.status.health === "lost");
  }

  protected override render(): TemplateResult {
    const { health } = this.status;
    const { shown, hidden } = within(this.areas, (id) => this.isChosen(id));
    const { waiting, answered, dark } = sums(shown);
    return html`
      <div class="ucp-strip ucp-strip--${health}" role="region" aria-label=${texts.strip.label} data-health=${health}>
        <div class="ucp-strip__inner ucp-width">
          <p class="ucp-strip__text"><span class="ucp-strip__lamp" aria-hidden="true"></span>${stripText(this.status, zone)}</p>
          <div class="ucp-strip__sound" role="group" aria-label=${texts.strip.tools}>${soundButtons(this.bell, health === "lost", () => (this.choosing = true))}</div>
        </div>
      </div>
      <div class="ucp-width">
        <main class="ucp-main ucp-overview" id="maincontent" tabindex="-1" data-health=${health}>
          <div class="ucp-title">
            <h1 class="ucp-title__name">${texts.overview.title}</h1>
            ${this.chooser()}
          </div>
          ${this.loaded
            ? html`<p class="ucp-overview__sums" role="status">
                  <strong class=${waiting > 0 ? "ucp-overview__due" : ""}>${w.waiting(waiting)}</strong>
                  <span>${w.answered(answered)}</span>
                  ${dark > 0 && health !== "lost" ? html`<strong class="ucp-overview__dark">${w.unseen(dark)}</strong>` : nothing}
                </p>
                ${hidden > 0
                  ? html`<p class="ucp-overview__hidden" data-hidden=${hidden}>${w.hidden(hidden)} <button type="button" class="ucp-chip" @click=${() => (this.hospital = "")}>${w.showAll}</button></p>`
                  : nothing}
                ${this.areas.size === 0 ? html`<p>${w.none}</p>` : nothing}
                <ul class="ucp-list ucp-overview__areas">
                  ${repeat(inNeed(shown, (id) => this.placeOf(id)), (area) => area.id, (area) => html`<li>${this.area(area)}</li>`)}
                </ul>`
            : html`<p class="ucp-quiet">${w.loading}</p>`}
        </main>
      </div>
      ${this.choosing ? html`<ucp-sound-settings .bell=${this.bell} once @sounds-closed=${() => this.soundsChosen()}></ucp-sound-settings>` : nothing}
      ${this.announcer.render()}
    `;
  }

  /** Between everything that the account sees and one hospital of it; nothing where there is one only. */
  private chooser(): TemplateResult | typeof nothing {
    const names = new Map(this.departments.filter((d) => this.areas.has(d.id)).map((d) => [d.organisation, d.organisation_name]));
    if (names.size < 2) return nothing;
    const regions = new Set(this.departments.filter((d) => this.areas.has(d.id)).map((d) => d.region_name));
    const option = (id: string, name: string) => html`<option value=${id}>${name}</option>`;
    return html`<p class="ucp-overview__chooser">
      <label class="nhsuk-label" for="hospital">${w.show}</label>
      <select class="nhsuk-select" id="hospital" .value=${this.hospital} @change=${(event: Event) => (this.hospital = (event.target as HTMLSelectElement).value)}>
        ${option("", regions.size === 1 ? w.region([...regions][0]!) : w.everything)}
        ${[...names].sort(([, a], [, b]) => a.localeCompare(b, "en-GB")).map(([id, name]) => option(id, name))}
      </select>
    </p>`;
  }

  private isChosen(id: string): boolean {
    return this.hospital === "" || this.departments.find((d) => d.id === id)?.organisation === this.hospital;
  }

  private area(area: Area): TemplateResult {
    const { waiting, answered } = rowsOf(area);
    const department = this.departments.find((d) => d.id === area.id);
    const place = this.placeOf(area.id);
    const rows = [...waiting, ...answered];
    const standing = (list: Row[]) => list.filter((row) => !row.leaving).length;
    return html`<article class="ucp-panel ucp-overview__area" data-department=${area.id} aria-labelledby="area-${area.id}">
      <div class="ucp-overview__head">
        <h2 class="ucp-panel__title" id="area-${area.id}"><bdi>${place}</bdi> <span class="ucp-quiet"><bdi>${department?.organisation_name ?? area.id}</bdi></span></h2>
        <p class="ucp-overview__count">${w.counts(standing(waiting), standing(answered))}</p>
        ${this.boards ? html`<a class="ucp-overview__board" href=${boardPath(area.id)}>${w.boardShort}<span class="nhsuk-u-visually-hidden">: ${place}</span></a>` : nothing}
      </div>
      ${this.standing(area)} ${this.status.health === "lost" ? phoneList(department?.phones ?? []) : nothing}
      ${rows.length > 0 ? this.table(rows, place, zoneOf(department?.time_zone)) : nothing}
    </article>`;
  }

  /** What the department's board depends on. While this page is not live, nothing that it was told counts. */
  private standing({ status }: Area): TemplateResult | typeof nothing {
    if (this.status.health === "lost") return nothing;
    const { screens, feed, canary } = status ?? {};
    const since = instant(feed?.since);
    const last = instant(canary?.last);
    const fails = canary?.state === "alarm" || canary?.state === "missed";
    return html`<ul class="ucp-overview__standing">
      ${screens === undefined
        ? html`<li data-screens="unknown"><strong class="nhsuk-tag nhsuk-tag--grey">${w.screens.unknown}</strong></li>`
        : screens.visible > 0
          ? html`<li data-screens="seen"><strong class="nhsuk-tag nhsuk-tag--green">${w.screens.some(screens.visible, screens.connected)}</strong></li>`
          : html`<li data-screens="none"><strong class="nhsuk-tag nhsuk-tag--red">${w.screens.none}</strong> ${w.screens.act}</li>`}
      ${feed?.state === "silent" ? html`<li data-feed="silent"><strong class="nhsuk-tag nhsuk-tag--red">${w.feed.silent(since ? timeOrDay(since, this.client.now, zone) : "")}</strong> ${w.feed.act}</li>` : nothing}
      ${fails
        ? html`<li data-check=${canary.state}><strong class="nhsuk-tag ${canary.state === "alarm" ? "nhsuk-tag--red" : "nhsuk-tag--yellow"}">${canary.state === "alarm" ? w.check.alarm : w.check.missed}</strong> ${canary.state === "alarm" ? w.check.act : nothing}</li>`
        : last
          ? html`<li class="ucp-quiet" data-check="passed">${w.check.passed(timeOrDay(last, this.client.now, zone))}</li>`
          : nothing}
    </ul>`;
  }

  private table(rows: readonly Row[], place: string, here: string): TemplateResult {
    return html`<table class="ucp-plans ucp-overview__rows" role="table">
      <caption class="nhsuk-u-visually-hidden">${w.caption(place)}</caption>
      <thead role="rowgroup">
        <tr role="row">${w.columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr>
      </thead>
      <tbody role="rowgroup">${repeat(rows, (row) => row.alert.id, (row) => this.row(row, here))}</tbody>
    </table>`;
  }

  private row({ alert, leaving }: Row, here: string): TemplateResult {
    const urgency = urgencyOf(alert);
    const arrived = instant(alert.arrived ?? alert.raised);
    const gone = leaving !== undefined && !alert.recall;
    return html`<tr role="row" class="${gone ? "ucp-overview__gone" : alert.state === "raised" ? "ucp-overview__waits" : ""}" data-alert=${alert.id} data-state=${alert.state}>
      <td role="cell"><strong class="nhsuk-tag ucp-urgency ucp-urgency--${urgency}">${texts.urgency[urgency]}</strong></td>
      <td role="cell" data-label=${w.columns[1]}><bdi>${alert.location ?? (this.unnamed(alert) ? w.unplaced : texts.card.nowhere)}</bdi></td>
      <td role="cell" data-label=${w.columns[2]}><bdi>${this.patient(alert)}</bdi></td>
      <td role="cell" class="ucp-overview__says" data-label=${w.columns[3]}><bdi>${this.says(alert)}</bdi></td>
      <td role="cell" data-label=${w.columns[4]}>${arrived ? timeOrDay(arrived, this.client.now, here) : ""}</td>
      <td role="cell" data-label=${w.columns[5]}>${this.state(alert, gone)}${alert.mine?.length ? html` <strong class="nhsuk-tag nhsuk-tag--blue">${w.mine}</strong>` : nothing}</td>
    </tr>`;
  }

  private patient(alert: Alert): string {
    if (alert.patient) return patientName(alert.patient) ?? texts.card.nameless;
    return this.unnamed(alert) ? w.unnamed : texts.card.nameless;
  }

  /** A region is not told whose visit it is. */
  private unnamed(alert: Alert): boolean {
    return alert.attendance === undefined && alert.state !== "withdrawn";
  }

  private says(alert: Alert): string {
    if (alert.headline) return alert.headline;
    return alert.match === "possible" ? w.possible : alert.show === "restricted" ? w.restricted : "";
  }

  private state(alert: Alert, gone: boolean): TemplateResult | string {
    if (alert.recall) return html`<strong class="nhsuk-tag nhsuk-tag--red">${w.recall}</strong>`;
    if (gone) return alert.state_reason ? `${texts.card.withdrawnTag}: ${alert.state_reason}` : texts.card.withdrawnTag;
    const raised = instant(alert.raised);
    if (alert.state === "raised") return html`<strong>${w.waits(raised ? wait(raised, this.client.now) : "")}</strong>`;
    return html`✓ <bdi>${w.takenBy(holderOf(alert) ?? "")}</bdi>`;
  }

  private placeOf(id: string): string {
    const department = this.departments.find((d) => d.id === id);
    return department ? placeOf(department) : id;
  }

  private step({ areas, news }: Step): void {
    this.areas = areas;
    for (const each of news) this.tell(each);
  }

  /** What needs nobody here is seen and not said. An alert sounds once: whoever coordinates cannot acknowledge it. What the choice of a hospital hides is neither. */
  private tell(news: News): void {
    if (news.kind === "loaded") return this.announcer.later(texts.announce.loaded(news.open, news.unanswered));
    if (news.kind !== "arrived" && news.kind !== "withdrawn") return;
    const alerts = news.kind === "arrived" ? news.alerts : [news.alert];
    const heard = alerts.filter((alert) => this.isChosen(alert.department) || urgencyOf(alert) === "critical");
    for (const alert of heard) this.announcer.now(news.kind === "arrived" ? this.arrival(alert) : w.withdrawn(this.placeOf(alert.department), alert.state_reason ?? ""));
    if (news.kind === "arrived") this.bell.ring(heard.map(urgencyOf));
  }

  private arrival(alert: Alert): string {
    return w.arrived(texts.urgency[urgencyOf(alert)].toLocaleLowerCase("en-GB"), this.placeOf(alert.department), this.unnamed(alert) ? "" : this.patient(alert), this.says(alert));
  }

  private soundsChosen(): void {
    this.choosing = false;
    void this.updateComplete.then(() => document.getElementById("choose-sounds")?.focus());
  }

  private onStatus(status: Status): void {
    const before = this.status.health;
    this.status = status;
    if (before === status.health) return;
    this.bell.alarm(status.health === "lost");
    if (status.health === "lost") this.announcer.now(status.lastHeard ? texts.strip.lost(clock(status.lastHeard, zone)) : texts.strip.lostNever);
    if (before === "lost" && status.health === "live") this.announcer.now(texts.strip.backAgain);
  }
}

customElements.define("ucp-overview", Overview);
