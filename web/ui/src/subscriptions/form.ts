// What does somebody want to be told of?
//
// Whatever is changed here, the service says at once what that would have told in the last 30 days.

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { Foresight } from "../foresight.ts";
import { LightElement } from "../light.ts";
import { fault, field } from "../people/field.ts";
import { texts } from "../texts.ts";
import { change, type Choices, type Happening, type Kept, type PatientList, type Place, type Preview, preview, type Span, subscribe, type Wanted } from "./api.ts";
import { previewed } from "./preview.ts";
import { afterDay, lastDay, namesOf, plansSay, spansSay, urgenciesSay, weekdays, whereSays } from "./says.ts";
import { words } from "./texts.ts";

const w = words.form;

/** How long nothing is typed before the last 30 days are worked out anew, in milliseconds. */
const pause = 300;

/** The subscription is kept. Bubbles. */
export class Saved extends Event {
  constructor(readonly kept: Kept) {
    super("subscription-saved", { bubbles: true });
  }
}

export class SubscriptionForm extends LightElement {
  static override properties = {
    token: { attribute: false }, choices: { attribute: false }, lists: { attribute: false }, begun: { attribute: false }, of: { attribute: false }, team: { attribute: false },
    wanted: { state: true }, would: { state: true }, wouldFail: { state: true }, failure: { state: true }, busy: { state: true },
  };
  declare token: string;
  declare choices: Choices;
  declare lists: readonly PatientList[];
  /** What it begins with. */
  declare begun: Wanted;
  /** The subscription that is changed; undefined for a new one. */
  declare of: Kept | undefined;
  /** Whether it tells people of a team, who are chosen here. */
  declare team: boolean;
  declare wanted: Wanted;
  declare would: Preview | undefined;
  declare wouldFail: string | undefined;
  declare failure: string | undefined;
  declare busy: boolean;

