// How is a rota written, and what would it mean?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Foresight } from "../foresight.ts";
import { LightElement } from "../light.ts";
import { type Draft, type Fault, keep, type Person, preview, type Preview, type Rota } from "./api.ts";
import "./calendar-view.ts";
import { onWall } from "./days.ts";
import { Deed, fault, outcomeWords, personOptions, why } from "./deeds.ts";
import { effect, effectInShort } from "./effect.ts";
import { readHandover, weekdays } from "./handover.ts";
import { blank, blankWindow, type FormLayer, type FormWindow, fromForm, moved, toForm } from "./layer-form.ts";
import { zoneOf } from "../words/dates.ts";
import { words } from "./texts.ts";

const w = words.edit;
/** How long after a change of the form the service is asked what it would mean, in milliseconds. */
const pause = 400;

/** The form of a rota. Fires `deed-done` once the service took it, and `edit-ended` if it is left. */
export class RotaLayers extends LightElement {
  static override properties = {
    token: { attribute: false }, page: { attribute: false }, staff: { attribute: false },
    rota: { state: true }, name: { state: true }, zone: { state: true }, holidays: { state: true }, layers: { state: true }, seen: { state: true }, failure: { state: true }, busy: { state: true },
  };
  declare token: string;
  /** The rota as it is; undefined for a new one. */
  declare page: Rota | undefined;
  declare staff: readonly Person[];
  declare rota: string;
  declare name: string;
  declare zone: string;
  declare holidays: string;
  /** From the ground up, as the service has them; the form shows the top one first. */
  declare layers: readonly FormLayer[];
  /** What the service said that it would mean. */
  declare seen: Preview | undefined;
  declare failure: string | undefined;
  declare busy: boolean;
  private readonly foresight = new Foresight<Preview>(
    pause,
    () => (this.rota ? preview(this.token, this.rota, this.draft) : undefined),
    (seen) => {
      this.seen = seen;
      this.failure = undefined;
    },
    (error) => (this.failure = why(error)),
  );

  constructor() {
    super();
    this.rota = "";
    this.name = "";
    this.zone = "Europe/London";
    this.holidays = "";
    this.layers = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { page } = this;
    if (page) {
      this.rota = page.rota;
      this.name = page.name;
      this.zone = page.zone;
      this.holidays = page.holidays.join(", ");
      this.layers = page.layers.map(toForm);
    } else {
      this.layers = [blank(w.firstLayer, onWall(new Date(), this.zone).day)];
    }
    this.foresight.soon();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.foresight.stop();
  }

  /** The rota as the form has it now. */
  private get draft(): Draft {
    return {
      revision: this.page?.revision ?? 0,
      name: this.name.trim(),
      zone: this.zone.trim(),
      holidays: this.holidays.split(/[\s,;]+/).filter(Boolean),
      layers: this.layers.map(fromForm),
    };
  }

  private set(key: "rota" | "name" | "zone" | "holidays", value: string): void {
    this[key] = value;
    this.foresight.soon();
  }

  private put(layers: readonly FormLayer[]): void {
    this.layers = layers;
    this.foresight.soon();
  }

  private putLayer(key: number, more: Partial<FormLayer>): void {
    this.put(this.layers.map((layer) => (layer.key === key ? { ...layer, ...more } : layer)));
  }

