// Of whom did somebody say that a plan is not theirs, and can that be taken back?

import { html, nothing, type TemplateResult } from "lit";
import { Problem } from "../api.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { birthDate, instant, timeOrDay } from "../words/dates.ts";
import { patientName, spacedNHSNumber } from "../words/patient.ts";
import { ruledOut, type RuledOutAlert } from "./api.ts";
import "./check.ts";
import { words } from "./texts.ts";

const w = words.ruledOut;

export class RuledOut extends LightElement {
  static override properties = {
    department: {},
    token: { attribute: false },
    zone: { attribute: false },
    list: { state: true },
    failure: { state: true },
    looking: { state: true },
  };
  /** The department's id. */
  declare department: string;
  declare token: string;
  declare zone: string;
  declare list: readonly RuledOutAlert[] | undefined;
  declare failure: string | undefined;
  /** The alert that is looked at again. */
  declare looking: string | undefined;

  /** What the page around this sets is known only now: this may be loaded after it was drawn. */
  protected override firstUpdated(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    this.failure = undefined;
    try {
      this.list = await ruledOut(this.token, this.department);
    } catch (error) {
      // Whoever may not see who arrived is told so by the page around this.
      if (!(error instanceof Problem && error.status === 403)) this.failure = w.failed(error instanceof Problem ? error.message : texts.errors.unreachable);
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.failure === undefined && !this.list) return nothing;
    return html`<section aria-labelledby="ruled-out-title">
        <h2 class="ucp-heading ucp-heading--second" id="ruled-out-title" tabindex="-1">${w.title}</h2>
        ${this.failure !== undefined
          ? html`<p class="ucp-caution" role="alert">${this.failure}
              <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => void this.load()}>${words.retry}</button></p>`
          : this.list!.length === 0
            ? html`<p class="ucp-quiet">${w.none}</p>`
            : html`<p class="ucp-measure ucp-quiet">${w.lead}</p>
                <ul class="ucp-ruled">${this.list!.map((alert) => this.entry(alert))}</ul>`}
      </section>
      ${this.looking === undefined
        ? nothing
        : html`<ucp-identity .alert=${this.looking} .token=${this.token} .zone=${this.zone} .place=${"recent"} @identity-closed=${() => void this.closed()}></ucp-identity>`}`;
  }

  private entry(alert: RuledOutAlert): TemplateResult {
    const who = patientName(alert.patient) ?? texts.card.nameless;
    const p = alert.patient;
    const facts = [p?.birth_date ? birthDate(p.birth_date) : undefined, p?.nhs_number ? spacedNHSNumber(p.nhs_number) : undefined, alert.location].filter((fact) => fact !== undefined);
    return html`<li class="ucp-ruled__entry" data-ruled=${alert.id}>
      <div>
        <h3 class="ucp-ruled__who"><bdi>${who}</bdi> <span class="ucp-quiet"><bdi>${facts.join(" · ")}</bdi></span></h3>
        <p><bdi>${w.plan(alert.centre_name ?? "")}</bdi></p>
        <p><bdi>${this.saidBy(alert)}</bdi></p>
      </div>
      <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" id="again-${alert.id}" @click=${() => (this.looking = alert.id)}>
        ${w.again}<span class="nhsuk-u-visually-hidden"> ${w.about(who, alert.centre_name ?? "")}</span>
      </button>
    </li>`;
  }

  private saidBy({ ruling }: RuledOutAlert): string {
    const at = instant(ruling.at);
    return words.said[ruling.answer](ruling.by, ruling.role, at ? timeOrDay(at, new Date(), this.zone) : "");
  }

  /** The list is asked for again, and the keyboard stands where it was, or above the list. */
  private async closed(): Promise<void> {
    const id = this.looking;
    this.looking = undefined;
    await this.load();
    await this.updateComplete;
    (document.getElementById(`again-${id}`) ?? this.querySelector<HTMLElement>("#ruled-out-title"))?.focus();
  }
}

customElements.define("ucp-ruled-out", RuledOut);
