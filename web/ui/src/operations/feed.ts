// Does a hospital's feed come as usual, and should its silence be told?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { dayAndTime, instant, timeOrDay } from "../words/dates.ts";
import { type Feed, type FeedState, mute, weekOf } from "./api.ts";
import { bandAt, plot } from "./plot.ts";
import { words } from "./texts.ts";

const w = words.feeds;
const tones: Readonly<Record<FeedState, string>> = { heard: "nhsuk-tag--green", silent: "nhsuk-tag--red", learning: "nhsuk-tag--blue", rare: "nhsuk-tag--grey", muted: "nhsuk-tag--yellow" };

export class FeedCard extends LightElement {
  static override properties = {
    feed: { attribute: false },
    token: { attribute: false },
    now: { attribute: false },
    week: { state: true },
    weekFailure: { state: true },
    told: { state: true },
    missing: { state: true },
    busy: { state: true },
  };
  declare feed: Feed;
  declare token: string;
  /** By the service's clock. */
  declare now: Date;
  /** Messages an hour in each hour of the week, once somebody asked. */
  declare week: readonly number[] | undefined;
  declare weekFailure: string | undefined;
  /** What came of muting. */
  declare told: string | undefined;
  /** No reason was written. */
  declare missing: boolean;
  declare busy: boolean;

  private get name(): string {
    return words.todo.feedName(this.feed.organisation_name, this.feed.application);
  }

  /** The id of something in this card. */
  private id_(what: string): string {
    return `feed-${this.feed.feed.replace(/[^A-Za-z0-9]/g, "-")}-${what}`;
  }

  protected override render(): TemplateResult {
    const { feed } = this;
    const last = instant(feed.last);
    const perHour = feed.minutes.reduce((a, b) => a + b, 0);
    const lastMinute = feed.minutes.at(-2) ?? 0;
    const band = bandAt(feed.bands, this.now.getTime());
    const newest = new Date((instant(feed.from) ?? this.now).getTime() + (feed.minutes.length - 1) * 60_000);
    return html`<article class="ucp-panel ucp-feed" data-feed=${feed.feed} data-state=${feed.state} aria-labelledby=${this.id_("name")}>
      <h3 class="ucp-panel__title" id=${this.id_("name")}><bdi>${this.name}</bdi> <strong class="nhsuk-tag ${tones[feed.state]}">${w.states[feed.state]}</strong></h3>
      <p class="ucp-panel__main">${last ? w.last(timeOrDay(last, this.now, feed.time_zone)) : w.never}<span class="ucp-quiet"> · ${w.figures(perHour, lastMinute)}</span></p>
      ${feed.muted_until ? nothing : html`<p class="ucp-quiet">${sentence(feed.words)}</p>`}
      ${this.mutedUntil()}
      <p class="ucp-quiet">${band ? w.usual(band.low, band.usual, band.high) : w.notLearnt}</p>
      ${plot({ what: w.what(this.name), summary: w.summary(this.name, perHour, lastMinute, band?.usual), newest, values: feed.minutes, bands: feed.bands, zone: feed.time_zone, sums: true })}
      ${this.parts()} ${this.weekly()} ${this.muting()}
      <p role="status" class="ucp-panel__told">${this.told ?? ""}</p>
    </article>`;
  }

  private mutedUntil(): TemplateResult | typeof nothing {
    const { feed } = this;
    const until = instant(feed.muted_until);
    if (!until) return nothing;
    return html`<p>
      <bdi>${w.muted(dayAndTime(until, feed.time_zone), feed.muted_by ?? "", feed.muted_for ?? "")}</bdi>
      <button type="button" class="ucp-linklike" aria-disabled=${this.busy ? "true" : "false"} @click=${() => void this.keep(feed.feed, new Date(this.now.getTime() - 1000), w.unmuteReason)}>
        ${w.unmute}<span class="nhsuk-u-visually-hidden"> (${this.name})</span>
      </button>
    </p>`;
  }

  private parts(): TemplateResult | typeof nothing {
    const { parts } = this.feed;
    if (parts.length === 0) return nothing;
    const silent = parts.filter((p) => p.state === "silent").length;
    return html`<details class="ucp-more">
      <summary>${w.parts(parts.length, silent)}<span class="nhsuk-u-visually-hidden"> (${this.name})</span></summary>
      <ul class="ucp-feed-parts">
        ${parts.map(
          (p) => html`<li data-part=${p.feed} data-state=${p.state}>
            <strong><bdi>${w.part(p.event, p.site)}</bdi></strong> <strong class="nhsuk-tag ${tones[p.state]}">${w.states[p.state]}</strong> <span class="ucp-quiet">${sentence(p.words)}</span>
          </li>`,
        )}
      </ul>
    </details>`;
  }

