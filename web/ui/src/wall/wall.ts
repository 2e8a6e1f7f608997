// Who is here with a plan, for a screen on a wall that everybody can see?
//
// Initials and place only, large enough for five metres; nothing of any plan, no name, no number, and nothing to touch. What it shows is not
// reported as displayed: nobody could act on it without a board.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Department } from "../api.ts";
import { Bell } from "../board/bell.ts";
import { feedBand, silenceOf } from "../board/feed.ts";
import { oncePainted } from "../board/painted.ts";
import { phoneList } from "../board/phones.ts";
import { type Board, emptyBoard, inOrder, type Row, type Step, sweep, takeChange, takeSnapshot, unanswered, urgencyOf } from "../board/rows.ts";
import { checkText, stripText } from "../board/strip.ts";
import { asScreen, streamFor, streamOf } from "../department-stream.ts";
import { placeOf } from "../door/choose.ts";
import { LightElement } from "../light.ts";
import { type Status, type StreamClient, watchPage } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { clock, instant, wait, zoneOf } from "../words/dates.ts";
import { initials } from "./initials.ts";

const w = texts.wall;
/** So many fit on a screen and can still be read from five metres. More are counted. */
const room = 8;
/** A place of more letters than this is written smaller. */
const longPlace = 32;

export class Wall extends LightElement {
  static override properties = { department: { attribute: false }, token: { attribute: false }, board: { state: true }, status: { state: true }, silence: { state: true }, awake: { state: true } };
  declare department: Department;
  declare token: string;
  declare board: Board;
  declare status: Status;
  /** What is said of the hospital's feed while it is silent. */
  declare silence: string | undefined;
  /** The browser keeps the screen awake; undefined until it has said so. */
  declare awake: boolean | undefined;

  private client!: StreamClient;
  private bell!: Bell;
  private loaded = false;
  private ends: (() => void)[] = [];

