// Which plans does this centre have?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { statusWord } from "../board/plan-text.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { birthDate, dayAndTime, instant } from "../words/dates.ts";
import { patientName, spacedNHSNumber } from "../words/patient.ts";
import { type DraftRow, listDrafts, listPlans, type OwnList, type OwnRow } from "./api.ts";
import { words } from "./texts.ts";
import "./waiting.ts";

const zone = "Europe/London";
const w = words.list;

export class CentreList extends LightElement {
  static override properties = {
    token: { attribute: false },
    list: { state: true },
    drafts: { state: true },
    failure: { state: true },
  };
  declare token: string;
  declare list: OwnList | undefined;
  declare drafts: DraftRow[];
  declare failure: string | undefined;

  private search = { text: "", state: "", page: 1 };
  private asked = 0;

  constructor() {
    super();
    this.drafts = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    void listDrafts(this.token).then(
      (drafts) => (this.drafts = drafts),
      () => undefined, // the list of plans says what is wrong
    );
  }

  private async load(more: Partial<typeof this.search> = {}): Promise<void> {
    this.search = { ...this.search, page: 1, ...more };
    const asked = ++this.asked;
    try {
      const list = await listPlans(this.token, this.search);
      if (asked !== this.asked) return;
      this.list = list;
      this.failure = undefined;
    } catch (error) {
      if (asked === this.asked) this.failure = error instanceof Problem ? error.message : texts.errors.unreachable;
    }
  }

  protected override render(): TemplateResult {
    return html`
      <div class="ucp-title">
        <h1 class="ucp-title__name">${this.list?.centre_name ? html`<span class="nhsuk-caption-l">${this.list.centre_name}</span>` : nothing} ${texts.centre.title}</h1>
        <a class="nhsuk-button ucp-centre__write" href="/centre/plans/new">${w.write}</a>
      </div>
      <ucp-waiting .token=${this.token}></ucp-waiting>
      ${this.draftList()} ${this.list ? html`${this.reviews(this.list)} ${this.opened(this.list)}` : nothing}
      <form class="ucp-search" role="search" novalidate @submit=${(event: Event) => this.submitted(event)}>
        <div>
          <label class="nhsuk-label" for="search-text">${w.search}</label>
          <input class="nhsuk-input" id="search-text" autocomplete="off" spellcheck="false" maxlength="100" />
        </div>
        <div>
          <label class="nhsuk-label" for="search-state">${w.which}</label>
          <select class="nhsuk-select" id="search-state" @change=${(event: Event) => this.submitted(event)}>
            ${Object.entries(w.states).map(([value, text]) => html`<option value=${value}>${text}</option>`)}
          </select>
        </div>
        <button class="nhsuk-button nhsuk-button--secondary">${w.find}</button>
      </form>
      ${this.failure !== undefined ? html`<p class="ucp-caution ucp-caution--stop" role="alert">${this.failure}</p>` : nothing} ${this.list ? this.found(this.list) : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    `;
  }

  private submitted(event: Event): void {
    event.preventDefault();
    void this.load({ text: this.querySelector<HTMLInputElement>("#search-text")!.value.trim(), state: this.querySelector<HTMLSelectElement>("#search-state")!.value });
  }

  /** What is to be reviewed of all plans of the centre, whatever is searched for. */
  private reviews(list: OwnList): TemplateResult | typeof nothing {
    if (list.due + list.overdue === 0) return nothing;
    const show = (state: string) => () => {
      this.querySelector<HTMLInputElement>("#search-text")!.value = "";
      this.querySelector<HTMLSelectElement>("#search-state")!.value = state;
      void this.load({ text: "", state });
    };
    const button = (state: string, text: string) => html`<button type="button" class="ucp-chip" @click=${show(state)}>${text}</button>`;
    return html`
      <section class="ucp-drafts ucp-reviews ${list.overdue > 0 ? "ucp-reviews--overdue" : ""}" aria-labelledby="reviews-title">
        <h2 class="nhsuk-heading-s" id="reviews-title">${words.reviews.title}</h2>
        <p><strong>${words.reviews.counts(list.due, list.overdue)}</strong></p>
        ${list.overdue > 0 ? html`<p class="ucp-quiet">${words.reviews.still}</p>` : nothing}
        <p class="ucp-reviews__show">
          ${list.overdue > 0 ? button("overdue", words.reviews.overdue) : nothing} ${list.due > 0 ? button("due", words.reviews.due) : nothing}
        </p>
      </section>
    `;
  }

