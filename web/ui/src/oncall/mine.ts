// When am I on call, what was I asked, and how does my calendar know?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Session } from "../api.ts";
import { Worklist } from "../privacy/worklist.ts";
import { texts } from "../texts.ts";
import { answerSwap, endFeed, makeFeed, type Mine, mine, type Swap, takeBack } from "./api.ts";
import { moment, span } from "./days.ts";
import { typed } from "../people/field.ts";
import { fault } from "./deeds.ts";
import { areaNav } from "./nav.ts";
import { swapWords } from "./swaps.ts";
import { words } from "./texts.ts";

const w = words.mine;

export class MinePage extends Worklist {
  static override properties = { session: { attribute: false }, page: { state: true }, address: { state: true }, copied: { state: true } };
  declare session: Session | undefined;
  declare page: Mine | undefined;
  /** The address of a calendar that was made just now: it is shown this once. */
  declare address: string | undefined;
  declare copied: boolean;

  protected override async load(): Promise<void> {
    this.page = await mine(this.token);
  }

  protected override render(): TemplateResult {
    const { page } = this;
    return html`<div class="ucp-oncall">
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${texts.onCall.mine}</h1>
      ${areaNav("/on-call/mine", this.session)} ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      ${page ? this.whole(page) : this.failure ? nothing : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    </div>`;
  }

  private whole(page: Mine): TemplateResult {
    const toAnswer = page.swaps.filter((s) => s.mine === "answer");
    const others = page.swaps.filter((s) => s.mine !== "answer");
    return html`
      ${page.reachable ? nothing : html`<p class="ucp-caution ucp-caution--stop" data-unreachable><span>${w.unreachable}</span> <a href="/on-call/me">${w.reach}</a></p>`}
      ${toAnswer.length > 0
        ? html`<section class="ucp-oncall__part" aria-labelledby="answer-title">
            <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="answer-title">${w.toAnswer}</h2>
            <ul class="ucp-list">${repeat(toAnswer, (s) => s.swap, (s) => this.toAnswer(s))}</ul>
          </section>`
        : nothing}
      <section class="ucp-oncall__part" aria-labelledby="shifts-title">
        <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="shifts-title">${w.shifts}</h2>
        ${page.shifts.length === 0
          ? html`<p class="ucp-quiet">${w.noShifts}</p>`
          : html`<p class="ucp-quiet">${w.swapHow}</p>
              <ol class="ucp-list ucp-rows ucp-oncall__shifts" id="shifts">
                ${page.shifts.map(
                  (s) => html`<li class="ucp-rows__row" data-shift=${s.start}>
                    <div><strong>${span(s.start, s.end, s.zone)}</strong>${this.isNow(s) ? html` <strong class="nhsuk-tag nhsuk-tag--green">${w.now}</strong>` : nothing}<p class="ucp-quiet"><bdi>${w.where(s.rota_name, s.why)}</bdi></p></div>
                    <a href="/on-call/rotas/${encodeURIComponent(s.rota)}">${w.open}<span class="nhsuk-u-visually-hidden">: ${s.rota_name}</span></a>
                  </li>`,
                )}
              </ol>`}
      </section>
      ${others.length > 0
        ? html`<section class="ucp-oncall__part" aria-labelledby="swaps-title">
            <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="swaps-title">${w.swaps}</h2>
            <ul class="ucp-list ucp-rows">${repeat(others, (s) => s.swap, (s) => this.other(s))}</ul>
          </section>`
        : nothing}
      ${this.feeds(page)}
    `;
  }

  private isNow({ start, end }: { start: string; end: string }): boolean {
    return Date.parse(start) <= Date.now() && Date.now() < Date.parse(end);
  }

  /** A swap is told in the zone of its rota, as far as that is one of mine. */
  private zoneOf(s: Swap): string {
    return this.page?.shifts.find((shift) => shift.rota === s.rota)?.zone ?? "Europe/London";
  }