  protected override render(): TemplateResult {
    return html`<section class="ucp-oncall__part" aria-labelledby="layers-title">
      ${this.page
        ? html`<h2 class="nhsuk-heading-m nhsuk-u-margin-bottom-2" id="layers-title" tabindex="-1">${w.title}</h2>`
        : html`<h1 class="nhsuk-heading-l nhsuk-u-margin-bottom-3" id="layers-title">${w.newTitle}</h1>
            <h2 class="nhsuk-u-visually-hidden">${w.form}</h2>`}
      <p class="ucp-measure">${w.lead}</p>
      <form class="ucp-layers" novalidate @submit=${(event: SubmitEvent) => void this.sent(event)}>
        <div class="ucp-layers__form">
          ${this.page ? nothing : this.text("rota-id", w.id, this.rota, (value) => this.set("rota", value), { hint: w.idHint, at: "rota" })}
          ${this.text("rota-name", w.name, this.name, (value) => this.set("name", value), { at: "name" })}
          ${this.text("rota-zone", w.zone, this.zone, (value) => this.set("zone", value), { hint: w.zoneHint, at: "zone" })}
          ${this.text("rota-holidays", w.holidays, this.holidays, (value) => this.set("holidays", value), { hint: w.holidaysHint, at: "holidays" })}
          <p class="nhsuk-u-margin-bottom-3"><button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.another()}>${w.addLayer}</button></p>
          <ol class="ucp-list" reversed>
            ${repeat([...this.layers].reverse(), (layer) => layer.key, (layer) => this.layer(layer, this.layers.indexOf(layer)))}
          </ol>
        </div>
        <div class="ucp-layers__effect" role="region" tabindex="0" aria-label=${words.effect.title}>
          <p role="status" class="nhsuk-u-visually-hidden">${this.seen ? effectInShort(this.seen) : ""}</p>
          ${this.seen ? effect(this.seen, zoneOf(this.zone), this.page) : html`<p class="ucp-quiet">${this.rota ? w.looking : w.needsId}</p>`}
        </div>
        <div class="ucp-layers__end">
          ${fault(this.failure)}
          <div class="ucp-sure__buttons">
            <button class="nhsuk-button nhsuk-button--small" ?disabled=${this.busy}>${this.seen?.second_person ? w.propose : w.keep}</button>
            <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => this.dispatchEvent(new Event("edit-ended"))}>${w.cancel}</button>
          </div>
        </div>
      </form>
    </section>`;
  }

  /** What is wrong with a part of the rota, as the service names it: "layers/0/handover". */
  private faultAt(at: string): Fault | undefined {
    return this.seen?.faults.find((f) => f.at === at);
  }

  private text(id: string, label: string, value: string, put: (value: string) => void, more: { hint?: string; at?: string; type?: string; width?: number } = {}): TemplateResult {
    const wrong = more.at === undefined ? undefined : this.faultAt(more.at);
    const described = [more.hint ? `${id}-hint` : "", wrong ? `${id}-fault` : ""].filter(Boolean).join(" ");
    return html`<div class="nhsuk-form-group nhsuk-u-margin-bottom-3 ${wrong ? "nhsuk-form-group--error" : ""}">
      <label class="nhsuk-label" for=${id}>${label}</label>
      ${more.hint ? html`<div class="nhsuk-hint" id="${id}-hint">${more.hint}</div>` : nothing}
      ${wrong ? html`<span class="nhsuk-error-message" id="${id}-fault">${wrong.words}</span>` : nothing}
      <input
        class="nhsuk-input ${wrong ? "nhsuk-input--error" : ""} ${more.width ? `nhsuk-input--width-${more.width}` : ""}"
        id=${id}
        type=${more.type ?? "text"}
        .value=${value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-invalid=${wrong ? "true" : nothing}
        aria-describedby=${described || nothing}
        @input=${(event: Event) => put((event.target as HTMLInputElement).value)}
      />
    </div>`;
  }

  private layer(layer: FormLayer, n: number): TemplateResult {
    const id = `layer-${layer.key}`;
    const at = (what: string) => `layers/${n}/${what}`;
    const put = (more: Partial<FormLayer>) => this.putLayer(layer.key, more);
    const deed = (text: string, deed: () => void, disabled = false) =>
      html`<button type="button" class="ucp-textbutton" aria-label=${w.label(text, layer.name)} ?disabled=${disabled} @click=${deed}>${text}</button>`;
    const whole = this.faultAt(`layers/${n}`);
    return html`<li class="ucp-panel ucp-layers__layer" data-layer=${n}>
      <fieldset class="nhsuk-fieldset">
        <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s"><bdi>${layer.name || w.unnamed}</bdi></legend>
        ${whole ? html`<p class="nhsuk-error-message">${whole.words}</p>` : nothing}
        ${this.text(`${id}-name`, w.layerName, layer.name, (name) => put({ name }), { at: at("name") })}
        ${this.handover(layer, id, at("handover"))} ${this.people(layer, id, at("people"))}
        <div class="ucp-layers__dates">
          ${this.text(`${id}-first`, w.first, layer.first, (first) => put({ first }), { type: "date", at: at("first") })} ${this.text(`${id}-last`, w.last, layer.last, (last) => put({ last }), { type: "date", at: at("last") })}
        </div>
        ${this.windows(layer, id, n)}
        <p class="ucp-layers__deeds">
          ${deed(w.up, () => this.put(moved(this.layers, n, 1)), n === this.layers.length - 1)} ${deed(w.down, () => this.put(moved(this.layers, n, -1)), n === 0)}
          ${deed(w.removeLayer, () => this.put(this.layers.filter((other) => other.key !== layer.key)))}
        </p>
      </fieldset>
    </li>`;
  }

