// Which changes of who is on call wait for a second person?

import { html, nothing, type TemplateResult } from "lit";
import { LightElement } from "../light.ts";
import { type Change, decide } from "./api.ts";
import { moment } from "./days.ts";
import { Deed, fault, why } from "./deeds.ts";
import { words } from "./texts.ts";

const w = words.changes;

/** Lists them, and lets somebody who did not propose one agree or refuse. Fires `deed-done` once somebody decided. */
export class OnCallChanges extends LightElement {
  static override properties = { token: { attribute: false }, changes: { attribute: false }, may: { attribute: false }, failure: { state: true } };
  declare token: string;
  declare changes: readonly Change[];
  /** The reader may be the second person. */
  declare may: boolean;
  declare failure: string | undefined;

  protected override render(): TemplateResult | typeof nothing {
    if (this.changes.length === 0) return nothing;
    return html`<section class="ucp-oncall__part" aria-labelledby="changes-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="changes-title">${w.title}</h2>
      <p class="ucp-measure">${w.lead}</p>
      ${fault(this.failure)}
      <ul class="ucp-list">${this.changes.map((c) => this.one(c))}</ul>
    </section>`;
  }

  private one(c: Change): TemplateResult {
    const id = `say-${c.change}`;
    return html`<li class="ucp-panel" data-change=${c.change}>
      <h3 class="nhsuk-heading-s nhsuk-u-margin-bottom-2">${w.about[c.about] ?? c.about}: <bdi>${c.name}</bdi></h3>
      <ul class="nhsuk-list nhsuk-list--bullet">${c.summary.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>
      <p class="ucp-quiet">${w.proposed(c.by, moment(new Date(c.at), zone), moment(new Date(c.until), zone))}</p>
      ${c.mine
        ? html`<p>${w.mine}</p>`
        : this.may
          ? html`<div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
                <label class="nhsuk-label" for=${id}>${w.words}</label>
                <input class="nhsuk-input" id=${id} maxlength="500" autocomplete="off" />
              </div>
              <div class="ucp-rows__deeds">
                <button type="button" class="nhsuk-button nhsuk-button--small" aria-label=${w.label(w.agree, c.name)} @click=${() => void this.decided(c, true)}>${w.agree}</button>
                <button type="button" class="nhsuk-button nhsuk-button--warning nhsuk-button--small" aria-label=${w.label(w.refuse, c.name)} @click=${() => void this.decided(c, false)}>${w.refuse}</button>
              </div>`
          : nothing}
    </li>`;
  }

  private async decided(c: Change, agrees: boolean): Promise<void> {
    const said = this.querySelector<HTMLInputElement>(`#say-${CSS.escape(c.change)}`)?.value.trim() ?? "";
    this.failure = undefined;
    try {
      await decide(this.token, c.change, agrees, said);
      this.dispatchEvent(new Deed(agrees ? w.agreed : w.refused));
    } catch (error) {
      this.failure = why(error);
      await this.updateComplete;
      this.querySelector<HTMLElement>("#fault")?.focus();
    }
  }
}

/** Who decides is anywhere: times are London's. */
const zone = "Europe/London";

customElements.define("ucp-on-call-changes", OnCallChanges);
