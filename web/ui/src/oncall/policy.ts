// How is a policy written, and what would it do?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Department } from "../api.ts";
import { Foresight } from "../foresight.ts";
import { LightElement } from "../light.ts";
import { texts } from "../texts.ts";
import { type Brief, keepPolicy, type Policy, type PolicyDraft, type PolicyPreview, previewPolicy } from "./api.ts";
import { courseWords } from "./course-words.ts";
import { Deed, fault, outcomeWords, why } from "./deeds.ts";
import { moved } from "./layer-form.ts";
import type { Step } from "./steps.ts";
import { words } from "./texts.ts";

const w = words.policy;
/** How long after a change of the form the service is asked what it would mean, in milliseconds. */
const pause = 400;
const urgencies = ["critical", "urgent", "routine"] as const;

/** A step as its form has it; the key stays while it is moved. Minutes are as they were typed. */
interface FormStep {
  key: number;
  name: string;
  to: Step["to"];
  rota: string;
  minutes: string;
}

let keys = 0;

/** The form of a policy. Fires `deed-done` once the service took it, and `edit-ended` if it is left. */
export class PolicyForm extends LightElement {
  static override properties = {
    token: { attribute: false }, policy: { attribute: false }, rotas: { attribute: false }, departments: { attribute: false },
    name: { state: true }, wanted: { state: true }, urgent: { state: true }, again: { state: true }, steps: { state: true }, newId: { state: true }, seen: { state: true }, failure: { state: true }, busy: { state: true },
  };
  declare token: string;
  /** The policy as it is; null for a new one. */
  declare policy: Policy | null;
  declare rotas: readonly Brief[];
  /** Those of the organisation whose policy it is. */
  declare departments: readonly Department[];
  declare newId: string;
  declare name: string;
  /** Departments that are chosen; none: all. */
  declare wanted: readonly string[];
  declare urgent: readonly string[];
  declare again: string;
  declare steps: readonly FormStep[];
  declare seen: PolicyPreview | undefined;
  declare failure: string | undefined;
  declare busy: boolean;
  private readonly foresight = new Foresight<PolicyPreview>(
    pause,
    () => (this.address ? previewPolicy(this.token, this.address, this.draft) : undefined),
    (seen) => {
      this.seen = seen;
      this.failure = undefined;
    },
    (error) => (this.failure = why(error)),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    const { policy } = this;
    this.newId = "";
    this.name = policy?.name ?? "";
    this.wanted = policy?.departments ?? [];
    this.urgent = policy?.urgencies ?? [];
    this.again = String(policy?.again ?? 0);
    this.steps = (policy?.steps ?? [{ name: w.boardName, to: "board", wait: 120 } as const]).map(toForm);
    this.foresight.soon();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.foresight.stop();
  }

  private get address(): string {
    return this.policy?.policy ?? this.newId.trim();
  }

  private get draft(): PolicyDraft {
    return { revision: this.policy?.revision ?? 0, name: this.name.trim(), departments: this.wanted, urgencies: this.urgent, again: Number(this.again) || 0, steps: this.steps.map(fromForm) };
  }

  private put(steps: readonly FormStep[]): void {
    this.steps = steps;
    this.foresight.soon();
  }

  private faultAt(at: string): string | undefined {
    return this.seen?.faults.find((f) => f.at === at)?.words;
  }