  private weekly(): TemplateResult {
    return html`<details class="ucp-more" @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && void this.loadWeek()}>
      <summary>${w.week}<span class="nhsuk-u-visually-hidden"> (${this.name})</span></summary>
      ${this.weekFailure !== undefined ? html`<p role="alert">${w.weekFailed(this.weekFailure)}</p>` : this.week ? this.weekTable(this.week) : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    </details>`;
  }

  private weekTable(week: readonly number[]): TemplateResult {
    const most = Math.max(1, ...week);
    return html`<div class="ucp-wide" tabindex="0" role="region" aria-label=${w.weekCaption(this.name)}>
      <table class="ucp-figures ucp-week">
        <caption class="nhsuk-u-visually-hidden">${w.weekCaption(this.name)}</caption>
        <thead>
          <tr><th scope="col">${w.hour}</th>${w.days.map((d) => html`<th scope="col">${d}</th>`)}</tr>
        </thead>
        <tbody>
          ${Array.from(
            { length: 24 },
            (_, hour) => html`<tr>
              <th scope="row">${String(hour).padStart(2, "0")}</th>
              ${w.days.map((_, d) => {
                const value = week[d * 24 + hour] ?? 0;
                return html`<td data-heat=${Math.ceil((4 * value) / most)}>${w.rate(value)}</td>`;
              })}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private async loadWeek(): Promise<void> {
    try {
      this.week = await weekOf(this.token, this.feed.feed);
      this.weekFailure = undefined;
    } catch (error) {
      this.weekFailure = said(error);
    }
  }

  private muting(): TemplateResult {
    const { feed } = this;
    return html`<details class="ucp-more">
      <summary>${w.mute}<span class="nhsuk-u-visually-hidden"> (${this.name})</span></summary>
      <form class="ucp-mute" novalidate @submit=${(event: SubmitEvent) => this.submitted(event)}>
        <p class="ucp-quiet">${w.muteLead}</p>
        <div>
          <label class="nhsuk-label" for=${this.id_("which")}>${w.which}</label>
          <select class="nhsuk-select" id=${this.id_("which")} name="which">
            <option value=${feed.feed}>${w.whole}</option>
            ${feed.parts.map((p) => html`<option value=${p.feed}>${w.part(p.event, p.site)}</option>`)}
          </select>
        </div>
        <div>
          <label class="nhsuk-label" for=${this.id_("span")}>${w.how}</label>
          <select class="nhsuk-select" id=${this.id_("span")} name="span">${w.spans.map(([hours, name]) => html`<option value=${hours}>${name}</option>`)}</select>
        </div>
        <div class="ucp-mute__reason">
          <label class="nhsuk-label" for=${this.id_("reason")}>${w.reason}</label>
          <div class="nhsuk-hint" id=${this.id_("hint")}>${w.reasonHint}</div>
          <div role="alert">${this.missing ? html`<span class="nhsuk-error-message" id=${this.id_("error")}>${w.reasonMissing}</span>` : nothing}</div>
          <input class="nhsuk-input ${this.missing ? "nhsuk-input--error" : ""}" id=${this.id_("reason")} name="reason" maxlength="200" autocomplete="off"
            aria-describedby=${this.missing ? `${this.id_("hint")} ${this.id_("error")}` : this.id_("hint")} aria-invalid=${this.missing ? "true" : "false"} />
        </div>
        <button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-disabled=${this.busy ? "true" : "false"}>${w.muteNow}<span class="nhsuk-u-visually-hidden"> (${this.name})</span></button>
      </form>
    </details>`;
  }

  private submitted(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const typed = new FormData(form);
    const reason = String(typed.get("reason") ?? "").trim();
    this.missing = reason === "";
    if (this.missing) {
      form.querySelector<HTMLInputElement>("[name=reason]")?.focus();
      return;
    }
    void this.keep(String(typed.get("which")), new Date(this.now.getTime() + Number(typed.get("span")) * 3_600_000), reason).then((kept) => kept && form.reset());
  }

  private async keep(feed: string, until: Date, reason: string): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      await mute(this.token, feed, until, reason);
      this.told = w.done;
      return true;
    } catch (error) {
      this.told = w.failed(said(error));
      return false;
    } finally {
      this.busy = false;
    }
  }
}

const said = (error: unknown) => (error instanceof Problem ? error.message : texts.errors.unreachable);

/** The service's words as a sentence. */
const sentence = (text: string) => (text === "" ? "" : `${text.charAt(0).toLocaleUpperCase("en-GB")}${text.slice(1)}.`);

customElements.define("ucp-feed", FeedCard);