  constructor() {
    super();
    this.board = emptyBoard;
    this.status = { health: "waiting", phase: "connecting" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { department, token } = this;
    this.client = streamFor(this, token, {
      url: streamOf(department.id),
      ...asScreen(),
      handler: {
        snapshot: (alerts) => {
          this.step(takeSnapshot(this.board, alerts, !this.loaded, performance.now()));
          this.loaded = true;
        },
        change: (frame) => this.step(takeChange(this.board, frame, performance.now())),
        status: (status) => this.onStatus(status),
        standing: ({ feed }) => (this.silence = silenceOf(feed, zoneOf(this.department.time_zone))),
        canary: ({ position }) => oncePainted(this, () => this.client.canaryDisplayed(position)),
      },
    });
    this.bell = new Bell(() => this.requestUpdate());
    const ticking = window.setInterval(() => {
      this.board = sweep(this.board, performance.now());
      this.requestUpdate();
    }, 1_000);
    const visible = () => void this.stayAwake();
    document.addEventListener("visibilitychange", visible);
    this.ends = [
      watchPage(this.client), () => window.clearInterval(ticking), () => this.client.stop(), () => this.bell.close(), () => document.removeEventListener("visibilitychange", visible),
    ];
    document.documentElement.dataset["wall"] = "";
    void this.stayAwake();
    this.client.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    delete document.documentElement.dataset["wall"];
    for (const end of this.ends) end();
    this.ends = [];
  }

  protected override updated(): void {
    const waiting = [...this.board.rows.values()].filter(unanswered);
    document.title = texts.boardTitle(waiting.length, this.department.id, this.status.health === "lost");
    this.bell.remind(waiting.map((row) => urgencyOf(row.alert)));
  }

  protected override render(): TemplateResult {
    const { waiting, answered } = inOrder(this.board);
    const standing = (rows: Row[]) => rows.filter((row) => !row.leaving || row.alert.recall);
    const rows = [...standing(waiting), ...standing(answered)];
    const count = standing(waiting).length;
    const zone = zoneOf(this.department.time_zone);
    const lost = this.status.health === "lost";
    const { check } = this.status;
    const alarm = (check?.missed ?? 0) >= 2;
    return html`
      <main class="ucp-wall" id="maincontent" tabindex="-1" data-health=${this.status.health}>
        <div class="ucp-wall__head ucp-wall__head--${this.status.health}">
          <h1>${placeOf(this.department)}</h1>
          <p class="ucp-wall__state"><span class="ucp-wall__lamp" aria-hidden="true"></span>${stripText(this.status, zone)}</p>
          ${check && !lost && !alarm ? html`<p class="ucp-wall__check ${check.missed > 0 ? "ucp-wall__check--missed" : ""}" data-check=${check.missed > 0 ? "missed" : "passed"}>${checkText(check, zone)}</p>` : nothing}
          <p class="ucp-wall__clock">${clock(this.client.now, zone)}</p>
        </div>
        ${check && alarm && !lost ? html`<p class="ucp-wall__alarm" data-check="alarm">${checkText(check, zone)}</p>` : nothing}
        ${this.silence && !lost ? feedBand(this.silence) : nothing}
        ${lost || alarm ? html`<div class="ucp-wall__phones">${phoneList(this.department.phones ?? [])}</div>` : nothing}
        ${this.loaded
          ? html`<p class="ucp-wall__count" aria-live="polite"><strong>${count}</strong> ${w.count(count)}
                ${rows.length > room ? html`<span class="ucp-wall__more">· ${w.more(rows.length - room)}</span>` : nothing}
              </p>
              <ul class="ucp-wall__list ${rows.length > room / 2 ? "ucp-wall__list--two" : ""}">
                ${repeat(rows.slice(0, room), (row) => row.alert.id, (row) => this.row(row))}
              </ul>`
          : html`<p class="ucp-wall__count">${texts.board.waitingForList}</p>`}
        <p class="ucp-wall__foot">
          ${this.bell.state === "blocked" ? html`<span>${w.blocked}</span>` : this.bell.state === "off" ? html`<span>${texts.sound.off}</span>` : nothing}
          ${this.awake === false ? html`<span>${w.maySleep}</span>` : nothing}
        </p>
      </main>
    `;
  }

  private row({ alert }: Row): TemplateResult {
    const urgency = urgencyOf(alert);
    const arrived = instant(alert.arrived);
    const waits = alert.state === "raised" || alert.recall === true;
    const place = alert.location ?? texts.card.nowhere;
    return html`<li class="ucp-wall__row ucp-card--${urgency} ${waits ? "" : "ucp-wall__row--answered"}" data-alert=${alert.id}>
      <span class="ucp-wall__who"><bdi>${initials(alert.patient) ?? w.nobody}</bdi></span>
      <span class="ucp-wall__where ${place.length > longPlace ? "ucp-wall__where--long" : ""}"><bdi>${place}</bdi></span>
      <span class="ucp-wall__what">
        <strong class="nhsuk-tag ucp-urgency ucp-urgency--${urgency}">${alert.recall ? texts.card.recallTag : texts.urgency[urgency]}</strong>
        ${waits ? w.waits : `✓ ${texts.card.acknowledgedTag}`}${arrived ? ` · ${wait(arrived, this.client.now)}` : ""}
      </span>
    </li>`;
  }

  private step(step: Step): void {
    this.board = step.board;
    for (const news of step.news) if (news.kind === "arrived") this.bell.ring(news.alerts.map(urgencyOf));
  }

  private onStatus(status: Status): void {
    this.status = status;
    this.bell.alarm(status.health === "lost" || (status.check?.missed ?? 0) >= 2);
  }

  /** The browser lets go of the lock whenever the page is hidden, so it is asked again each time the page is seen. */
  private async stayAwake(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      this.awake = true;
      lock.addEventListener("release", () => (this.awake = false));
    } catch {
      // Not every browser can (it needs https), nor every computer: then the wall says so, and somebody sets the computer.
      this.awake = false;
    }
  }
}

customElements.define("ucp-wall", Wall);