  private another(): void {
    const layer = blank(w.layerNumber(this.layers.length + 1), onWall(new Date(), zoneOf(this.zone)).day);
    this.put([...this.layers, layer]);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#layer-${layer.key}-name`)?.focus());
  }

  private handover(layer: FormLayer, id: string, at: string): TemplateResult {
    const put = (more: Partial<FormLayer>) => this.putLayer(layer.key, more);
    const kinds = [["days", w.everyDay], ["weeks", w.someDays], ["expression", w.expression]] as const;
    return html`<div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
        <label class="nhsuk-label" for="${id}-kind">${w.handover}</label>
        <select class="nhsuk-select" id="${id}-kind" @change=${(event: Event) => put(withKind(layer, (event.target as HTMLSelectElement).value as FormLayer["kind"]))}>
          ${kinds.map(([kind, text]) => html`<option value=${kind} ?selected=${layer.kind === kind}>${text}</option>`)}
        </select>
      </div>
      ${layer.kind === "weeks" ? this.days(`${id}-day`, w.whichDays, layer.days, (days) => put({ days })) : nothing}
      ${layer.kind === "expression"
        ? this.text(`${id}-expression`, w.cron, layer.expression, (expression) => put({ expression }), { hint: w.cronHint, at })
        : this.text(`${id}-times`, w.times, layer.times, (times) => put({ times }), { hint: w.timesHint, at })}`;
  }

  private days(id: string, legend: string, chosen: readonly string[], put: (days: string[]) => void): TemplateResult {
    const toggle = (day: string, on: boolean) => put(weekdays.filter((d) => (d === day ? on : chosen.includes(d))));
    return html`<fieldset class="nhsuk-fieldset nhsuk-u-margin-bottom-3">
      <legend class="nhsuk-fieldset__legend">${legend}</legend>
      <div class="nhsuk-checkboxes nhsuk-checkboxes--small ucp-layers__days">
        ${weekdays.map(
          (day) => html`<div class="nhsuk-checkboxes__item">
            <input class="nhsuk-checkboxes__input" type="checkbox" id="${id}-${day}" .checked=${chosen.includes(day)} @change=${(event: Event) => toggle(day, (event.target as HTMLInputElement).checked)} />
            <label class="nhsuk-label nhsuk-checkboxes__label" for="${id}-${day}">${words.layer.days[day]}</label>
          </div>`,
        )}
      </div>
    </fieldset>`;
  }

  private people(layer: FormLayer, id: string, at: string): TemplateResult {
    const name = (person: string) => this.staff.find((p) => p.person === person)?.name ?? person;
    const put = (people: readonly string[]) => this.putLayer(layer.key, { people });
    const wrong = this.seen?.faults.find((f) => f.at === at || f.at.startsWith(`${at}/`));
    const button = (sign: string, text: string, deed: () => void, disabled: boolean) =>
      html`<button type="button" class="ucp-sign" aria-label=${text} ?disabled=${disabled} @click=${deed}>${sign}</button>`;
    return html`<fieldset class="nhsuk-fieldset nhsuk-u-margin-bottom-3 ${wrong ? "nhsuk-form-group--error" : ""}">
      <legend class="nhsuk-fieldset__legend">${w.people}</legend>
      ${wrong ? html`<p class="nhsuk-error-message">${wrong.words}</p>` : nothing}
      <ol class="ucp-layers__people">
        ${layer.people.map(
          (person, n) => html`<li data-person=${person}>
            <bdi>${name(person)}</bdi>
            <span class="ucp-layers__signs">
              ${button("↑", w.earlier(name(person)), () => put(moved(layer.people, n, -1)), n === 0)} ${button("↓", w.laterOn(name(person)), () => put(moved(layer.people, n, 1)), n === layer.people.length - 1)}
              ${button("×", w.without(name(person)), () => put(layer.people.filter((_, other) => other !== n)), false)}
            </span>
          </li>`,
        )}
      </ol>
      <label class="nhsuk-label" for="${id}-person">${w.addPerson}</label>
      <select class="nhsuk-select" id="${id}-person" @change=${(event: Event) => this.addPerson(event.target as HTMLSelectElement, layer)}>
        ${personOptions(this.staff, "", w.choosePerson)}
      </select>
    </fieldset>`;
  }

