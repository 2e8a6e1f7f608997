// What is for this person now, and what were they told of?
//
// It follows the personal stream. Nothing is answered here: a row leads to the board of its department.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { type Department, Problem } from "../api.ts";
import { Announcer } from "../board/announcer.ts";
import { Bell } from "../board/bell.ts";
import { boardPath, planPath } from "../board/plan.ts";
import { type Board, emptyBoard, holderOf, inOrder, type News, type Row, type Step, sweep, takeChange, takeSnapshot, unanswered, urgencyOf } from "../board/rows.ts";
import { soundButtons, stripText } from "../board/strip.ts";
import "../board/sound-settings.ts";
import { streamAt, streamFor } from "../department-stream.ts";
import { placeOf } from "../door/choose.ts";
import { LightElement } from "../light.ts";
import { type Alert, type Status, type StreamClient, watchPage } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { dayAndTime, instant, timeOrDay, wait, zoneOf } from "../words/dates.ts";
import { patientName } from "../words/patient.ts";
import { toldOf, type WasTold } from "./api.ts";
import { happening } from "./preview.ts";
import { words } from "./texts.ts";

const w = words.now;
const zone = "Europe/London";

/** How often what was told is asked for, in milliseconds. */
const every = 60_000;

/** Whether an alert is for whoever looks, as the stream says. */
const mine = (alert: Alert) => (alert.mine?.length ?? 0) > 0;

export class Now extends LightElement {
  static override properties = {
    token: { attribute: false }, departments: { attribute: false }, subscribes: { attribute: false },
    board: { state: true }, status: { state: true }, loaded: { state: true }, told: { state: true }, failure: { state: true }, choosing: { state: true },
  };
  declare token: string;
  declare departments: readonly Department[];
  /** Whether the account may subscribe. */
  declare subscribes: boolean;
  declare board: Board;
  declare status: Status;
  declare loaded: boolean;
  declare told: readonly WasTold[] | undefined;
  declare failure: string | undefined;
  /** The sounds are being chosen. */
  declare choosing: boolean;

  private readonly announcer = new Announcer(() => this.requestUpdate());
  private client!: StreamClient;
  private bell!: Bell;
  private ends: (() => void)[] = [];

