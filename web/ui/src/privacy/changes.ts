// Which change that could silence an alert waits for a second person?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { fault } from "../people/field.ts";
import { type Change, changes, decide } from "./api.ts";
import { words } from "./texts.ts";
import { dayAndSecond } from "./times.ts";
import { Worklist } from "./worklist.ts";

const w = words.changes;

export class Changes extends Worklist {
  static override properties = { list: { state: true } };
  declare list: Change[] | undefined;

  protected override async load(): Promise<void> {
    this.list = await changes(this.token);
  }

  protected override render(): TemplateResult {
    return html`
      <h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3">${w.title}</h1>
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <div role="status">${this.told ? html`<p class="ucp-done">${this.told}</p>` : nothing}</div>
      ${this.list === undefined
        ? nothing
        : this.list.length === 0
          ? html`<p class="ucp-empty">${w.none}</p>`
          : html`<ol class="ucp-queue">${repeat(this.list, (c) => c.change, (c) => this.one(c))}</ol>`}
    `;
  }

  private one(c: Change): TemplateResult {
    const tone = { waiting: "nhsuk-tag--yellow", approved: "nhsuk-tag--green", taken: "nhsuk-tag--green", refused: "nhsuk-tag--red" }[c.state] ?? "nhsuk-tag--grey";
    const decided = c.decided_by ? w.decided(c.decided_by, c.decided_at ? dayAndSecond(c.decided_at) : "") : "";
    return html`<li class="ucp-panel ucp-queue__one" data-change=${c.change} data-state=${c.state}>
      <h2 class="nhsuk-heading-s nhsuk-u-margin-bottom-2">${w.subjects[c.subject] ?? c.subject}</h2>
      <p><strong class="nhsuk-tag ${tone}">${w.states[c.state] ?? c.state}</strong> <time class="ucp-quiet" datetime=${c.at}>${w.proposed(c.by, dayAndSecond(c.at))}</time></p>
      <ul class="nhsuk-list nhsuk-list--bullet">${c.summary.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>
      ${decided ? html`<p class="ucp-queue__found">${c.words ? html`<bdi>${c.words}</bdi> ` : nothing}<span class="ucp-quiet">${decided}</span></p>` : nothing}
      ${c.state === "waiting" ? this.form(c) : nothing}
    </li>`;
  }

  private form(c: Change): TemplateResult {
    const id = `said-${c.change}`;
    const subject = w.subjects[c.subject] ?? c.subject;
    return html`<p class="ucp-quiet">${w.until(dayAndSecond(c.until))}</p>
      <div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
        <label class="nhsuk-label" for=${id}>${w.words}</label>
        <textarea class="nhsuk-textarea" id=${id} rows="2" maxlength="500"></textarea>
      </div>
      <div class="ucp-rows__deeds">
        <button type="button" class="nhsuk-button nhsuk-button--small" aria-label=${w.label(w.agree, subject)} @click=${() => void this.decided(c, true)}>${w.agree}</button>
        <button type="button" class="nhsuk-button nhsuk-button--warning nhsuk-button--small" aria-label=${w.label(w.refuse, subject)} @click=${() => void this.decided(c, false)}>${w.refuse}</button>
      </div>`;
  }

  private async decided(c: Change, agrees: boolean): Promise<void> {
    const said = this.querySelector<HTMLTextAreaElement>(`#said-${c.change}`)?.value.trim() ?? "";
    await this.do(() => decide(this.token, c.change, agrees, said), agrees ? w.agreed : w.refused);
  }
}

customElements.define("ucp-changes", Changes);
