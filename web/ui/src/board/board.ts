// What needs doing in this department now?
//
// The board holds the stream and everything that hangs on it: the rows, the strip, the bell, the receipts and the open plan.

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { alertOf, type Department, Problem } from "../api.ts";
import { asScreen, streamFor, streamOf } from "../department-stream.ts";
import { Going } from "../going.ts";
import { placeOf } from "../door/choose.ts";
import { LightElement } from "../light.ts";
import { type Alert, type Command, type CommandDetails, CommandRefused, type DepartmentStatus, type Status, type StreamClient, watchPage } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { clock, zoneOf } from "../words/dates.ts";
import { Announcer } from "./announcer.ts";
import { Bell } from "./bell.ts";
import { AlertCard, type CardEvent, type CardNote, whoIs } from "./card.ts";
import { everything, type Filter, shows } from "./filter.ts";
import { filterBar } from "./filter-bar.ts";
import "../recent/checked.ts";
import type { IdentityClosed } from "../identity/check.ts";
import type { PracticeRoom } from "../practice/room.ts";
import { boardPath, planPath } from "./plan.ts";
import { feedBand, silenceOf } from "./feed.ts";
import { oncePainted } from "./painted.ts";
import { Receipts } from "./receipts.ts";
import { type Board, disagreements, dismiss, emptyBoard, holderOf, inOrder, type News, type Row, type Step, sweep, takeChange, takeSnapshot, unanswered, urgencyOf } from "./rows.ts";
import "./sound-settings.ts";
import { type Part, partsOf } from "./standing.ts";
import { checkText, strip } from "./strip.ts";
import type { ScreenNamed } from "./system.ts";

/** So many alerts to acknowledge are drawn with room around them; more are drawn closer together. */
const roomFor = 5;

export class DepartmentBoard extends LightElement {
  static override properties = {
    department: { attribute: false },
    token: { attribute: false },
    plan: { attribute: false },
    by: {},
    room: { attribute: false },
    hint: {},
    unopened: { state: true },
    board: { state: true },
    status: { state: true },
    gap: { state: true },
    open: { state: true },
    notes: { state: true },
    silence: { state: true },
    standing: { state: true },
    details: { state: true },
    filter: { state: true },
    choosing: { state: true },
    checking: { state: true },
  };
  declare department: Department;
  declare token: string;
  /** The alert whose plan the address names. */
  declare plan: string | undefined;
  /** The name of the account, for what is printed; empty if it is not known. */
  declare by: string;
  /** An exercise: what comes is invented, and the service hears nothing of it. hint says what is to be done next. Undefined on a real board. */
  declare room: PracticeRoom | undefined;
  declare hint: string;
  /** Why the plan that the address names is not open, in words. */
  declare unopened: string | undefined;
  declare board: Board;
  declare status: Status;
  /** Frames were missing and the list was loaded again. */
  declare gap: boolean;
  /** The plan that is open, with its alert as it last was. */
  declare open: { row: Row; closed?: string; news: readonly string[] } | undefined;
  declare notes: ReadonlyMap<string, CardNote>;
  /** How what the board depends on stands, as the service said last. */
  declare standing: DepartmentStatus | undefined;
  /** Somebody reads how what the board depends on stands. */
  declare details: boolean;
  /** Kept for as long as the page stays: a screen that was left filtered begins with everything. */
  declare filter: Filter;
  /** The sounds are being chosen. */
  declare choosing: boolean;
  /** The alert of which somebody checks whose plan it is, as it last was. */
  declare checking: Row | undefined;

  private readonly fresh = new Set<string>();
  private readonly announcer = new Announcer(() => this.requestUpdate());
  private client!: StreamClient;
  private bell!: Bell;
  private receipts!: Receipts;
  private loaded = false;
  /** What is said of the hospital's feed while it is silent. */
  declare silence: string | undefined;
  /** How often the board changed: who arrived is counted again then. */
  private changes = 0;
  private ends: (() => void)[] = [];

