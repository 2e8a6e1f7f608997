// Who is on call now, until when, and where will nobody be?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Session } from "../api.ts";
import { Worklist } from "../privacy/worklist.ts";
import { texts } from "../texts.ts";
import { type Brief, type Overview, overview, type Turn, whoAt, whole } from "./api.ts";
import "./changes.ts";
import { fromField, moment, span } from "./days.ts";
import { type Deed, fault, why } from "./deeds.ts";
import { areaNav } from "./nav.ts";
import { words } from "./texts.ts";

const w = words.overview;
/** How often the page looks again, in milliseconds. */
const again = 60_000;
const london = "Europe/London";

export class OnCallOverview extends Worklist {
  static override properties = { session: { attribute: false }, notice: { attribute: false }, page: { state: true }, then: { state: true }, asked: { state: true } };
  declare session: Session | undefined;
  /** What was done on the page before this one. */
  declare notice: string | undefined;
  declare page: Overview | undefined;
  /** Who is on at the time that was asked for. */
  declare then: { at: Date; rotas: readonly { rota: string; name: string; on: Turn }[] } | undefined;
  /** Why that could not be said. */
  declare asked: string | undefined;
  private looking: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.looking = window.setInterval(() => void this.look(), again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.looking);
  }

  protected override async load(): Promise<void> {
    this.page = await overview(this.token);
  }

  /** Looks again, and leaves what was told before where it is. */
  private async look(): Promise<void> {
    if (document.hidden) return;
    await this.load().then(
      () => (this.failure = undefined),
      (error: unknown) => (this.failure = why(error)),
    );
  }

  private may(what: string): boolean {
    return this.session?.may.includes(what) ?? false;
  }

  protected override render(): TemplateResult {
    const { page } = this;
    return html`<div class="ucp-oncall" @deed-done=${(event: Deed) => void this.do(async () => undefined, event.told)}>
      <div class="ucp-title">
        <h1 class="ucp-title__name">${texts.onCall.title}</h1>
        ${this.may("keep the rotas") ? html`<a class="nhsuk-button nhsuk-button--small ucp-oncall__new" href="/on-call/new-rota">${w.add}</a>` : nothing}
      </div>
      ${areaNav("/on-call", this.session)} ${fault(this.failure)}
      <div role="status">${(this.told ?? this.notice) ? html`<p class="ucp-done">${this.told ?? this.notice}</p>` : nothing}</div>
      ${page ? this.whole(page) : this.failure ? nothing : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    </div>`;
  }

  private whole(page: Overview): TemplateResult {
    return html`
      ${page.swaps_to_answer > 0 ? html`<p class="ucp-caution"><span>${w.swaps(page.swaps_to_answer)}</span> <a href="/on-call/mine">${w.answer}</a></p>` : nothing}
      ${page.rotas.length === 0 ? html`<div class="ucp-empty"><p>${w.none}</p></div>` : nothing}
      <ul class="ucp-list ucp-oncall__rotas">
        ${repeat(page.rotas, (r) => r.rota, (r) => this.one(r))}
      </ul>
      <ucp-on-call-changes .token=${this.token} .changes=${page.changes} .may=${this.may("agree to a change of who is on call")}></ucp-on-call-changes>
      ${page.rotas.length > 0 ? this.anotherTime() : nothing}
    `;
  }

  private one(r: Brief): TemplateResult {
    const on = r.on.person !== "";
    return html`<li class="ucp-panel ucp-oncall__rota ${on ? "" : "ucp-oncall__rota--nobody"}" data-rota=${r.rota} data-on=${r.on.person}>
      <h2 class="ucp-panel__title"><a href="/on-call/rotas/${encodeURIComponent(r.rota)}"><bdi>${r.name}</bdi></a> <span class="ucp-quiet"><bdi>${r.organisation_name}</bdi></span></h2>
      <p class="ucp-oncall__now">
        ${on ? html`<strong><bdi>${r.on.name}</bdi></strong>` : html`<strong class="ucp-oncall__nobody">${w.nobody}</strong>`}
        <span class="ucp-quiet">${w.until(moment(new Date(r.on.end), r.zone))}</span>
      </p>
      ${on && !r.on.reachable ? html`<p><strong class="nhsuk-tag nhsuk-tag--red">${words.person.unreachable}</strong></p>` : nothing}
      <p>${r.next ? (r.next.person ? w.next(r.next.name) : w.nextNobody) : w.nextNone}</p>
      ${this.ahead(r)} ${r.kept === "file" ? html`<p class="ucp-quiet">${w.file}</p>` : nothing}
    </li>`;
  }

  /** What deserves a look in the next eight weeks. */
  private ahead(r: Brief): TemplateResult {
    const [first] = r.gaps;
    return html`<ul class="ucp-oncall__ahead">
      ${first
        ? html`<li data-gaps=${r.gap_count}><strong class="nhsuk-tag nhsuk-tag--red">${w.gaps(r.gap_count)}</strong> ${w.firstGap(span(first.start, first.end, r.zone))}</li>`
        : html`<li data-gaps="0"><strong class="nhsuk-tag nhsuk-tag--green">${w.noGaps}</strong></li>`}
      ${r.unreachable.map(
        (p) => html`<li data-unreachable=${p.person}><strong class="nhsuk-tag nhsuk-tag--yellow">${words.person.unreachable}</strong> <bdi>${p.name}</bdi>${p.first ? w.firstShift(moment(new Date(p.first), r.zone)) : nothing}</li>`,
      )}
    </ul>`;
  }

  private anotherTime(): TemplateResult {
    return html`<section class="ucp-oncall__part" aria-labelledby="then-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="then-title">${w.then}</h2>
      <form class="ucp-oncall__then" novalidate @submit=${(event: SubmitEvent) => void this.ask(event)}>
        <div class="nhsuk-form-group">
          <label class="nhsuk-label" for="then">${w.thenWhen}</label>
          <input class="nhsuk-input ucp-oncall__moment" id="then" type="datetime-local" autocomplete="off" />
        </div>
        <button class="nhsuk-button nhsuk-button--secondary">${w.thenAsk}</button>
      </form>
      ${fault(this.asked)}
      <div aria-live="polite">
        ${this.then
          ? html`<p><strong>${w.thenAt(moment(this.then.at, london))}</strong></p>
              <ul class="nhsuk-list nhsuk-list--bullet" id="then-list">
                ${this.then.rotas.map((r) => html`<li data-rota=${r.rota}><bdi>${r.name}</bdi>: ${r.on.person ? html`<strong><bdi>${r.on.name}</bdi></strong>` : html`<strong>${w.nobody}</strong>`} <span class="ucp-quiet">${r.on.why}</span></li>`)}
              </ul>`
          : nothing}
      </div>
    </section>`;
  }

  private async ask(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const at = fromField(this.querySelector<HTMLInputElement>("#then")!.value, london);
    this.asked = at ? undefined : w.thenMissing;
    if (!at) return;
    try {
      this.then = { at, rotas: await whoAt(this.token, whole(at)) };
    } catch (error) {
      this.then = undefined;
      this.asked = why(error);
    }
  }
}

customElements.define("ucp-on-call", OnCallOverview);
