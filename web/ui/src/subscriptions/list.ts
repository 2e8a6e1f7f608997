// What does somebody want to be told of, and what do they look after for a team?

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { fault } from "../people/field.ts";
import { type Question } from "../people/sure.ts";
import "../people/sure.ts";
import { dayAndTime } from "../people/times.ts";
import { Worklist } from "../privacy/worklist.ts";
import { texts } from "../texts.ts";
import { change, type Choices, choicesOf, end, type Kept, lists, nothingYet, type PatientList, subscriptions, wantedOf } from "./api.ts";
import "./form.ts";
import type { Saved } from "./form.ts";
import "./lists.ts";
import { saysAll } from "./says.ts";
import { words } from "./texts.ts";

const w = words.list;

export class Subscriptions extends Worklist {
  static override properties = { kept: { state: true }, choices: { state: true }, patients: { state: true }, open: { state: true }, asked: { state: true } };
  declare kept: Kept[] | undefined;
  declare choices: Choices | undefined;
  declare patients: PatientList[];
  /** The subscription that is being written: an id, or one of the two new ones. */
  declare open: string | undefined;
  declare asked: (Question & { deed: () => Promise<unknown>; told: string }) | undefined;

  constructor() {
    super();
    this.patients = [];
  }

  protected override async load(): Promise<void> {
    [this.kept, this.choices, this.patients] = await Promise.all([subscriptions(this.token), choicesOf(this.token), lists(this.token)]);
  }

  protected override render(): TemplateResult {
    const { kept, choices } = this;
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="ucp-measure">${w.lead}</p>
      <p class="ucp-subscribing__ways"><a href="/on-call/me">${w.ways}</a> <a href="/me">${w.now}</a></p>
      ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      ${kept && choices ? this.all(kept, choices) : this.failure ? nothing : html`<p class="ucp-quiet">${texts.loading} …</p>`}
      ${this.asked ? html`<ucp-sure .question=${this.asked} @sure=${() => void this.do(this.asked!.deed, this.asked!.told)} @sure-closed=${() => (this.asked = undefined)}></ucp-sure>` : nothing}
    `;
  }

  private all(kept: readonly Kept[], choices: Choices): TemplateResult {
    return html`
      ${kept.length === 0 && this.open === undefined ? html`<p class="ucp-empty">${w.none}</p>` : nothing}
      <ul class="ucp-list ucp-subscribing__list">${repeat(kept, (s) => s.id, (s) => html`<li>${this.one(s, choices)}</li>`)}</ul>
      ${this.open === undefined
        ? html`<p class="ucp-rows__deeds">
            <button type="button" class="nhsuk-button" id="begin" @click=${() => (this.open = "new")}>${w.begin}</button>
            ${choices.lead ? html`<button type="button" class="nhsuk-button nhsuk-button--secondary" id="begin-team" @click=${() => (this.open = "team")}>${w.beginTeam}</button>` : nothing}
          </p>`
        : this.form(this.open, kept, choices)}
      <ucp-patient-lists .token=${this.token} .held=${this.patients} @lists-changed=${() => void this.do(async () => undefined)}></ucp-patient-lists>
    `;
  }

  private one(s: Kept, choices: Choices): TemplateResult {
    const button = (text: string, deed: () => void) =>
      html`<button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" aria-label=${w.label(text, s.name)} @click=${deed}>${text}</button>`;
    const says = saysAll(s, choices);
    return html`<article class="ucp-panel ucp-subscribing__one" data-subscription=${s.id} data-paused=${s.paused ? "true" : "false"}>
      <h2 class="nhsuk-heading-s ucp-subscribing__title"><bdi>${s.name}</bdi>
        ${s.team ? html` <strong class="nhsuk-tag nhsuk-tag--blue">${w.team}</strong>` : nothing} ${s.paused ? html` <strong class="nhsuk-tag nhsuk-tag--yellow">${w.paused}</strong>` : nothing}
        ${s.over ? html` <strong class="nhsuk-tag nhsuk-tag--grey">${w.over}</strong>` : nothing} ${s.mine ? nothing : html` <strong class="nhsuk-tag nhsuk-tag--grey">${w.notMine}</strong>`}</h2>
      <p><strong>${s.events.map((e) => words.events[e] ?? e).join(", ")}</strong></p>
      <p class="ucp-quiet"><bdi>${says.length > 0 ? says.join(" · ") : words.says.everything}</bdi></p>
      ${s.team ? html`<p class="ucp-quiet"><bdi>${w.people(s.people.join(", "))}</bdi></p>` : nothing}
      <p class="ucp-quiet"><bdi>${w.by(s.by, dayAndTime(s.changed))}</bdi></p>
      ${s.editable
        ? html`<div class="ucp-rows__deeds">
            ${button(w.change, () => (this.open = s.id))}
            ${button(s.paused ? w.resume : w.pause, () => void this.do(() => change(this.token, s.id, s.revision, { ...wantedOf(s), paused: !s.paused }), s.paused ? w.resumed(s.name) : w.pausedDone(s.name)))}
            ${button(w.remove, () => this.ask(s))}
          </div>`
        : nothing}
    </article>`;
  }

  private form(open: string, kept: readonly Kept[], choices: Choices): TemplateResult {
    const of = kept.find((s) => s.id === open);
    const begun = of ? wantedOf(of) : { ...nothingYet, zone: choices.zone };
    return html`${keyed(
      open,
      html`<ucp-subscription-form
        .token=${this.token} .choices=${choices} .lists=${this.patients} .begun=${begun} .of=${of} .team=${of?.team ?? open === "team"}
        @subscription-saved=${(event: Saved) => void this.saved(event.kept)}
        @subscription-closed=${() => void this.close()}
      ></ucp-subscription-form>`,
    )}`;
  }

  private async saved({ name }: Kept): Promise<void> {
    await this.close();
    await this.do(async () => undefined, w.saved(name));
  }

  private async close(): Promise<void> {
    this.open = undefined;
    await this.updateComplete;
    this.querySelector<HTMLElement>("#begin")?.focus();
  }

  private ask(s: Kept): void {
    this.asked = {
      title: w.sure.title(s.name), effect: s.team ? w.sure.team : w.sure.effect, what: w.remove, warns: true, told: w.removed(s.name),
      deed: async () => {
        await end(this.token, s.id);
        if (this.open === s.id) this.open = undefined;
      },
    };
  }
}

customElements.define("ucp-subscriptions", Subscriptions);
