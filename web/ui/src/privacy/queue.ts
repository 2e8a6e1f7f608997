// Who opened a plan without an arrival, and was it right?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { fault } from "../people/field.ts";
import { texts } from "../texts.ts";
import { spacedNHSNumber } from "../words/patient.ts";
import { type Broken, judge, queue } from "./api.ts";
import { words } from "./texts.ts";
import { dayAndSecond } from "./times.ts";
import { Worklist } from "./worklist.ts";

const w = words.queue;

export class Queue extends Worklist {
  static override properties = { list: { state: true }, waiting: { state: true } };
  declare list: Broken[] | undefined;
  declare waiting: number;

  protected override async load(): Promise<void> {
    ({ openings: this.list, waiting: this.waiting } = await queue(this.token));
  }

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}${this.list && this.list.length > 0 ? html`<p><strong>${w.waiting(this.waiting)}</strong></p>` : nothing}</div>
      ${this.list
        ? this.list.length === 0
          ? html`<p class="ucp-empty">${w.none}</p>`
          : html`<ol class="ucp-queue">${repeat(this.list, (o) => o.opening, (o) => this.one(o))}</ol>`
        : this.failure
          ? nothing
          : html`<p class="ucp-quiet">${texts.loading} …</p>`}
    `;
  }

  private one(o: Broken): TemplateResult {
    const tone = o.finding === "upheld" ? "nhsuk-tag--green" : o.finding ? "nhsuk-tag--red" : "nhsuk-tag--yellow";
    return html`<li class="ucp-panel ucp-queue__one" data-opening=${o.opening} data-finding=${o.finding ?? ""}>
      <h2 class="nhsuk-heading-s nhsuk-u-margin-bottom-2"><bdi>${w.by(o.by, o.role, o.organisation)}</bdi></h2>
      <p class="ucp-queue__tags"><strong class="nhsuk-tag ${tone}">${w.states[o.finding ?? ""] ?? o.finding}</strong>${o.special ? html` <strong class="nhsuk-tag nhsuk-tag--purple">${w.special}</strong>` : nothing}
        <time class="ucp-quiet" datetime=${o.at}>${dayAndSecond(o.at)}</time></p>
      <p><bdi>${w.about(o.patient, spacedNHSNumber(o.nhs_number), o.centre)}</bdi></p>
      <p><strong>${sentence(o.why)}.</strong>${o.words ? html` <span class="nhsuk-u-visually-hidden">${w.gave}: </span><q><bdi>${o.words}</bdi></q>` : nothing}</p>
      ${o.finding
        ? html`<p class="ucp-queue__found"><bdi>${o.found}</bdi> <span class="ucp-quiet">${w.finding(o.found_by ?? "", o.found_at ? dayAndSecond(o.found_at) : "")}</span></p>`
        : o.own
          ? html`<p class="ucp-quiet">${w.own}</p>`
          : this.form(o)}
    </li>`;
  }

  private form(o: Broken): TemplateResult {
    const id = `found-${o.opening}`;
    const button = (text: string, upheld: boolean, secondary: string) =>
      html`<button type="button" class="nhsuk-button ${secondary} nhsuk-button--small" aria-label=${w.label(text, o.by)} @click=${() => void this.judged(o, upheld)}>${text}</button>`;
    return html`<div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
        <label class="nhsuk-label" for=${id}>${w.found}</label>
        <div class="nhsuk-hint" id="${id}-hint">${w.foundHint}</div>
        <textarea class="nhsuk-textarea" id=${id} rows="2" maxlength="500" aria-describedby="${id}-hint"></textarea>
      </div>
      <div class="ucp-rows__deeds">${button(w.upheld, true, "")} ${button(w.notUpheld, false, "nhsuk-button--warning")}</div>`;
  }

  private async judged(o: Broken, upheld: boolean): Promise<void> {
    const found = this.querySelector<HTMLTextAreaElement>(`#found-${o.opening}`)?.value ?? "";
    await this.do(() => judge(this.token, o.opening, upheld, found), w.done);
  }
}

/** With a capital at its beginning. */
function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase("en-GB") + text.slice(1);
}

customElements.define("ucp-queue", Queue);