  /** The last 30 days. */
  private readonly foresight = new Foresight<Preview>(
    pause,
    () => {
      if (this.wanted.events.length > 0) return preview(this.token, this.wanted);
      this.would = this.wouldFail = undefined;
      return undefined;
    },
    (would) => {
      this.would = would;
      this.wouldFail = undefined;
    },
    (error) => (this.wouldFail = error instanceof Problem ? error.message : texts.errors.unreachable),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.wanted = this.begun;
    void this.foresight.now();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("h2")?.focus());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.foresight.stop();
  }

  private set(more: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...more };
    this.foresight.soon();
  }

  protected override render(): TemplateResult {
    return html`<section class="ucp-subscribing" aria-labelledby="form-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-3" id="form-title" tabindex="-1">${this.team ? w.titleTeam : w.title}</h2>
      <div class="ucp-subscribing__both">
        <form class="ucp-panel ucp-subscribing__form" novalidate @submit=${(event: SubmitEvent) => this.submitted(event)} @input=${(event: Event) => this.typed(event)}>
          ${fault(this.failure)} ${field({ id: "s-name", label: w.name, hint: w.nameHint, value: this.begun.name })} ${this.parts()}
          <div class="ucp-rows__deeds">
            <button class="nhsuk-button nhsuk-button--small" aria-disabled=${this.busy ? "true" : "false"}>${w.save}</button>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.dispatchEvent(new Event("subscription-closed", { bubbles: true }))}>${w.cancel}</button>
          </div>
        </form>
        <section class="ucp-panel ucp-would" aria-labelledby="would-title">
          <h3 class="nhsuk-heading-s nhsuk-u-margin-bottom-2" id="would-title">${words.preview.title}</h3>
          <p class="ucp-quiet">${words.preview.lead}</p>
          ${this.wanted.events.length === 0
            ? html`<p>${words.preview.needsEvent}</p>`
            : this.wouldFail !== undefined
              ? html`<p role="alert">${words.preview.failed(this.wouldFail)}</p>`
              : this.would
                ? previewed(this.would, this.team, this.choices.zone)
                : html`<p class="ucp-quiet">${texts.loading} …</p>`}
        </section>
      </div>
    </section>`;
  }

  private parts(): TemplateResult {
    const { wanted: s, choices } = this;
    const urgency = (u: Wanted["urgencies"][number]) => ({ id: u, name: texts.urgency[u] });
    const event = (e: Happening) => ({ id: e, name: words.events[e] });
    const coded = choices.categories.map((code) => ({ id: code, name: code }));
    const listed = this.lists.map(({ id, name }) => ({ id, name }));
    const crossing = choices.crossing.map((u) => texts.urgency[u].toLocaleLowerCase("en-GB")).join(", ");
    return html`
      ${this.checks("events", w.events, choices.events.map(event))}
      ${this.team ? this.checks("people", w.people, (choices.people ?? []).map((p) => ({ id: p.name, name: w.person(p.full_name || p.name, p.role) })), w.peopleHint) : nothing}
      ${this.filter("urgencies", w.urgencies, urgenciesSay(s), this.checks("urgencies", w.urgencies, choices.urgencies.map(urgency)))}
      ${this.filter("where", w.where, whereSays(s, choices), html`${this.checks("departments", w.departments, choices.departments)} ${this.checks("organisations", w.organisations, choices.organisations)} ${this.checks("regions", w.regions, choices.regions)}`)}
      ${choices.centres.length > 0 ? this.filter("centres", w.centres, namesOf(s.centres, choices.centres), this.checks("centres", w.centres, choices.centres)) : nothing}
      ${this.filter("plans", w.plans, plansSay(s), html`${listed.length > 0 ? this.checks("lists", w.lists, listed) : html`<p class="ucp-quiet">${w.noLists}</p>`} ${this.planIds()}`)}
      ${coded.length > 0 ? this.filter("categories", w.categories, s.categories.length > 0 ? words.says.categories(s.categories.length) : "", this.checks("categories", w.categories, coded, w.categoriesHint)) : nothing}
      ${this.filter("hours", w.when, spansSay(s.hours) || words.says.always, this.spans("hours", w.whenHint))}
      ${this.filter("quiet", w.quiet, spansSay(s.quiet) || words.says.none, html`${this.spans("quiet", w.quietHint)} ${choices.crossing.length > 0 ? this.check("cross", w.cross(crossing), s.cross_quiet, (on) => this.set({ cross_quiet: on })) : nothing}`)}
      ${this.filter("until", w.until, s.until ? lastDay(s.until) : words.says.always, html`<div class="nhsuk-form-group">
        <label class="nhsuk-label" for="s-until">${w.untilField}</label>
        <input class="nhsuk-input ucp-subscribing__date" type="date" id="s-until" .value=${lastDay(this.begun.until)} />
      </div>`)}
    `;
  }

  /** A part that opens, with what is chosen in it beside its name. It stays as its reader leaves it. */
  private filter(id: string, name: string, chosen: string, inside: TemplateResult | typeof nothing): TemplateResult {
    return html`<details class="ucp-subscribing__part" id="part-${id}">
      <summary><span class="ucp-subscribing__name">${name}</span> <span class="ucp-quiet"><bdi>${chosen || words.says.any}</bdi></span></summary>
      ${inside}
    </details>`;
  }

  private check(id: string, text: string, on: boolean, chosen: (on: boolean) => void, name?: string): TemplateResult {
    return html`<div class="nhsuk-checkboxes__item">
      <input class="nhsuk-checkboxes__input" type="checkbox" id="s-${id}" aria-label=${name ?? nothing} .checked=${on} @change=${(event: Event) => chosen((event.target as HTMLInputElement).checked)} />
      <label class="nhsuk-label nhsuk-checkboxes__label" for="s-${id}"><bdi>${text}</bdi></label>
    </div>`;
  }

  /** What to choose from for one list of the subscription. What was chosen before and is not offered any more can still be taken away. */
  private checks(list: "events" | "people" | "urgencies" | "departments" | "organisations" | "regions" | "centres" | "lists" | "categories", legend: string, offered: readonly Place[], hint?: string): TemplateResult | typeof nothing {
    const chosen: readonly string[] = this.wanted[list];
    const gone = [...this.begun[list]].filter((id) => !offered.some((each) => each.id === id)).map((id) => ({ id, name: id }));
    const all = [...offered, ...gone];
    if (all.length === 0) return nothing;
    const toggle = (id: string, on: boolean) => this.set({ [list]: on ? [...chosen, id] : chosen.filter((other) => other !== id) });
    return html`<fieldset class="nhsuk-fieldset ucp-subscribing__checks" data-list=${list}>
      <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${legend}</legend>
      ${hint ? html`<div class="nhsuk-hint">${hint}</div>` : nothing}
      <div class="nhsuk-checkboxes nhsuk-checkboxes--small">${all.map(({ id, name }, n) => this.check(`${list}-${n}`, name, chosen.includes(id), (on) => toggle(id, on)))}</div>
    </fieldset>`;
  }

  private planIds(): TemplateResult {
    return html`<div class="nhsuk-form-group">
      <label class="nhsuk-label" for="s-plans">${w.planIds}</label>
      <div class="nhsuk-hint" id="s-plans-hint">${w.plansHint}</div>
      <textarea class="nhsuk-textarea" id="s-plans" rows="3" spellcheck="false" autocapitalize="none" aria-describedby="s-plans-hint" .value=${this.begun.plans.join("\n")}></textarea>
    </div>`;
  }

  private spans(list: "hours" | "quiet", hint: string): TemplateResult {
    const spans = this.wanted[list];
    const at = (n: number, more: Partial<Span>) => this.set({ [list]: spans.map((span, m) => (m === n ? { ...span, ...more } : span)) });
    return html`<p class="nhsuk-hint">${hint}</p>
      ${spans.map((span, n) => this.span(list, span, n, (more) => at(n, more)))}
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" id="s-${list}-add" @click=${() => this.set({ [list]: [...spans, list === "hours" ? { days: [], from: "08:00", to: "18:00" } : { days: [], from: "22:00", to: "07:00" }] })}>${w.addSpan}</button>`;
  }

  private span(list: "hours" | "quiet", span: Span, n: number, to: (more: Partial<Span>) => void): TemplateResult {
    const time = (what: "from" | "to") => html`<div class="nhsuk-form-group">
      <label class="nhsuk-label" for="s-${list}-${n}-${what}">${w[what]}</label>
      <input class="nhsuk-input ucp-reach__time" type="time" id="s-${list}-${n}-${what}" .value=${span[what]} @change=${(event: Event) => to({ [what]: (event.target as HTMLInputElement).value })} />
    </div>`;
    const days = weekdays.map((name, at) =>
      this.check(`${list}-${n}-${name}`, w.days[at]!, span.days.includes(name), (on) => to({ days: weekdays.filter((other) => (other === name ? on : span.days.includes(other))) }), w.dayNames[at]),
    );
    return html`<fieldset class="nhsuk-fieldset ucp-subscribing__span">
      <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${w.span(n + 1)}</legend>
      <div class="nhsuk-checkboxes nhsuk-checkboxes--small ucp-subscribing__days">${days}</div>
      <div class="ucp-reach__hours">${time("from")} ${time("to")}
        <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.removeSpan(n + 1)} @click=${() => this.without(list, n)}>${w.remove}</button>
      </div>
    </fieldset>`;
  }

  private without(list: "hours" | "quiet", n: number): void {
    this.set({ [list]: this.wanted[list].filter((_, m) => m !== n) });
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#s-${list}-add`)?.focus());
  }

  /** What is typed counts as it is typed; what is chosen is told by the field itself. */
  private typed(event: Event): void {
    const { id, value } = event.target as HTMLInputElement;
    if (id === "s-name") this.set({ name: value.trim() });
    if (id === "s-plans") this.set({ plans: [...new Set(value.split(/[\s,]+/).filter(Boolean))] });
    if (id !== "s-until") return;
    const { until: _, ...others } = this.wanted;
    const until = afterDay(value);
    this.wanted = others;
    this.set(until ? { until } : {});
  }

  private submitted(event: SubmitEvent): void {
    event.preventDefault();
    if (!this.busy) void this.save();
  }

  private async save(): Promise<void> {
    if (this.team && this.wanted.people.length === 0) return this.refuse(w.noPeople);
    this.busy = true;
    try {
      const kept = this.of ? await change(this.token, this.of.id, this.of.revision, this.wanted) : await subscribe(this.token, this.wanted);
      this.dispatchEvent(new Saved(kept));
    } catch (error) {
      await this.refuse(error instanceof Problem ? error.message : texts.errors.unreachable);
    } finally {
      this.busy = false;
    }
  }

  private async refuse(why: string): Promise<void> {
    this.failure = why;
    await this.updateComplete;
    this.querySelector<HTMLElement>("#fault")?.focus();
  }
}

customElements.define("ucp-subscription-form", SubscriptionForm);