  constructor() {
    super();
    this.board = emptyBoard;
    this.status = { health: "waiting", phase: "connecting" };
    this.loaded = this.choosing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.client = streamFor(this, this.token, {
      url: streamAt("/stream/me"),
      handler: {
        snapshot: (alerts) => {
          this.step(takeSnapshot(this.board, alerts.filter(mine), !this.loaded, performance.now()));
          this.loaded = true;
        },
        change: (frame) => {
          if (mine(frame.alert) || this.board.rows.has(frame.alert.id)) this.step(takeChange(this.board, frame, performance.now()));
        },
        status: (status) => this.onStatus(status),
      },
    });
    this.bell = new Bell(() => this.requestUpdate());
    const ticking = window.setInterval(() => {
      this.board = sweep(this.board, performance.now());
      this.requestUpdate();
    }, 1_000);
    const asking = window.setInterval(() => void this.load(), every);
    this.ends = [watchPage(this.client), () => window.clearInterval(ticking), () => window.clearInterval(asking), () => this.client.stop(), () => this.bell.close(), () => this.announcer.close()];
    this.client.start();
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.ends) end();
    this.ends = [];
  }

  private async load(): Promise<void> {
    if (!this.subscribes) return;
    try {
      this.told = await toldOf(this.token);
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  private step({ board, news }: Step): void {
    this.board = board;
    for (const each of news) this.tell(each);
  }

  private tell(news: News): void {
    if (news.kind === "loaded") return this.announcer.later(texts.announce.loaded(news.open, news.unanswered));
    if (news.kind !== "arrived") return;
    this.announcer.now(w.arrived(news.alerts.map((alert) => this.placeOf(alert.department)).join(", ")));
    this.bell.ring(news.alerts.map(urgencyOf));
    void this.load();
  }

  private onStatus(status: Status): void {
    const before = this.status.health;
    this.status = status;
    if (before !== status.health) this.bell.alarm(status.health === "lost");
  }

  protected override updated(): void {
    document.title = texts.boardTitle(this.waiting, texts.subscriptions.now, this.status.health === "lost");
  }

  private get waiting(): number {
    return [...this.board.rows.values()].filter(unanswered).length;
  }

  protected override render(): TemplateResult {
    const { health } = this.status;
    const { waiting, answered, departed } = inOrder(this.board);
    const rows = [...waiting, ...answered, ...departed];
    return html`
      <div class="ucp-strip ucp-strip--${health}" role="region" aria-label=${texts.strip.label} data-health=${health}>
        <div class="ucp-strip__inner ucp-width">
          <p class="ucp-strip__text"><span class="ucp-strip__lamp" aria-hidden="true"></span>${stripText(this.status, zone)}</p>
          <div class="ucp-strip__sound" role="group" aria-label=${texts.strip.tools}>${soundButtons(this.bell, health === "lost", () => (this.choosing = true))}</div>
        </div>
      </div>
      <div class="ucp-width">
        <main class="ucp-main ucp-now" id="maincontent" tabindex="-1" data-health=${health}>
          <div class="ucp-title">
            <h1 class="ucp-title__name">${w.title}</h1>
            ${this.loaded ? html`<p class="ucp-title__summary" role="status">${w.waiting(this.waiting)}</p>` : nothing}
          </div>
          <p class="ucp-measure ucp-quiet">${w.lead}</p>
          ${!this.loaded
            ? html`<p class="ucp-quiet">${texts.loading} …</p>`
            : rows.length === 0
              ? html`<div class="ucp-empty"><h2 class="ucp-empty__title">${w.none}</h2><p>${w.noneLead}</p></div>`
              : html`<ul class="ucp-list">${repeat(rows, (row) => row.alert.id, (row) => html`<li>${this.row(row)}</li>`)}</ul>`}
          ${this.subscribes ? this.lately() : nothing}
        </main>
      </div>
      ${this.choosing ? html`<ucp-sound-settings .bell=${this.bell} once @sounds-closed=${() => (this.choosing = false)}></ucp-sound-settings>` : nothing}
      ${this.announcer.render()}
    `;
  }

  private row({ alert, leaving }: Row): TemplateResult {
    const urgency = urgencyOf(alert);
    const department = this.departments.find((d) => d.id === alert.department);
    const arrived = instant(alert.arrived ?? alert.raised);
    const named = alert.attendance !== undefined;
    return html`<article class="ucp-panel ucp-now__one" data-alert=${alert.id} data-state=${alert.state}>
      <p class="ucp-now__tags"><strong class="nhsuk-tag ucp-urgency ucp-urgency--${urgency}">${texts.urgency[urgency]}</strong> ${this.state(alert, leaving !== undefined)}</p>
      <h2 class="nhsuk-heading-s ucp-subscribing__title"><bdi>${alert.patient ? (patientName(alert.patient) ?? texts.card.nameless) : this.placeOf(alert.department)}</bdi></h2>
      ${alert.headline ? html`<p><bdi>${alert.headline}</bdi></p>` : nothing}
      <p class="ucp-quiet"><bdi>${[this.placeOf(alert.department), alert.location, alert.centre_name ?? alert.centre].filter(Boolean).join(" · ")}</bdi>${arrived ? ` · ${timeOrDay(arrived, this.client.now, zoneOf(department?.time_zone))}` : nothing}</p>
      ${leaving ? nothing : html`<p class="ucp-subscribing__ways"><a href=${boardPath(alert.department)}>${w.open}</a>${named ? html` <a href=${planPath(alert.department, alert.id)}>${w.plan}</a>` : nothing}</p>`}
    </article>`;
  }

  private state(alert: Alert, gone: boolean): TemplateResult {
    const raised = instant(alert.raised);
    if (gone) return html`<span class="ucp-quiet">${alert.state_reason ?? texts.card.withdrawnTag}</span>`;
    if (alert.state === "raised") return html`<strong>${w.waits(raised ? wait(raised, this.client.now) : "")}</strong>`;
    return html`<span>✓ <bdi>${w.with(holderOf(alert) ?? "")}</bdi></span>`;
  }

  private placeOf(id: string): string {
    const department = this.departments.find((d) => d.id === id);
    return department ? placeOf(department) : id;
  }

  private lately(): TemplateResult {
    const tone: Readonly<Record<string, string>> = { sent: "nhsuk-tag--green", failed: "nhsuk-tag--red", nobody: "nhsuk-tag--red", waits: "nhsuk-tag--yellow" };
    return html`<section aria-labelledby="told-title">
      <h2 class="ucp-heading ucp-heading--second" id="told-title">${w.told}</h2>
      <p class="ucp-subscribing__ways"><a href="/on-call/subscriptions">${w.subscriptions}</a> <a href="/on-call/me">${words.list.ways}</a></p>
      ${this.failure ? html`<p class="ucp-caution" role="alert">${this.failure}</p>` : nothing}
      ${this.told === undefined
        ? nothing
        : this.told.length === 0
          ? html`<p class="ucp-quiet">${w.toldNone}</p>`
          : html`<ol class="ucp-told">
              ${this.told.map(
                (t) => html`<li class="ucp-told__one" data-told=${t.state}>
                  <time class="ucp-quiet" datetime=${t.at}>${dayAndTime(new Date(t.at), zone)}</time>
                  <span>${happening(t)} <strong class="nhsuk-tag ${tone[t.state] ?? "nhsuk-tag--grey"}">${w.states[t.state] ?? t.state}</strong>
                    <span class="ucp-quiet">${[t.by?.length ? w.by(t.by.map((kind) => words.kinds[kind] ?? kind).join(", ")) : "", t.words ?? ""].filter(Boolean).join("; ")}</span></span>
                </li>`,
              )}
            </ol>`}
    </section>`;
  }
}

customElements.define("ucp-now", Now);
