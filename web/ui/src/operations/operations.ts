// Is anything wrong with what the boards depend on, and what is to be done?
//
// This page is loaded when somebody asks for it, never before. It asks the service every few seconds; when that is not answered, it says of
// when its figures are.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { ownBuild } from "../version.ts";
import { clock, dayAndTime, instant } from "../words/dates.ts";
import { type Depth, type Now, stand } from "./api.ts";
import { departments } from "./departments.ts";
import "./feed.ts";
import { plot } from "./plot.ts";
import "./quarantine.ts";
import { words as w } from "./texts.ts";
import { type Item, todo } from "./todo.ts";

const zone = "Europe/London";
/** The time between two questions to the service, and after which an answer is old. Milliseconds. */
const every = 5_000;
const old = 3 * every;

export class OperationsPage extends LightElement {
  static override properties = {
    token: { attribute: false },
    now: { state: true },
    failure: { state: true },
    stale: { state: true },
  };
  declare token: string;
  declare now: Now | undefined;
  /** Why the last question was not answered. */
  declare failure: string | undefined;
  /** What is shown is old. */
  declare stale: boolean;

  private timer: ReturnType<typeof setTimeout> | undefined;
  private watching: ReturnType<typeof setInterval> | undefined;
  private asking = false;
  /** When the last answer came, by a clock that nobody sets. */
  private answered = performance.now();
  private readonly looked = () => document.visibilityState === "visible" && void this.load();