  private toAnswer(s: Swap): TemplateResult {
    const button = (text: string, accepts: boolean, told: string) =>
      html`<button type="button" class="nhsuk-button ${accepts ? "" : "nhsuk-button--secondary"} nhsuk-button--small" aria-label=${w.label(text, s.asks_name)} @click=${() => void this.do(() => answerSwap(this.token, s.swap, accepts), told)}>${text}</button>`;
    return html`<li class="ucp-panel" data-swap=${s.swap} data-state=${s.state}>
      <p class="ucp-quiet"><bdi>${s.rota_name}</bdi></p>
      <div class="nhsuk-u-margin-bottom-3">${swapWords(s, this.zoneOf(s))}</div>
      <div class="ucp-rows__deeds">${button(w.accept, true, w.accepted)} ${button(w.refuse, false, w.refused)}</div>
    </li>`;
  }

  private other(s: Swap): TemplateResult {
    const tone = { asked: "nhsuk-tag--yellow", accepted: "nhsuk-tag--green", refused: "nhsuk-tag--grey", too_late: "nhsuk-tag--grey" }[s.state];
    return html`<li class="ucp-rows__row" data-swap=${s.swap} data-state=${s.state}>
      <div><strong class="nhsuk-tag ${tone}">${words.swaps.states[s.state]}</strong> ${swapWords(s, this.zoneOf(s))}</div>
      ${s.mine === "take_back"
        ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(w.takeBack, s.takes_name)} @click=${() => void this.do(() => takeBack(this.token, s.swap), w.tookBack)}>${w.takeBack}</button>`
        : nothing}
    </li>`;
  }

  private feeds(page: Mine): TemplateResult {
    const rotas = new Map(page.shifts.map((shift) => [shift.rota, shift.rota_name]));
    return html`<section class="ucp-panel ucp-oncall__part" aria-labelledby="feed-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="feed-title">${w.feed}</h2>
      <p class="ucp-measure">${w.feedLead}</p>
      ${this.address
        ? html`<p id="feed-shown" tabindex="-1">${w.feedShown}</p>
            <p><code class="ucp-account__secret" id="feed-address">${this.address}</code></p>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.copy()}>${this.copied ? w.copied : w.copy}</button>`
        : nothing}
      <ul class="ucp-list ucp-rows">
        ${page.feeds.map(
          (f) => html`<li class="ucp-rows__row" data-feed=${f.rota}>
            <div><bdi>${f.rota ? f.rota_name : w.feedAll}</bdi> <span class="ucp-quiet">${w.feedMade(moment(new Date(f.made), "Europe/London"))}</span></div>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(w.feedEnd, f.rota ? f.rota_name : w.feedAll)} @click=${() => void this.end(f.rota)}>${w.feedEnd}</button>
          </li>`,
        )}
      </ul>
      <form class="ucp-oncall__then" novalidate @submit=${(event: SubmitEvent) => void this.make(event)}>
        <div class="nhsuk-form-group">
          <label class="nhsuk-label" for="feed-of">${w.feedOf}</label>
          <select class="nhsuk-select" id="feed-of">
            <option value="">${w.feedAll}</option>
            ${[...rotas].map(([id, name]) => html`<option value=${id}>${w.feedRota(name)}</option>`)}
          </select>
        </div>
        <button class="nhsuk-button nhsuk-button--small">${w.feedMake}</button>
      </form>
    </section>`;
  }

  private async copy(): Promise<void> {
    await navigator.clipboard.writeText(this.address ?? "").then(
      () => (this.copied = true),
      () => undefined,
    );
  }

  private async make(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const of = typed(event.currentTarget as HTMLElement, "feed-of");
    await this.do(async () => {
      this.address = await makeFeed(this.token, of);
      this.copied = false;
    });
    await this.updateComplete;
    this.querySelector<HTMLElement>("#feed-shown")?.focus();
  }

  private end(of: string): Promise<void> {
    return this.do(async () => {
      await endFeed(this.token, of);
      this.address = undefined;
    }, w.feedEnded);
  }
}

customElements.define("ucp-on-call-mine", MinePage);
