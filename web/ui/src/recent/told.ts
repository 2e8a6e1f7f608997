// Who was told of an alert that nobody answered, by what, and what came of it?
//
// It is read when somebody asks for it. There is nothing about the patient in it, and no address of anybody.

import { html, nothing, type TemplateResult } from "lit";
import { get } from "../api.ts";
import { wordsOf } from "../board/talk-api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { exact, instant } from "../words/dates.ts";
import { words as w } from "./told-texts.ts";

/** One way by which a step tells a person. The outcome is empty while there is none. */
interface Delivery {
  kind: string;
  place?: number;
  label?: string;
  /** When it is tried next, and when it is given up (RFC 3339). */
  due?: string;
  ends: string;
  outcome: string;
  tries: readonly { at: string; outcome: string }[];
}

interface Step {
  step: number;
  name: string;
  to: string;
  person?: string;
  /** False where nobody could be told. */
  tells: boolean;
  reason: string;
  at: string;
  deliveries: readonly Delivery[];
}

interface Trail {
  ref: string;
  /** Why it ended; absent while it goes on. */
  settled?: string;
  alarm: boolean;
  steps: readonly Step[];
}

/** What a step can be to, where that is a person. */
const asPerson = new Set(["on_call", "centre"]);

const trailOf = (alert: string, token: string) => get<Trail>(`/api/alerts/${encodeURIComponent(alert)}/trail`, token);

export class WasTold extends LightElement {
  static override properties = { alert: {}, who: {}, token: { attribute: false }, zone: { attribute: false }, raised: { attribute: false }, trail: { state: true }, failure: { state: true } };
  declare alert: string;
  declare who: string;
  declare token: string;
  declare zone: string;
  declare raised: Date | undefined;
  declare trail: Trail | undefined;
  declare failure: string | undefined;

  protected override render(): TemplateResult {
    return html`<details class="ucp-more" @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && void this.load()}>
      <summary>${w.show}<span class="nhsuk-u-visually-hidden"> (${this.who})</span></summary>
      ${this.failure !== undefined ? html`<p role="alert">${w.failed(this.failure)}</p>` : this.trail ? this.shown(this.trail) : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    </details>`;
  }

  private async load(): Promise<void> {
    try {
      this.trail = await trailOf(this.alert, this.token);
      this.failure = undefined;
    } catch (error) {
      this.failure = wordsOf(error, texts.errors.unreachable);
    }
  }

  private shown(trail: Trail): TemplateResult {
    return html`<p>${w.reference(trail.ref)}${trail.alarm ? html` <strong class="nhsuk-tag nhsuk-tag--red">${w.alarm}</strong>` : nothing}</p>
      ${trail.steps.length === 0
        ? html`<p class="ucp-quiet">${w.none}</p>`
        : html`<ol class="ucp-recent__moments" data-trail=${this.alert}>${trail.steps.map((step) => this.step(step))}</ol>`}
      ${trail.settled ? html`<p class="ucp-quiet">${w.settled(trail.settled)}</p>` : nothing}`;
  }

  private at(time: string): string {
    const at = instant(time);
    return at ? exact(at, this.raised ?? at, this.zone) : "";
  }

  private step(step: Step): TemplateResult {
    return html`<li class="ucp-recent__moment" data-step=${step.step} data-to=${step.to}>
      <time datetime=${step.at}>${this.at(step.at)}</time>
      <div>
        <strong><bdi>${step.name}</bdi></strong>${step.person ? html`, <bdi>${step.person}</bdi>` : nothing}
        ${step.tells || !asPerson.has(step.to) ? nothing : html` <strong class="nhsuk-tag nhsuk-tag--yellow">${w.nobody}</strong>`}
        <p class="ucp-quiet ucp-recent__why">${step.reason}</p>
        ${step.deliveries.length > 0 ? html`<ul class="ucp-recent__ways">${step.deliveries.map((d) => this.delivery(d))}</ul>` : nothing}
      </div>
    </li>`;
  }

  private delivery(d: Delivery): TemplateResult {
    const tries = d.tries.length;
    return html`<li data-kind=${d.kind} data-outcome=${d.outcome}>
      <bdi>${w.way(w.kinds[d.kind] ?? d.kind, d.label ?? "")}</bdi>: ${d.outcome ? (w.outcomes[d.outcome] ?? d.outcome) : w.underWay(d.due ? this.at(d.due) : "")}
      ${tries > 0 ? html`<span class="ucp-quiet">(${d.tries.map((each) => `${this.at(each.at)} ${w.outcomes[each.outcome] ?? each.outcome}`).join("; ")})</span>` : nothing}
    </li>`;
  }
}

customElements.define("ucp-was-told", WasTold);
