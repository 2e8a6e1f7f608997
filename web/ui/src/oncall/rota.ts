// Who is on when in one rota, and how is that changed?

import { html, nothing, type TemplateResult } from "lit";
import type { Session } from "../api.ts";
import { Going } from "../going.ts";
import { Worklist } from "../privacy/worklist.ts";
import { texts } from "../texts.ts";
import { cancelOverride, history, type Entry, type Override, type Person, people, remove, rota, type Rota, shifts, shiftsFile, type Swap, type Turn } from "./api.ts";
import "./calendar-view.ts";
import type { ShiftChosen, SpanWanted } from "./calendar-view.ts";
import "./changes.ts";
import { fullDay, moment, span } from "./days.ts";
import { type Deed, fault, outcomeWords, why } from "./deeds.ts";
import "./import.ts";
import { layerWords } from "./layer-words.ts";
import "./layers.ts";
import { areaNav } from "./nav.ts";
import "./shift.ts";
import { swapWords } from "./swaps.ts";
import "../people/sure.ts";
import { words } from "./texts.ts";

const w = words.rota;
const weeks = 7 * 86_400_000;

export class RotaPage extends Worklist {
  static override properties = {
    session: { attribute: false }, rota: { attribute: false }, page: { state: true }, turns: { state: true }, chosen: { state: true }, staff: { state: true }, edits: { state: true }, entries: { state: true }, removing: { state: true }, cancelling: { state: true },
  };
  declare session: Session | undefined;
  /** Its id. */
  declare rota: string;
  declare page: Rota | undefined;
  /** The shifts of the time that the calendar shows. */
  declare turns: readonly Turn[];
  /** The shift that somebody looks at; without one, a new time is asked for. */
  declare chosen: { shift: Turn | undefined } | undefined;
  /** Who may be put on. */
  declare staff: readonly Person[] | undefined;
  /** The layers are being changed. */
  declare edits: boolean;
  declare entries: readonly Entry[] | undefined;
  declare removing: boolean;
  declare cancelling: Override | undefined;
  private span: { from: Date; to: Date } | undefined;

  constructor() {
    super();
    this.turns = [];
    this.edits = this.removing = false;
  }

  protected override async load(): Promise<void> {
    this.page = await rota(this.token, this.rota);
    await this.loadShifts();
    if (this.entries) this.entries = await history(this.token, this.rota);
  }

  private async loadShifts(): Promise<void> {
    const { span } = this;
    if (!span) return;
    const turns = await shifts(this.token, this.rota, span.from, span.to);
    if (this.span === span) this.turns = turns;
  }

  private async spanWanted({ from, to }: SpanWanted): Promise<void> {
    this.span = { from, to };
    try {
      await this.loadShifts();
    } catch (error) {
      this.failure = why(error);
    }
  }

  private done(told: string): Promise<void> {
    return this.do(async () => undefined, told);
  }

  protected override render(): TemplateResult {
    const { page } = this;
    return html`<div class="ucp-oncall" @deed-done=${(event: Deed) => void this.deedDone(event)}>
      <a class="nhsuk-back-link" href="/on-call">${w.back}</a>
      ${page ? this.whole(page) : html`${fault(this.failure)}${this.failure ? nothing : html`<p class="ucp-quiet">${texts.loading} …</p>`}`}
    </div>`;
  }

  private async deedDone(event: Deed): Promise<void> {
    this.edits = false;
    await this.done(event.told);
  }