  /** The centre is told of every plan of its own that was opened without an arrival. */
  private opened(list: OwnList): TemplateResult | typeof nothing {
    if (list.opened.length === 0) return nothing;
    return html`
      <section class="ucp-drafts ucp-reviews" aria-labelledby="opened-title" id="opened">
        <h2 class="nhsuk-heading-s" id="opened-title">${words.opened.title}</h2>
        <ul class="nhsuk-list">
          ${list.opened.slice(0, 10).map((o) => {
            const at = instant(o.at);
            return html`<li><a href="/centre/plans/${encodeURIComponent(o.plan)}"><bdi>${words.opened.by(o.role, o.organisation, at ? dayAndTime(at, "Europe/London") : "")}</bdi></a> <span class="ucp-quiet"><bdi>${o.why}</bdi></span></li>`;
          })}
        </ul>
        ${list.opened.length > 10 ? html`<p class="ucp-quiet">${words.opened.more(list.opened.length - 10)}</p>` : nothing}
      </section>
    `;
  }

  private draftList(): TemplateResult | typeof nothing {
    if (this.drafts.length === 0) return nothing;
    return html`
      <section class="ucp-drafts" aria-labelledby="drafts-title">
        <h2 class="nhsuk-heading-s" id="drafts-title">${w.drafts}</h2>
        <ul>
          ${this.drafts.map((d) => {
            const saved = instant(d.saved);
            return html`<li>
              <a href="/centre/plans/${encodeURIComponent(d.plan)}/edit"><bdi>${patientName({ family: d.family, given: d.given }) || w.nameless}</bdi></a>
              <span><bdi>${d.headline || w.noHeadline}</bdi></span>
              <span class="ucp-quiet">${d.new ? w.newDraft : w.revision}${saved ? ` · ${w.saved(dayAndTime(saved, zone))}` : ""}</span>
            </li>`;
          })}
        </ul>
      </section>
    `;
  }

  private found(list: OwnList): TemplateResult {
    return html`
      <p class="ucp-found" role="status">${w.found(list.total)}</p>
      ${list.plans.length === 0
        ? html`<p class="ucp-quiet">${w.none}</p>`
        : html`<table class="ucp-plans" role="table">
            <caption class="nhsuk-u-visually-hidden">${texts.centre.title}</caption>
            <thead role="rowgroup">
              <tr role="row">${[w.patient, w.headline, w.state, w.review, w.used].map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr>
            </thead>
            <tbody role="rowgroup">${list.plans.map(row)}</tbody>
          </table>`}
      ${list.pages > 1
        ? html`<nav class="ucp-pages" aria-label=${w.page(list.page, list.pages)}>
            ${list.page > 1 ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load({ page: list.page - 1 })}>${w.previous}</button>` : nothing}
            <span>${w.page(list.page, list.pages)}</span>
            ${list.page < list.pages ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load({ page: list.page + 1 })}>${w.next}</button>` : nothing}
          </nav>`
        : nothing}
    `;
  }
}

function row(p: OwnRow): TemplateResult {
  const used = instant(p.last_used);
  return html`
    <tr role="row" data-plan=${p.plan}>
      <td role="cell" class="ucp-plans__who">
        <a href="/centre/plans/${encodeURIComponent(p.plan)}"><bdi>${patientName(p) || texts.card.nameless}</bdi></a>
        <span class="ucp-quiet">${birthDate(p.birth_date)} · <span class="ucp-number">${spacedNHSNumber(p.nhs_number)}</span></span>
      </td>
      <td role="cell"><bdi>${p.headline}</bdi></td>
      <td role="cell">
        ${stateTags(p)}
        ${(p.questions ?? 0) + (p.disputes ?? 0) > 0 ? html`<strong class="nhsuk-tag nhsuk-tag--pink">${words.waiting.flag(p.questions ?? 0, p.disputes ?? 0)}</strong>` : nothing}
      </td>
      <td role="cell" data-label=${w.review}>
        ${p.review ? html`<strong class="nhsuk-tag ${p.review === "overdue" ? "nhsuk-tag--red" : "nhsuk-tag--yellow"}">${words.review[p.review]}</strong> ` : nothing}
        ${p.review_due ? html`<span>${birthDate(p.review_due)}</span>` : html`<span class="ucp-quiet">${w.noReview}</span>`}
      </td>
      <td role="cell" data-label=${w.used}>${p.alerts > 0 && used ? w.usedTimes(p.alerts, dayAndTime(used, zone)) : html`<span class="ucp-quiet">${w.never}</span>`}</td>
    </tr>
  `;
}

/** The state of a plan, and its urgency while it can raise alerts. */
export function stateTags(p: OwnRow): TemplateResult {
  const tone = { active: "nhsuk-tag--green", "on-hold": "nhsuk-tag--orange", "entered-in-error": "nhsuk-tag--red" }[p.status] ?? "nhsuk-tag--grey";
  const urgency = texts.urgency[p.urgency as keyof typeof texts.urgency];
  return html`<strong class="nhsuk-tag ${tone}">${statusWord(p.status)}</strong>
    ${p.status === "active" && urgency ? html` <strong class="nhsuk-tag ucp-urgency ucp-urgency--${p.urgency}">${urgency}</strong>` : nothing}`;
}

customElements.define("ucp-centre-list", CentreList);