  constructor() {
    super();
    this.board = emptyBoard;
    this.status = { health: "waiting", phase: "connecting" };
    this.gap = false;
    this.notes = new Map();
    this.filter = everything;
    this.choosing = false;
    this.by = this.hint = "";
    this.details = false;
    this.addEventListener("card", (event) => this.onCard(event as CardEvent));
    this.addEventListener("screen-named", (event) => this.client.rename((event as ScreenNamed).screen));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { department, token, room } = this;
    this.client = streamFor(this, token, {
      ...(room ? { surroundings: room } : {}),
      url: streamOf(department.id),
      ...asScreen(),
      handler: {
        snapshot: (alerts, reason) => {
          this.gap = reason === "gap";
          this.step(takeSnapshot(this.board, alerts, !this.loaded, performance.now()));
          this.loaded = true;
        },
        change: (frame) => this.step(takeChange(this.board, frame, performance.now())),
        status: (status) => this.onStatus(status),
        standing: (standing) => {
          this.standing = standing;
          this.hear(silenceOf(standing.feed, this.zone));
        },
        canary: (canary) => this.onCanary(canary.position),
      },
    });
    this.bell = new Bell(() => this.requestUpdate());
    this.receipts = new Receipts(
      (command, alert) => this.client.send(command, alert),
      (alert, reason) => this.noteOn(alert, { receipt: reason || texts.card.noReason }),
    );
    const sweeping = window.setInterval(() => (this.board = sweep(this.board, performance.now())), 1_000);
    this.ends = [watchPage(this.client), () => window.clearInterval(sweeping), () => this.client.stop(), () => this.bell.close(), () => this.receipts.close(), () => this.announcer.close()];
    this.client.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.ends) end();
    this.ends = [];
  }

  /** The address says which plan is open: somebody may have gone back, or come here by it. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("plan")) return;
    this.unopened = undefined;
    if (this.plan === undefined) this.putPlanAway();
    else if (this.plan !== this.open?.row.alert.id) void this.follow(this.plan);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const waiting = [...this.board.rows.values()].filter(unanswered);
    document.title = `${this.room ? `${texts.practice.title} · ` : ""}${this.open ? `${texts.plan.short} · ` : ""}${texts.boardTitle(waiting.length, this.department.id, this.status.health === "lost")}`;
    // Whoever came by the address of a plan clicked on no card.
    if (this.open && stands(this.open.row) && this.status.health === "live") this.receipts.seen(this.open.row.alert.id, String(this.open.row.alert.version ?? 0));
    this.bell.remind(waiting.map((row) => urgencyOf(row.alert)));
    this.receipts.covered = this.open !== undefined || this.checking !== undefined;
    if (changed.has("board") || changed.has("filter") || changed.has("open") || changed.has("checking") || changed.get("status")?.health !== this.status.health) this.lookForReceipts();
  }

  protected override render(): TemplateResult {
    const { waiting, answered, departed } = inOrder(this.board);
    const standing = (rows: Row[]) => rows.filter((r) => !r.leaving).length;
    const { department } = this;
    return html`
      ${strip(
        { status: this.status, zone: this.zone, phones: department.phones ?? [], parts: this.room ? [] : this.parts, open: this.details },
        this.bell,
        { chooseSounds: () => (this.choosing = true), turnDetails: () => (this.details = !this.details) },
      )}
      <div class="ucp-width">
        <main class="ucp-main" id="maincontent" tabindex="-1" data-health=${this.status.health}>
          <div class="ucp-title">
            <h1 class="ucp-title__name">${placeOf(department)}</h1>
            <p class="ucp-title__summary">
              <span>${this.loaded ? texts.board.summary(standing(waiting), standing(answered)) : nothing}</span>
              ${this.room ? nothing : html`<a class="ucp-title__wall" href="/board/${encodeURIComponent(department.id)}/wall">${texts.wall.link}</a>`}
            </p>
          </div>
          ${this.room ? nothing : html`<ucp-checked .department=${department.id} .token=${this.token} .zone=${this.zone} .changes=${this.changes}></ucp-checked>`}
          ${this.notices()} ${this.loaded ? this.lists(waiting, answered, departed) : html`<p class="ucp-quiet">${texts.board.waitingForList}</p>`}
        </main>
      </div>
      ${this.open
        ? html`<ucp-plan
            .row=${this.board.rows.get(this.open.row.alert.id) ?? this.open.row}
            .closed=${this.open.closed}
            .news=${this.open.news}
            .disagrees=${this.disagreement(this.open.row.alert.id)}
            .token=${this.token}
            .zone=${this.zone}
            .health=${this.status.health}
            .by=${this.by}
            .practice=${this.room ? this.hint : undefined}
            .source=${this.room?.source}
            @plan-closed=${() => this.closePlan()}
          ></ucp-plan>`
        : nothing}
      ${this.choosing ? html`<ucp-sound-settings .bell=${this.bell} @sounds-closed=${() => this.soundsChosen()}></ucp-sound-settings>` : nothing}
      ${this.checking ? this.identity(this.board.rows.get(this.checking.alert.id) ?? this.checking) : nothing}
      ${this.announcer.render()}
    `;
  }

  private identity({ alert }: Row): TemplateResult {
    return html`<ucp-identity
      .alert=${alert.id}
      .standing=${JSON.stringify([alert.state, alert.match, alert.reason, alert.version, alert.patient])}
      .token=${this.token}
      .zone=${this.zone}
      @identity-closed=${(event: IdentityClosed) => this.identityClosed(event.open)}
    ></ucp-identity>`;
  }

  /** A silence, and its end, are announced once. */
  private hear(silence: string | undefined): void {
    if (silence && !this.silence) this.announcer.now(silence);
    if (!silence && this.silence) this.announcer.later(texts.feed.heard);
    this.silence = silence;
  }

  /** What the board depends on. While the screen is not live, what was said of it before counts for nothing. */
  private get parts(): Part[] {
    return partsOf(this.status.health === "lost" ? undefined : this.standing, this.status.check, this.zone, this.client.now);
  }

  private notices(): TemplateResult {
    const heard = this.status.lastHeard;
    return html`
      ${feedBand(this.silence)}
      ${this.unopened === undefined ? nothing : html`<p class="ucp-caution ucp-caution--stop" role="alert"><bdi>${texts.plan.unopened(this.unopened)}</bdi></p>`}
      ${this.status.health === "lost" && this.loaded && heard ? html`<p class="ucp-caution ucp-caution--stop">${texts.strip.asItWas(clock(heard, this.zone))}</p>` : nothing}
      ${this.gap
        ? html`<div class="ucp-caution" role="status">
            <p>${texts.board.gap}</p>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => (this.gap = false)}>${texts.board.dismiss}</button>
          </div>`
        : nothing}
    `;
  }

  private lists(waiting: Row[], answered: Row[], departed: Row[]): TemplateResult {
    if (waiting.length + answered.length + departed.length === 0) {
      return html`<div class="ucp-empty">
        <h2 class="ucp-empty__title">${texts.board.empty}</h2>
        <p>${texts.board.emptyMore}</p>
      </div>`;
    }
    const shown = (rows: Row[]) => rows.filter((row) => shows(this.filter, row));
    const [first, second, third] = [shown(waiting), shown(answered), shown(departed)];
    const quiet = waiting.length > 0 ? texts.filter.nothing : answered.length > 0 ? texts.board.allAnswered : texts.board.empty;
    return html`
      ${filterBar(this.filter, [...waiting, ...answered, ...departed], (filter) => (this.filter = filter))}
      ${this.filter.state === "answered" && first.length === 0
        ? nothing
        : html`<section aria-labelledby="waiting">
            <h2 class="ucp-heading" id="waiting" tabindex="-1">${texts.board.waiting}</h2>
            ${first.length === 0 ? html`<p class="ucp-quiet">${quiet}</p>` : this.list(first, first.length > roomFor)}
          </section>`}
      ${second.length === 0
        ? nothing
        : html`<section aria-labelledby="answered">
            <h2 class="ucp-heading ucp-heading--second" id="answered">${texts.board.answered}</h2>
            ${this.list(second, true)}
          </section>`}
      ${third.length === 0
        ? nothing
        : html`<section aria-labelledby="departed">
            <h2 class="ucp-heading ucp-heading--second" id="departed">${texts.outcome.departed}</h2>
            ${this.list(third)}
          </section>`}
    `;
  }

  /** What an alert's plan disagrees about with another one for the same visit, in words. */
  private disagreement(alert: string): string {
    const about = disagreements(this.board).get(alert) ?? [];
    return about.map((d) => d.medicine ?? texts.conflict.about[d.about] ?? d.about).join(", ");
  }

  private list(rows: Row[], tight = false): TemplateResult {
    return html`<ul class="ucp-list ${tight ? "ucp-list--tight" : ""}">
      ${repeat(
        rows,
        (row) => row.alert.id,
        (row) => html`<li>
          <ucp-alert-card
            .row=${row}
            .note=${this.notes.get(row.alert.id)}
            .now=${this.client.now}
            .zone=${this.zone}
            .fresh=${this.fresh.has(row.alert.id)}
            .disagrees=${this.disagreement(row.alert.id)}
            .token=${this.room ? undefined : this.token}
          ></ucp-alert-card>
        </li>`,
      )}
    </ul>`;
  }

  private get zone(): string {
    return zoneOf(this.department.time_zone);
  }

  private step(step: Step): void {
    this.board = step.board;
    if (step.news.length > 0) this.changes++;
    for (const news of step.news) this.tell(news);
  }

  private tell(news: News): void {
    const say = texts.announce;
    switch (news.kind) {
      case "loaded":
        return this.announcer.later(say.loaded(news.open, news.unanswered));
      case "arrived":
        for (const alert of news.alerts) {
          this.fresh.add(alert.id);
          this.announcer.now(arrival(alert));
          // Nothing behind a modal dialog is read out, and little of it is seen: the open plan says it itself.
          if (this.open) this.open = { ...this.open, news: [...this.open.news, arrival(alert)] };
        }
        return this.bell.ring(news.alerts.map(urgencyOf));
      case "updated":
      case "answered":
      case "acknowledged":
        return this.announcer.later(say[news.kind](whoIs(news.alert)));
      case "handed_over":
        return this.announcer.later(say.handedOver(whoIs(news.alert), news.from ?? texts.card.somebody, holderOf(news.alert) ?? texts.card.somebody));
      case "withdrawn":
        return this.announcer.now(say.withdrawn(whoIs(news.alert), news.alert.state_reason ?? ""));
      case "closed":
        if (this.open?.row.alert.id === news.alert.id) this.open = { ...this.open, closed: news.alert.state_reason ?? "" };
        return this.announcer.later(say.closed(whoIs(news.alert), news.alert.state_reason ?? ""));
      case "gone":
        return this.announcer.now(say.gone(news.alerts.length));
    }
  }

  /** Says that the check is on the screen, once it is. */
  private onCanary(position: string): void {
    oncePainted(this, () => this.client.canaryDisplayed(position));
  }

  private onStatus(status: Status): void {
    const before = this.status.health;
    const missed = this.status.check?.missed ?? 0;
    this.status = status;
    const alarm = (status.check?.missed ?? 0) >= 2;
    if (status.check && alarm !== missed >= 2) {
      this.bell.alarm(alarm || status.health === "lost");
      this.announcer.now(checkText(status.check, this.zone));
    }
    if (before === status.health) return;
    this.bell.alarm(status.health === "lost" || alarm);
    if (status.health === "lost") this.announcer.now(status.lastHeard ? texts.strip.lost(clock(status.lastHeard, this.zone)) : texts.strip.lostNever);
    if (before === "lost" && status.health === "live") this.announcer.now(texts.strip.backAgain);
  }

  private onCard(event: CardEvent): void {
    const row = this.board.rows.get(event.alert);
    if (!row) return;
    switch (event.deed) {
      case "seen":
        if (!row.leaving) this.receipts.seen(row.alert.id, String(row.alert.version ?? 0));
        return;
      case "open":
        this.dispatchEvent(new Going(planPath(this.department.id, row.alert.id)));
        return;
      case "identity":
        return void this.checkIdentity(row);
      case "dismiss":
        this.board = dismiss(this.board, event.alert);
        return this.focusHeading();
      case "acknowledge":
        return void this.acknowledge(row.alert, event.details);
      case "hand_over":
        return void this.tellOf(row.alert.id, "hand_over", texts.card.notHandedOver, event.details);
      case "recall":
        void this.seeRecall(row.alert.id);
        return;
    }
  }

  /** Somebody says that they know of a recall. The service takes it off every board, and this one with them. */
  private async seeRecall(alert: string): Promise<void> {
    if (await this.tellOf(alert, "recall_seen", texts.card.notAcknowledged)) this.focusHeading();
  }

  private async acknowledge(alert: Alert, details: CommandDetails): Promise<void> {
    const card = document.activeElement?.closest("ucp-alert-card");
    const done = await this.tellOf(alert.id, "acknowledge", texts.card.notAcknowledged, details);
    // The card moves to the other list: a keyboard that stood on it is given a place that means something.
    if (done && card instanceof AlertCard && card.row.alert.id === alert.id) this.focusHeading();
  }

  /** Tells the service what somebody said about an alert, and the card whether it was taken. `not` puts into words that it was not, and why. */
  private async tellOf(alert: string, command: Command, not: (reason: string) => string, details: CommandDetails = {}): Promise<boolean> {
    this.noteOn(alert, { acknowledging: true, failure: "" });
    try {
      await this.client.send(command, alert, details);
      this.noteOn(alert, { acknowledging: false });
      return true;
    } catch (error) {
      const reason = error instanceof CommandRefused ? error.message || texts.card.noReason : texts.card.notConnected;
      this.noteOn(alert, { acknowledging: false, failure: not(reason) });
      return false;
    }
  }

  private noteOn(alert: string, note: CardNote): void {
    this.notes = new Map(this.notes).set(alert, { ...this.notes.get(alert), ...note });
  }

  /** Opens the plan of an alert, also of one that does not stand on the board yet or any more; of a possible match, whose plan it is is asked first. */
  private async follow(alert: string): Promise<void> {
    let row = this.board.rows.get(alert);
    if (!row) {
      try {
        row = { alert: await alertOf(alert, this.token) };
      } catch (error) {
        if (this.plan === alert) this.unopened = error instanceof Problem ? error.message : texts.errors.unreachable;
        return;
      }
      row = this.board.rows.get(alert) ?? row;
    }
    if (this.plan !== alert) return;
    // The patient has moved since: their board is another one.
    if (row.alert.department !== this.department.id && !this.room) return void this.dispatchEvent(new Going(planPath(row.alert.department, alert)));
    if (row.alert.match === "confirmed") this.open = { row, news: [] };
    else await this.checkIdentity(row);
  }

  private closePlan(): void {
    this.putPlanAway();
    this.dispatchEvent(new Going(boardPath(this.department.id)));
  }

  /** The keyboard stands again where the plan was opened. */
  private putPlanAway(): void {
    const id = this.open?.row.alert.id;
    if (id === undefined) return;
    this.open = undefined;
    void this.updateComplete.then(() => {
      const opener = document.getElementById(`open-${id}`);
      if (opener) opener.focus();
      else this.focusHeading();
    });
  }

  private soundsChosen(): void {
    this.choosing = false;
    void this.updateComplete.then(() => document.getElementById("choose-sounds")?.focus());
  }

  /** Shows the arrival beside whom the plan is about. That page is loaded when it is first asked for; of an invented patient the service knows nothing. */
  private async checkIdentity(row: Row): Promise<void> {
    this.noteOn(row.alert.id, { unchecked: this.room ? texts.practice.unchecked : "" });
    if (this.room) return;
    try {
      await import("../identity/check.ts");
      this.checking = row;
    } catch {
      this.noteOn(row.alert.id, { unchecked: texts.card.checkFailed });
    }
  }

  private identityClosed(open: boolean): void {
    const row = this.checking && (this.board.rows.get(this.checking.alert.id) ?? this.checking);
    this.checking = undefined;
    if (!row) return;
    if (open) {
      if (this.plan === row.alert.id) this.open = { row, news: [] };
      else this.dispatchEvent(new Going(planPath(this.department.id, row.alert.id)));
      return;
    }
    if (this.plan !== undefined) this.dispatchEvent(new Going(boardPath(this.department.id)));
    void this.updateComplete.then(() => {
      const opener = ["identity", "open"].map((deed) => document.getElementById(`${deed}-${row.alert.id}`)).find((button) => button !== null);
      if (opener) opener.focus();
      else this.focusHeading();
    });
  }

  private focusHeading(): void {
    void this.updateComplete.then(() => (this.querySelector<HTMLElement>("#waiting") ?? this.querySelector<HTMLElement>("main"))?.focus());
  }

  private lookForReceipts(): void {
    const shown = new Map<Element, { alert: string; version: string }>();
    for (const card of this.querySelectorAll<AlertCard>("ucp-alert-card")) {
      const { alert, leaving } = card.row;
      if (!leaving) shown.set(card, { alert: alert.id, version: String(alert.version ?? 0) });
    }
    this.receipts.look(shown);
  }
}

function stands({ alert, leaving }: Row): boolean {
  return !leaving && (alert.state === "raised" || alert.state === "acknowledged");
}

function arrival(alert: Alert): string {
  const headline = alert.match === "confirmed" ? (alert.headline ?? "") : texts.card.possible;
  return texts.announce.arrived(texts.urgency[urgencyOf(alert)].toLocaleLowerCase("en-GB"), alert.location ?? texts.card.nowhere, whoIs(alert), headline);
}

customElements.define("ucp-board", DepartmentBoard);