  private whole(page: Rota): TemplateResult {
    return html`
      <header class="ucp-own">
        <h1 class="nhsuk-heading-l ucp-own__name"><bdi>${page.name}</bdi></h1>
        <p class="ucp-own__facts"><bdi>${page.organisation_name}</bdi>${page.kept === "file" ? html` · ${w.file}` : nothing}</p>
        <p class="ucp-oncall__now" data-on=${page.on.person}>
          ${page.on.person ? html`${w.now} <strong><bdi>${page.on.name}</bdi></strong>` : html`<strong class="ucp-oncall__nobody">${words.overview.nobody}</strong>`}
          <span class="ucp-quiet">${words.overview.until(moment(new Date(page.on.end), page.zone))}</span>
        </p>
        <div class="ucp-rows__deeds ucp-noprint">
          ${page.may.override ? html`<button type="button" class="nhsuk-button nhsuk-button--small" id="put-on" @click=${() => void this.choose(undefined)}>${w.putOn}</button>` : nothing}
          ${page.may.change && !this.edits ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" id="edit" @click=${() => void this.edit()}>${w.edit}</button>` : nothing}
          <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.file("csv")}>${w.csv}</button>
          <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.file("ics")}>${w.ics}</button>
        </div>
      </header>
      ${areaNav("", this.session)} ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      <ucp-on-call-changes .token=${this.token} .changes=${page.changes} .may=${this.session?.may.includes("agree to a change of who is on call") ?? false}></ucp-on-call-changes>
      ${this.edits
        ? html`<ucp-rota-layers .token=${this.token} .page=${page} .staff=${this.staff ?? page.people} @edit-ended=${() => (this.edits = false)}></ucp-rota-layers>`
        : html`${this.calendar(page)} ${this.look(page)} ${this.agreed(page)} ${this.layers(page)} ${page.may.change ? this.further(page) : nothing} ${this.past(page)}`}
      ${this.chosen
        ? html`<ucp-shift
            .token=${this.token}
            .page=${page}
            .shift=${this.chosen.shift}
            .staff=${this.staff}
            .self=${this.session?.name ?? ""}
            @shift-closed=${() => (this.chosen = undefined)}
          ></ucp-shift>`
        : nothing}
      ${this.cancelling ? this.sureToCancel(page, this.cancelling) : nothing} ${this.removing ? this.sureToRemove(page) : nothing}
    `;
  }

  private calendar(page: Rota): TemplateResult {
    return html`<section aria-labelledby="calendar-title" class="ucp-oncall__part">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="calendar-title">${w.calendar}</h2>
      ${page.may.override || page.may.swap ? html`<p class="ucp-quiet ucp-noprint">${w.choose}</p>` : nothing}
      <ucp-shift-calendar
        .shifts=${this.turns}
        .zone=${page.zone}
        .people=${page.people.map((p) => p.person)}
        .label=${page.name}
        .own=${this.session?.name ?? ""}
        @span-wanted=${(event: SpanWanted) => void this.spanWanted(event)}
        @shift-chosen=${(event: ShiftChosen) => void this.choose(event.shift)}
      ></ucp-shift-calendar>
    </section>`;
  }

  /** Whom somebody may put on is asked for when it is needed first. */
  private async staffed(page: Rota): Promise<void> {
    if (this.staff || !(page.may.override || page.may.change || page.may.swap)) return;
    try {
      this.staff = await people(this.token, page.organisation);
    } catch (error) {
      this.failure = why(error);
    }
  }

  private async choose(shift: Turn | undefined): Promise<void> {
    await this.staffed(this.page!);
    this.chosen = { shift };
  }

  private async edit(): Promise<void> {
    await this.staffed(this.page!);
    this.told = undefined;
    this.edits = true;
    await this.updateComplete;
    this.querySelector<HTMLElement>("#layers-title")?.focus();
  }

  /** The times in which nobody is on, and people whom nothing reaches. */
  private look(page: Rota): TemplateResult | typeof nothing {
    if (page.gaps.length === 0 && page.unreachable.length === 0) return nothing;
    return html`<section class="ucp-oncall__part" aria-labelledby="look-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="look-title">${w.look}</h2>
      <ul class="ucp-oncall__ahead ucp-oncall__ahead--list">
        ${page.gaps.map(
          (gap) => html`<li data-gap=${gap.start}>
            <strong class="nhsuk-tag nhsuk-tag--red">${words.calendar.nobody}</strong> ${span(gap.start, gap.end, page.zone)}
            ${page.may.override
              ? html` <button type="button" class="ucp-textbutton" aria-label=${w.fillLabel(moment(new Date(gap.start), page.zone))} @click=${() => void this.choose({ ...gap, person: "", name: "", reachable: true, why: "" })}>${w.fill}</button>`
              : nothing}
          </li>`,
        )}
        ${page.gap_count > page.gaps.length ? html`<li>${w.moreGaps(page.gap_count - page.gaps.length)}</li>` : nothing}
        ${page.unreachable.map(
          (p) => html`<li data-unreachable=${p.person}><strong class="nhsuk-tag nhsuk-tag--yellow">${words.person.unreachable}</strong> <bdi>${p.name}</bdi>${p.first ? words.overview.firstShift(moment(new Date(p.first), page.zone)) : nothing}</li>`,
        )}
      </ul>
    </section>`;
  }

  /** Overrides and swaps, those that are not over first. */
  private agreed(page: Rota): TemplateResult {
    return html`<section class="ucp-oncall__part" aria-labelledby="agreed-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="agreed-title">${w.agreed}</h2>
      ${page.overrides.length === 0 && page.swaps.length === 0 ? html`<p class="ucp-quiet">${w.nothingAgreed}</p>` : nothing}
      <ul class="ucp-list ucp-rows">
        ${page.overrides.map((o) => this.override(page, o))} ${page.swaps.map((s) => this.swap(page, s))}
      </ul>
    </section>`;
  }

  private override(page: Rota, o: Override): TemplateResult {
    const tone = { ahead: "nhsuk-tag--blue", on: "nhsuk-tag--green", over: "nhsuk-tag--grey", cancelled: "nhsuk-tag--grey" }[o.state];
    const time = span(o.start, o.end, page.zone);
    return html`<li class="ucp-rows__row" data-override=${o.override} data-state=${o.state}>
      <div>
        <strong class="nhsuk-tag ${tone}">${w.states[o.state]}</strong> <bdi>${o.instead ? w.instead(o.by_name, o.instead_name) : w.whoever(o.by_name)}</bdi>
        <p class="ucp-quiet">${time} · ${w.decided(o.decided_by, moment(new Date(o.decided), page.zone))}</p>
      </div>
      ${page.may.override && (o.state === "ahead" || o.state === "on")
        ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.cancelLabel(o.by_name, time)} @click=${() => (this.cancelling = o)}>${w.cancel}</button>`
        : nothing}
    </li>`;
  }

  private swap(page: Rota, s: Swap): TemplateResult {
    const tone = { asked: "nhsuk-tag--yellow", accepted: "nhsuk-tag--green", refused: "nhsuk-tag--grey", too_late: "nhsuk-tag--grey" }[s.state];
    return html`<li class="ucp-rows__row" data-swap=${s.swap} data-state=${s.state}>
      <div><strong class="nhsuk-tag ${tone}">${words.swaps.states[s.state]}</strong> ${swapWords(s, page.zone)}</div>
      ${s.mine ? html`<a href="/on-call/mine">${words.swaps.mine[s.mine]}</a>` : nothing}
    </li>`;
  }

  private layers(page: Rota): TemplateResult {
    const name = (id: string) => page.people.find((p) => p.person === id)?.name ?? id;
    return html`<section class="ucp-oncall__part" aria-labelledby="shown-layers-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="shown-layers-title">${w.layers}</h2>
      <p class="ucp-measure">${w.layersLead}</p>
      ${page.layers.length === 0 ? html`<p class="ucp-quiet">${w.noLayers}</p>` : nothing}
      <ol class="ucp-list" reversed>
        ${[...page.layers].reverse().map(
          (layer) => html`<li class="ucp-panel" data-layer=${layer.name}>
            <h3 class="nhsuk-heading-s nhsuk-u-margin-bottom-2"><bdi>${layer.name}</bdi></h3>
            ${layerWords(layer).map((line) => html`<p>${line}</p>`)}
            <p><bdi>${layer.people.map(name).join(" → ")}</bdi></p>
          </li>`,
        )}
      </ol>
      ${page.shifts > 0 ? html`<p>${w.planned(page.shifts)}</p>` : nothing}
      ${page.holidays.length > 0 ? html`<p class="ucp-quiet">${w.holidays(page.holidays.map(fullDay).join("; "))}</p>` : nothing}
      ${page.policies.length > 0 ? html`<p>${w.policies} ${page.policies.map((p, i) => html`${i > 0 ? ", " : ""}<a href="/on-call/policies"><bdi>${p.name}</bdi></a>`)}</p>` : nothing}
    </section>`;
  }

  /** What is done seldom: a spreadsheet, and the end of the rota. */
  private further(page: Rota): TemplateResult {
    return html`<ucp-rota-import .token=${this.token} .page=${page}></ucp-rota-import>
      <p><button type="button" class="nhsuk-button nhsuk-button--warning nhsuk-button--small" @click=${() => (this.removing = true)}>${w.remove}</button></p>`;
  }

  private past(page: Rota): TemplateResult {
    return html`<details class="ucp-oncall__part" @toggle=${(event: Event) => void this.unfold(event, page)}>
      <summary><h2 class="nhsuk-heading-m ucp-oncall__summary">${w.history}</h2></summary>
      ${this.entries === undefined
        ? html`<p class="ucp-quiet">${texts.loading} …</p>`
        : this.entries.length === 0
          ? html`<p class="ucp-quiet">${w.noHistory}</p>`
          : html`<ol class="ucp-list ucp-rows" id="history">
              ${this.entries.map((e) => html`<li class="ucp-oncall__entry" data-kind=${e.kind}><time class="ucp-quiet" datetime=${e.at}>${moment(new Date(e.at), page.zone)}</time> <bdi>${e.words}</bdi> <span class="ucp-quiet"><bdi>${w.by(e.by, e.role)}</bdi></span></li>`)}
            </ol>`}
    </details>`;
  }

  private async unfold(event: Event, page: Rota): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.entries) return;
    try {
      this.entries = await history(this.token, page.rota);
    } catch (error) {
      this.failure = why(error);
    }
  }

  private sureToCancel(page: Rota, o: Override): TemplateResult {
    const question = { title: w.cancelTitle(o.by_name), effect: w.cancelEffect, what: w.cancel, warns: true };
    return html`<ucp-sure .question=${question} @sure=${() => void this.cancelled(page, o)} @sure-closed=${() => (this.cancelling = undefined)}></ucp-sure>`;
  }

  private async cancelled(page: Rota, o: Override): Promise<void> {
    let told = "";
    await this.do(async () => (told = outcomeWords(await cancelOverride(this.token, page.rota, o.override))));
    if (this.failure === undefined) this.told = told;
  }

  private sureToRemove(page: Rota): TemplateResult {
    const question = { title: w.removeTitle(page.name), effect: w.removeEffect, what: w.remove, warns: true };
    return html`<ucp-sure .question=${question} @sure=${() => void this.removed(page)} @sure-closed=${() => (this.removing = false)}></ucp-sure>`;
  }

  private async removed(page: Rota): Promise<void> {
    try {
      const outcome = await remove(this.token, page.rota, page.revision);
      if (outcome.outcome === "taken") this.dispatchEvent(new Going("/on-call", w.removed));
      else await this.done(outcomeWords(outcome));
    } catch (error) {
      this.failure = why(error);
    }
  }

  private async file(kind: "csv" | "ics"): Promise<void> {
    const from = new Date();
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await shiftsFile(this.token, this.rota, kind, from, new Date(from.getTime() + 8 * weeks)));
      link.download = `${this.rota}.${kind}`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      this.failure = why(error);
    }
  }
}

/** A rota that is not there yet. */
export class NewRota extends Worklist {
  static override properties = { session: { attribute: false }, staff: { state: true } };
  declare session: Session | undefined;
  declare staff: readonly Person[] | undefined;

  protected override async load(): Promise<void> {
    this.staff = await people(this.token, this.session?.organisation ?? "");
  }

  protected override render(): TemplateResult {
    return html`<div class="ucp-oncall" @deed-done=${(event: Deed) => this.dispatchEvent(new Going("/on-call", event.told))}>
      <a class="nhsuk-back-link" href="/on-call">${w.back}</a>
      ${fault(this.failure)}
      ${this.staff ? html`<ucp-rota-layers .token=${this.token} .staff=${this.staff} @edit-ended=${() => this.dispatchEvent(new Going("/on-call"))}></ucp-rota-layers>` : this.failure ? nothing : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    </div>`;
  }
}

customElements.define("ucp-rota", RotaPage);
customElements.define("ucp-rota-new", NewRota);