  constructor() {
    super();
    this.stale = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.looked);
    this.watching = setInterval(() => (this.stale = performance.now() - this.answered > old), 1_000);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.looked);
    clearInterval(this.watching);
    clearTimeout(this.timer);
  }

  private async load(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    clearTimeout(this.timer);
    try {
      this.now = await stand(this.token);
      this.answered = performance.now();
      this.failure = undefined;
      this.stale = false;
    } catch (error) {
      this.failure = error instanceof Problem ? (error.status === 403 ? w.refused : error.message) : texts.errors.unreachable;
    }
    this.asking = false;
    if (this.isConnected) this.timer = setTimeout(() => void this.load(), every);
  }

  protected override render(): TemplateResult {
    const { now } = this;
    const at = instant(now?.time);
    return html`
      <div class="ucp-title">
        <h1 class="ucp-title__name">${texts.operations.title}</h1>
        ${now && at ? html`<p class="ucp-title__summary" data-age=${this.stale ? "old" : "fresh"}>${w.at(clock(at, zone), now.version)}</p>` : nothing}
      </div>
      <div role="alert">${this.warning(at)}</div>
      ${now && at ? this.standing(now, at) : this.failure === undefined ? html`<p class="ucp-quiet">${texts.loading} …</p>` : nothing}
    `;
  }

  private warning(at: Date | undefined): TemplateResult | typeof nothing {
    if (at && this.stale) return html`<p class="ucp-caution ucp-caution--stop" data-stale>${w.stale(clock(at, zone), this.failure ?? "")}</p>`;
    if (!at && this.failure !== undefined) return html`<p class="ucp-caution ucp-caution--stop">${this.failure === w.refused ? w.refused : w.never(this.failure)}</p>`;
    return nothing;
  }

  private standing(now: Now, at: Date): TemplateResult {
    const items = todo(now);
    return html`
      ${this.needed(items, now)}
      <section aria-labelledby="feeds">
        <h2 class="ucp-heading ucp-heading--second" id="feeds">${w.feeds.title}</h2>
        ${now.feeds.length === 0
          ? html`<p>${w.feeds.none}</p>`
          : html`<ul class="ucp-list ucp-panels">${repeat(now.feeds, (f) => f.feed, (f) => html`<li><ucp-feed .feed=${f} .token=${this.token} .now=${at}></ucp-feed></li>`)}</ul>`}
      </section>
      <section aria-labelledby="quarantine">
        <h2 class="ucp-heading ucp-heading--second" id="quarantine">${w.quarantine.title}</h2>
        <ucp-quarantine .token=${this.token} .standing=${`${now.waiting.messages} ${now.waiting.newest ?? ""}`}></ucp-quarantine>
      </section>
      <section aria-labelledby="departments">
        <h2 class="ucp-heading ucp-heading--second" id="departments">${w.departments.title}</h2>
        ${departments(now.departments, at, ownBuild())}
      </section>
      <section aria-labelledby="queues">
        <h2 class="ucp-heading ucp-heading--second" id="queues">${w.queues.title}</h2>
        <p class="ucp-quiet">${w.queues.lead}</p>
        <ul class="ucp-list ucp-panels ucp-panels--small">${now.depths.map((d) => html`<li>${depth(d, at)}</li>`)}</ul>
      </section>
      ${this.proof(now)} ${this.checks(now)}
    `;
  }

  /** The first thing that anybody sees: whether something is wrong, and what to do. */
  private needed(items: readonly Item[], now: Now): TemplateResult {
    const urgent = items.some((i) => i.tone === "now");
    return html`<section class="ucp-todo ucp-todo--${urgent ? "now" : items.length > 0 ? "soon" : "none"}" aria-labelledby="todo" data-todo=${items.length}>
      <h2 class="ucp-heading" id="todo">${w.todo.title}</h2>
      <p role="status" class=${items.length > 0 ? "nhsuk-u-visually-hidden" : "ucp-todo__nothing"}>${w.todo.announced(items.length)}</p>
      ${items.length === 0
        ? html`<p class="ucp-quiet">${w.todo.allWell(now.feeds.length, now.departments.length)}</p>`
        : html`<ol class="ucp-todo__list">
            ${repeat(
              items,
              (i) => i.key,
              (i) => html`<li data-item=${i.key}>
                <strong class="nhsuk-tag ${i.tone === "now" ? "nhsuk-tag--red" : "nhsuk-tag--orange"}">${w.todo.tones[i.tone]}</strong>
                <div>
                  <p class="ucp-todo__what"><bdi>${i.what}</bdi></p>
                  <p>${i.act}${i.link ? html` <a href=${i.link}>${w.todo.more}<span class="nhsuk-u-visually-hidden">: ${i.what}</span></a>` : nothing}</p>
                </div>
              </li>`,
            )}
          </ol>`}
    </section>`;
  }

  private proof(now: Now): TemplateResult {
    const { proof } = now;
    const ended = instant(proof?.ended);
    const tone = proof && proof.differences > 0 ? (proof.mended ? "nhsuk-tag--orange" : "nhsuk-tag--red") : "nhsuk-tag--green";
    return html`<section aria-labelledby="proof">
      <h2 class="ucp-heading ucp-heading--second" id="proof">${w.proof.title}</h2>
      <p data-proof>
        ${proof && ended
          ? html`<strong class="nhsuk-tag ${tone}">${proof.differences === 0 ? w.proof.clean(dayAndTime(ended, zone)) : w.proof.found(proof.differences, proof.mended, dayAndTime(ended, zone))}</strong>`
          : w.proof.none}
        <a href="/proofs">${w.proof.link}</a>
      </p>
    </section>`;
  }

  private checks(now: Now): TemplateResult {
    const [name, state, why] = w.checks.columns;
    return html`<section aria-labelledby="checks">
      <h2 class="ucp-heading ucp-heading--second" id="checks">${w.checks.title}</h2>
      <table class="ucp-plans" role="table">
        <caption class="nhsuk-u-visually-hidden">${w.checks.title}</caption>
        <thead role="rowgroup">
          <tr role="row">${[name, state, why].map((c) => html`<th role="columnheader" scope="col">${c}</th>`)}</tr>
        </thead>
        <tbody role="rowgroup">
          ${now.checks.map(
            (c) => html`<tr role="row" data-check=${c.name}>
              <td role="cell">${c.name}</td>
              <td role="cell"><strong class="nhsuk-tag ${c.ok ? "nhsuk-tag--green" : c.advisory ? "nhsuk-tag--orange" : "nhsuk-tag--red"}">${c.ok ? w.checks.ok : c.advisory ? w.checks.advisory : w.checks.bad}</strong></td>
              <td role="cell"><bdi>${c.reason}</bdi></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </section>`;
  }
}

function depth(d: Depth, at: Date): TemplateResult {
  const name = w.queues.names[d.name] ?? d.name;
  return html`<article class="ucp-panel" data-depth=${d.name}>
    <h3 class="ucp-panel__title">${name}</h3>
    <p class="ucp-panel__main">${w.queues.now(d.now)}</p>
    ${plot({ what: name, summary: w.queues.summary(name, d.now, Math.max(0, ...d.minutes)), newest: new Date(Math.floor(at.getTime() / 60_000) * 60_000), values: d.minutes, zone, sums: false })}
  </article>`;
}

customElements.define("ucp-operations", OperationsPage);
