// Who is on when, as a calendar of a month or a week?
//
// One piece is in the order of the keyboard: arrows go from piece to piece and from week to week, Page Up and Page Down to the period before and
// after.

import { html, nothing, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import type { Turn } from "./api.ts";
import { colourOf, type Piece, piecesOf } from "./calendar.ts";
import { boundsOf, daysLater, dayNumber, longDay, mondayOf, monthName, monthsLater, onWall, shortDay, weekday, weekOf, weeksOf } from "./days.ts";
import { words } from "./texts.ts";

const w = words.calendar;

export type View = "month" | "week";

/** The calendar shows another time: whoever knows shifts is asked for those between these instants. */
export class SpanWanted extends Event {
  constructor(
    readonly from: Date,
    readonly to: Date,
  ) {
    super("span-wanted", { bubbles: true });
  }
}

/** Somebody chose a shift. */
export class ShiftChosen extends Event {
  constructor(readonly shift: Turn) {
    super("shift-chosen", { bubbles: true });
  }
}

export class ShiftCalendar extends LightElement {
  static override properties = { shifts: { attribute: false }, zone: { attribute: false }, people: { attribute: false }, label: { attribute: false }, own: { attribute: false }, view: { state: true }, day: { state: true } };
  declare shifts: readonly Turn[];
  declare zone: string;
  /** Ids of all who may be on: they have their colours by it. */
  declare people: readonly string[];
  declare label: string;
  /** Whose shifts are marked; empty: nobody's. */
  declare own: string;
  declare view: View;
  /** A day of the period that is shown. */
  declare day: string;
  /** The piece that the keyboard comes back to: its place among all that are shown; -1: none was reached yet. */
  private at = -1;
  /** The keyboard waits for the shifts of a period to come. */
  private awaited = false;

  constructor() {
    super();
    this.shifts = [];
    this.people = [];
    this.zone = "Europe/London";
    this.own = "";
    this.view = matchMedia("(max-width: 48em)").matches ? "week" : "month"; // a month is long where its days stand beneath each other
    this.day = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.day) this.show(this.today, this.view);
  }

  protected override updated(): void {
    const piece = this.awaited ? this.querySelector<HTMLElement>('.ucp-piece[tabindex="0"]') : null;
    if (!piece) return;
    this.awaited = false;
    piece.focus();
  }

  private get today(): string {
    return onWall(new Date(), this.zone).day;
  }

  private get weeks(): string[][] {
    return this.view === "month" ? weeksOf(this.day) : [weekOf(this.day)];
  }

  /** Shows the period in which a day is, and asks for its shifts. */
  show(day: string, view: View): void {
    this.day = day;
    this.view = view;
    const days = this.weeks.flat();
    this.dispatchEvent(new SpanWanted(boundsOf(days[0]!, this.zone).start, boundsOf(days.at(-1)!, this.zone).end));
  }

  private turn(by: number): void {
    this.at = -1;
    this.show(this.view === "month" ? monthsLater(this.day, by) : daysLater(mondayOf(this.day), 7 * by), this.view);
  }

  protected override render(): TemplateResult {
    const title = this.view === "month" ? monthName(this.day) : w.week(longDay(mondayOf(this.day)));
    const step = (by: number, text: string) => html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${text} @click=${() => this.turn(by)}>${by < 0 ? "‹" : "›"}</button>`;
    const view = (of: View, text: string) => html`<button type="button" aria-pressed=${this.view === of ? "true" : "false"} @click=${() => this.show(this.day, of)}>${text}</button>`;
    return html`<div class="ucp-cal">
      <div class="ucp-cal__bar ucp-noprint">
        ${step(-1, this.view === "month" ? w.monthBefore : w.weekBefore)} ${step(1, this.view === "month" ? w.monthAfter : w.weekAfter)}
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.show(this.today, this.view)}>${w.today}</button>
        <p class="ucp-cal__title" role="status">${title}</p>
        <div class="ucp-cal__views" role="group" aria-label=${w.view}>${view("month", w.month)}${view("week", w.weekView)}</div>
      </div>
      ${this.view === "month" ? this.month(title) : this.week(title)}
      <p class="ucp-quiet ucp-cal__zone">${w.zone(this.zone)}</p>
    </div>`;
  }

  /** The pieces of each day that is shown, with their places among all. One is in the order of the keyboard: that of today, or else the first of the period. */
  private pieces(days: readonly string[]): Map<string, { piece: Piece; place: number; stop: boolean }[]> {
    const all = days.flatMap((day) => piecesOf(this.shifts, day, this.zone).map((piece) => ({ day, piece })));
    const within = (day: string) => this.view === "week" || day.startsWith(this.day.slice(0, 7));
    const usual = [all.findIndex(({ day }) => day === this.today && within(day)), all.findIndex(({ day }) => within(day))].find((place) => place >= 0);
    const at = this.at >= 0 && this.at < all.length ? this.at : usual;
    const found = new Map<string, { piece: Piece; place: number; stop: boolean }[]>(days.map((day) => [day, []]));
    for (const [place, { day, piece }] of all.entries()) found.get(day)!.push({ piece, place, stop: place === at });
    return found;
  }

  private month(title: string): TemplateResult {
    const { weeks, today } = this;
    const pieces = this.pieces(weeks.flat());
    const month = this.day.slice(0, 7);
    return html`<table class="ucp-month" role="grid" aria-label="${this.label}, ${title}" @keydown=${(event: KeyboardEvent) => this.key(event)}>
      <thead role="rowgroup">
        <tr role="row">${weeks[0]!.map((day) => html`<th role="columnheader" scope="col">${weekday(day)}</th>`)}</tr>
      </thead>
      <tbody role="rowgroup">
        ${weeks.map(
          (week) => html`<tr role="row">
            ${week.map(
              (day) => html`<td role="gridcell" data-day=${day} class="${day.startsWith(month) ? "" : "ucp-month__other"} ${day === today ? "ucp-month__today" : ""}">
                <time class="ucp-month__day" datetime=${day}><span class="ucp-month__name">${shortDay(day)}</span><span class="ucp-month__number" aria-hidden="true">${dayNumber(day)}</span></time>
                ${pieces.get(day)!.map(({ piece, place, stop }) => this.button(day, piece, place, stop, html`<span class="ucp-piece__time" aria-hidden="true">${piece.before ? "…" : piece.begins}</span> ${this.nameOf(piece)}`))}
              </td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private week(title: string): TemplateResult {
    const days = this.weeks[0]!;
    const { today } = this;
    const pieces = this.pieces(days);
    return html`<table class="ucp-week" role="grid" aria-label="${this.label}, ${title}" @keydown=${(event: KeyboardEvent) => this.key(event)}>
      <thead role="rowgroup" aria-hidden="true">
        <tr role="row">
          <td role="gridcell"></td>
          <td role="gridcell" class="ucp-week__hours">${w.hours.map((hour) => html`<span>${hour}</span>`)}</td>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${days.map(
          (day) => html`<tr role="row">
            <th role="rowheader" scope="row" class=${day === today ? "ucp-week__today" : ""}>${shortDay(day)}</th>
            <td role="gridcell" data-day=${day}><div class="ucp-week__bar">${pieces.get(day)!.map(({ piece, place, stop }) => this.button(day, piece, place, stop, this.nameOf(piece)))}</div></td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private nameOf({ shift }: Piece): TemplateResult | string {
    return shift.person ? html`<bdi>${(shift as Turn).name}</bdi>` : w.nobody;
  }

  private button(day: string, piece: Piece, place: number, stop: boolean, text: TemplateResult | string): TemplateResult {
    const { shift } = piece;
    const turn = shift as Turn;
    const who = shift.person ? turn.name : w.nobody;
    const classes = shift.person ? `ucp-piece--${colourOf(this.people, shift.person)} ${shift.person === this.own ? "ucp-piece--own" : ""}` : "ucp-piece--nobody";
    const spot = this.view === "week" ? `left:${piece.from * 100}%;width:${(piece.to - piece.from) * 100}%` : "";
    return html`<button
      type="button"
      class="ucp-piece ${classes}"
      .style=${spot}
      tabindex=${stop ? "0" : "-1"}
      data-place=${place}
      data-day=${day}
      data-person=${shift.person}
      title=${this.view === "week" ? w.piece(who, longDay(day), piece.begins, piece.ends) : nothing}
      @click=${() => this.dispatchEvent(new ShiftChosen(turn))}
      @focus=${() => this.reached(place)}
    >
      ${text}<span class="nhsuk-u-visually-hidden">${w.pieceMore(longDay(day), piece.begins, piece.ends)}</span>${turn.reachable || !shift.person
        ? nothing
        : html` <span class="ucp-piece__mark" aria-hidden="true">!</span><span class="nhsuk-u-visually-hidden">, ${w.unreachable}</span>`}
    </button>`;
  }

  /** The piece that has the focus is the one that the keyboard comes back to. */
  private reached(place: number): void {
    if (place === this.at) return;
    this.at = place;
    this.requestUpdate();
  }

  private key(event: KeyboardEvent): void {
    const buttons = [...this.querySelectorAll<HTMLButtonElement>(".ucp-piece")].filter((button) => button.offsetParent !== null); // a phone leaves other months out
    const held = event.target instanceof HTMLButtonElement ? buttons.indexOf(event.target) : -1;
    if (held < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      this.awaited = true;
      this.turn(event.key === "PageUp" ? -1 : 1);
      return;
    }
    const wanted = this.beside(buttons, held, event.key);
    if (wanted === undefined) return;
    event.preventDefault();
    buttons[wanted]?.focus();
  }

  /** The place that a key leads to: the piece before or after, the first or the last, or the first of the day a week (of the calendar of a week: a day) further. */
  private beside(buttons: readonly HTMLButtonElement[], held: number, key: string): number | undefined {
    const day = buttons[held]!.dataset["day"]!;
    const rows = this.view === "month" ? 7 : 1;
    const on = (other: string) => buttons.findIndex((button) => button.dataset["day"] === other);
    switch (key) {
      case "ArrowLeft":
        return Math.max(0, held - 1);
      case "ArrowRight":
        return Math.min(buttons.length - 1, held + 1);
      case "ArrowUp":
        return on(daysLater(day, -rows));
      case "ArrowDown":
        return on(daysLater(day, rows));
      case "Home":
        return 0;
      case "End":
        return buttons.length - 1;
      default:
        return undefined;
    }
  }
}

customElements.define("ucp-shift-calendar", ShiftCalendar);