  protected override render(): TemplateResult {
    const { draft, seen } = this;
    return html`<section class="ucp-oncall__part" aria-labelledby="policy-title">
      <h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="policy-title" tabindex="-1">${this.policy ? w.title : w.newTitle}</h2>
      <form class="ucp-layers" novalidate @submit=${(event: SubmitEvent) => void this.sent(event)}>
        <div class="ucp-layers__form">
          ${this.policy ? nothing : this.text("policy-id", w.id, this.newId, (value) => (this.newId = value), { at: "policy", hint: words.edit.idHint })}
          ${this.text("policy-name", w.name, this.name, (value) => (this.name = value), { at: "name" })}
          ${this.choice("policy-department", w.departments, this.departments.map((d) => [d.id, d.name]), this.wanted, (wanted) => (this.wanted = wanted), w.allDepartments)}
          ${this.choice("policy-urgency", w.urgencies, urgencies.map((u) => [u, texts.urgency[u]]), this.urgent, (urgent) => (this.urgent = urgent), w.allUrgencies)}
          <ol class="ucp-list">
            ${repeat(this.steps, (s) => s.key, (s, n) => this.step(s, n))}
          </ol>
          <p class="nhsuk-u-margin-top-4"><button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.another()}>${w.addStep}</button></p>
          ${this.text("policy-again", w.again, this.again, (value) => (this.again = value), { at: "again", type: "number", width: 3, hint: w.againHint })}
        </div>
        <div class="ucp-layers__effect" role="region" tabindex="0" aria-label=${w.course}>
          <h3 class="nhsuk-heading-s nhsuk-u-margin-bottom-2">${w.course}</h3>
          ${courseWords(draft.steps, draft.again, this.rotas)}
          <p role="status" class=${seen?.faults.length ? "ucp-caution ucp-caution--stop" : ""}>${seen ? (seen.faults.length > 0 ? seen.faults.map((f) => f.words).join(" ") : w.measured(seen.minutes_to_first_person, seen.minutes_to_alarm)) : ""}</p>
          ${seen?.summary.length ? html`<ul class="nhsuk-list nhsuk-list--bullet" id="policy-summary">${seen.summary.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>` : nothing}
          <p class="ucp-caution">${words.effect.second}</p>
        </div>
        <div class="ucp-layers__end">
          ${fault(this.failure)}
          <div class="ucp-sure__buttons">
            <button class="nhsuk-button nhsuk-button--small" ?disabled=${this.busy}>${words.edit.propose}</button>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.dispatchEvent(new Event("edit-ended"))}>${words.edit.cancel}</button>
          </div>
        </div>
      </form>
    </section>`;
  }

  private text(id: string, label: string, value: string, put: (value: string) => void, more: { at: string; hint?: string; type?: string; width?: number; step?: string }): TemplateResult {
    const wrong = this.faultAt(more.at);
    const described = [more.hint ? `${id}-hint` : "", wrong ? `${id}-fault` : ""].filter(Boolean).join(" ");
    return html`<div class="nhsuk-form-group nhsuk-u-margin-bottom-3 ${wrong ? "nhsuk-form-group--error" : ""}">
      <label class="nhsuk-label" for=${id}>${label}</label>
      ${more.hint ? html`<div class="nhsuk-hint" id="${id}-hint">${more.hint}</div>` : nothing}
      ${wrong ? html`<span class="nhsuk-error-message" id="${id}-fault">${wrong}</span>` : nothing}
      <input
        class="nhsuk-input ${wrong ? "nhsuk-input--error" : ""} ${more.width ? `nhsuk-input--width-${more.width}` : ""}"
        id=${id}
        type=${more.type ?? "text"}
        min=${more.type === "number" ? "0" : nothing}
        step=${more.step ?? nothing}
        .value=${value}
        autocomplete="off"
        autocapitalize="none"
        aria-invalid=${wrong ? "true" : nothing}
        aria-describedby=${described || nothing}
        @input=${(event: Event) => {
          put((event.target as HTMLInputElement).value);
          this.foresight.soon();
        }}
      />
    </div>`;
  }

  private choice(id: string, legend: string, all: readonly (readonly [string, string])[], chosen: readonly string[], put: (chosen: string[]) => void, none: string): TemplateResult {
    const toggle = (value: string, on: boolean) => {
      put(all.map(([one]) => one).filter((one) => (one === value ? on : chosen.includes(one))));
      this.foresight.soon();
    };
    return html`<fieldset class="nhsuk-fieldset nhsuk-u-margin-bottom-3">
      <legend class="nhsuk-fieldset__legend">${legend} <span class="ucp-quiet">${none}</span></legend>
      <div class="nhsuk-checkboxes nhsuk-checkboxes--small ucp-layers__days">
        ${all.map(
          ([value, name]) => html`<div class="nhsuk-checkboxes__item">
            <input class="nhsuk-checkboxes__input" type="checkbox" id="${id}-${value}" .checked=${chosen.includes(value)} @change=${(event: Event) => toggle(value, (event.target as HTMLInputElement).checked)} />
            <label class="nhsuk-label nhsuk-checkboxes__label" for="${id}-${value}"><bdi>${name}</bdi></label>
          </div>`,
        )}
      </div>
    </fieldset>`;
  }

  private step(s: FormStep, n: number): TemplateResult {
    const id = `step-${s.key}`;
    const put = (more: Partial<FormStep>) => this.put(this.steps.map((other) => (other.key === s.key ? { ...other, ...more } : other)));
    const whole = this.faultAt(`steps/${n}`);
    const deed = (text: string, deed: () => void, disabled = false) => html`<button type="button" class="ucp-textbutton" aria-label=${words.edit.label(text, s.name)} ?disabled=${disabled} @click=${deed}>${text}</button>`;
    return html`<li class="ucp-panel ucp-layers__layer" data-step=${n}>
      <fieldset class="nhsuk-fieldset">
        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${w.step(n + 1)}</legend>
        ${whole ? html`<p class="nhsuk-error-message">${whole}</p>` : nothing}
        <div class="ucp-layers__dates">
          <div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
            <label class="nhsuk-label" for="${id}-to">${w.to}</label>
            <select class="nhsuk-select" id="${id}-to" @change=${(event: Event) => put(withTo(s, (event.target as HTMLSelectElement).value as Step["to"], this.rotas))}>
              ${w.tos.map(([to, text]) => html`<option value=${to} ?selected=${s.to === to}>${text}</option>`)}
            </select>
          </div>
          ${s.to === "on_call" ? this.rotaOf(s, id, n, put) : nothing}
        </div>
        <div class="ucp-layers__dates">
          ${this.text(`${id}-name`, w.stepName, s.name, (name) => put({ name }), { at: `steps/${n}/name` })}
          ${this.text(`${id}-wait`, w.wait, s.minutes, (minutes) => put({ minutes }), { at: `steps/${n}/wait`, type: "number", step: "0.5", width: 4 })}
        </div>
        <p class="ucp-layers__deeds">
          ${deed(words.edit.earlierStep, () => this.put(moved(this.steps, n, -1)), n === 0)} ${deed(words.edit.laterStep, () => this.put(moved(this.steps, n, 1)), n === this.steps.length - 1)}
          ${deed(words.edit.removeStep, () => this.put(this.steps.filter((other) => other.key !== s.key)))}
        </p>
      </fieldset>
    </li>`;
  }

  private rotaOf(s: FormStep, id: string, n: number, put: (more: Partial<FormStep>) => void): TemplateResult {
    const wrong = this.faultAt(`steps/${n}/rota`);
    return html`<div class="nhsuk-form-group nhsuk-u-margin-bottom-3 ${wrong ? "nhsuk-form-group--error" : ""}">
      <label class="nhsuk-label" for="${id}-rota">${w.rota}</label>
      ${wrong ? html`<span class="nhsuk-error-message" id="${id}-rota-fault">${wrong}</span>` : nothing}
      <select class="nhsuk-select" id="${id}-rota" aria-describedby=${wrong ? `${id}-rota-fault` : nothing} @change=${(event: Event) => put({ rota: (event.target as HTMLSelectElement).value })}>
        ${this.rotas.map((r) => html`<option value=${r.rota} ?selected=${s.rota === r.rota}>${r.name}</option>`)}
      </select>
    </div>`;
  }

  private another(): void {
    const step = withTo({ key: ++keys, name: "", to: "on_call", rota: "", minutes: "5" }, "on_call", this.rotas);
    this.put([...this.steps, step]);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#step-${step.key}-to`)?.focus());
  }

  private async sent(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.failure = this.address ? undefined : words.edit.needsId;
    if (this.address) {
      this.busy = true;
      try {
        return void this.dispatchEvent(new Deed(outcomeWords(await keepPolicy(this.token, this.address, this.draft))));
      } catch (error) {
        this.failure = why(error);
        void this.foresight.now();
      } finally {
        this.busy = false;
      }
    }
    await this.updateComplete;
    this.querySelector<HTMLElement>("#fault")?.focus();
  }
}

function toForm({ name, to, rota = "", wait }: Step): FormStep {
  return { key: ++keys, name, to, rota, minutes: String(wait / 60) };
}

function fromForm({ name, to, rota, minutes }: FormStep): Step {
  return { name: name.trim(), to, rota: to === "on_call" ? rota : "", wait: Math.round((Number(minutes) || 0) * 60) };
}

/** The step with somebody else to be told; a name that only said who that was follows. */
function withTo(step: FormStep, to: Step["to"], rotas: readonly Brief[]): FormStep {
  const named = step.name === "" || Object.values(w.usualNames).includes(step.name);
  return { ...step, to, rota: to === "on_call" ? step.rota || (rotas[0]?.rota ?? "") : "", name: named ? w.usualNames[to] : step.name };
}

customElements.define("ucp-policy", PolicyForm);