  private addPerson(select: HTMLSelectElement, layer: FormLayer): void {
    const { value } = select;
    select.value = "";
    if (value) this.putLayer(layer.key, { people: [...layer.people, value] });
  }

  private windows(layer: FormLayer, id: string, n: number): TemplateResult {
    const put = (windows: readonly FormWindow[]) => this.putLayer(layer.key, { windows });
    const one = (window: FormWindow, i: number) => {
      const change = (more: Partial<FormWindow>) => put(layer.windows.map((other, at) => (at === i ? { ...other, ...more } : other)));
      const key = `${id}-window-${i}`;
      const wrong = this.seen?.faults.find((f) => f.at === `layers/${n}/windows/${i}` || f.at.startsWith(`layers/${n}/windows/${i}/`));
      return html`<fieldset class="nhsuk-fieldset ucp-layers__window" data-window=${i}>
        <legend class="nhsuk-fieldset__legend">${w.window(i + 1)}</legend>
        ${wrong ? html`<p class="nhsuk-error-message">${wrong.words}</p>` : nothing} ${this.days(`${key}-day`, w.windowDays, window.weekdays, (days) => change({ weekdays: days }))}
        <div class="ucp-layers__dates">
          ${this.text(`${key}-from`, w.windowFrom, window.from, (from) => change({ from }), { type: "time" })} ${this.text(`${key}-to`, w.windowTo, window.to, (to) => change({ to }), { type: "time" })}
        </div>
        <div class="nhsuk-form-group nhsuk-u-margin-bottom-3">
          <label class="nhsuk-label" for="${key}-holidays">${w.windowHolidays}</label>
          <select class="nhsuk-select" id="${key}-holidays" @change=${(event: Event) => change({ holidays: (event.target as HTMLSelectElement).value as FormWindow["holidays"] })}>
            ${w.holidayRules.map(([rule, text]) => html`<option value=${rule} ?selected=${window.holidays === rule}>${text}</option>`)}
          </select>
        </div>
        ${this.text(`${key}-dates`, w.windowDates, window.dates, (dates) => change({ dates }), { hint: w.windowDatesHint })}
        <p><button type="button" class="ucp-textbutton" @click=${() => put(layer.windows.filter((_, at) => at !== i))}>${w.removeWindow(i + 1)}</button></p>
      </fieldset>`;
    };
    return html`${layer.windows.map(one)}
      <p class="nhsuk-u-margin-bottom-2"><button type="button" class="ucp-textbutton" @click=${() => put([...layer.windows, blankWindow])}>${layer.windows.length === 0 ? w.addFirstWindow : w.addWindow}</button></p>`;
  }

  private async sent(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.failure = this.rota ? undefined : w.needsId;
    if (this.rota) {
      this.busy = true;
      try {
        return void this.dispatchEvent(new Deed(outcomeWords(await keep(this.token, this.rota, this.draft))));
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

/** The layer with another way to say when it hands over; what was said before is kept as far as it can be. */
function withKind(layer: FormLayer, kind: FormLayer["kind"]): Partial<FormLayer> {
  if (kind === "expression") return { kind, expression: fromForm(layer).handover };
  const read = readHandover(fromForm(layer).handover);
  return read.kind === "expression" ? { kind, times: layer.times || "08:00" } : { kind, times: read.times.join(", "), ...(read.kind === "weeks" ? { days: read.days } : {}) };
}

customElements.define("ucp-rota-layers", RotaLayers);
