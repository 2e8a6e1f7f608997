// How is one thing asked for in a form?

import { html, nothing, type TemplateResult } from "lit";
import { peopleTexts } from "./texts.ts";

const dayTexts = peopleTexts.day;

export interface Field {
  id: string;
  label: string;
  hint?: string;
  type?: "text" | "password";
  autocomplete?: string;
  numeric?: boolean;
  width?: number;
  value?: string;
}

export function field(f: Field): TemplateResult {
  return html`<div class="nhsuk-form-group">
    <label class="nhsuk-label" for=${f.id}>${f.label}</label>
    ${f.hint ? html`<div class="nhsuk-hint" id="${f.id}-hint">${f.hint}</div>` : nothing}
    <input
      class="nhsuk-input ${f.width ? `nhsuk-input--width-${f.width}` : ""}"
      id=${f.id}
      name=${f.id}
      type=${f.type ?? "text"}
      .value=${f.value ?? ""}
      autocomplete=${f.autocomplete ?? "off"}
      autocapitalize="none"
      spellcheck="false"
      inputmode=${f.numeric ? "numeric" : nothing}
      aria-describedby=${f.hint ? `${f.id}-hint` : nothing}
    />
  </div>`;
}

/** A day, as the NHS asks for one: https://service-manual.nhs.uk/design-system/components/date-input */
export function dayField({ id, label, hint }: { id: string; label: string; hint: string }): TemplateResult {
  const one = (part: keyof typeof dayTexts) => html`<div class="nhsuk-date-input__item">
    <label class="nhsuk-label nhsuk-date-input__label" for="${id}-${part}">${dayTexts[part]}</label>
    <input class="nhsuk-input nhsuk-date-input__input nhsuk-input--width-${part === "year" ? 4 : 2}" id="${id}-${part}" name="${id}-${part}" autocomplete="off" inputmode="numeric" />
  </div>`;
  return html`<div class="nhsuk-form-group">
    <fieldset class="nhsuk-fieldset" role="group" aria-describedby="${id}-hint">
      <legend class="nhsuk-fieldset__legend nhsuk-label">${label}</legend>
      <div class="nhsuk-hint" id="${id}-hint">${hint}</div>
      <div class="nhsuk-date-input">${one("day")} ${one("month")} ${one("year")}</div>
    </fieldset>
  </div>`;
}

/** The day that was typed into a day's fields, such as "1980-02-13"; whatever else was typed is no day, and stays none. */
export function typedDay(form: HTMLElement, id: string): string {
  const [year, month, day] = (["year", "month", "day"] as const).map((part) => typed(form, `${id}-${part}`).trim());
  return `${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}`;
}

/** What was typed into a field of a form. */
export function typed(form: HTMLElement, id: string): string {
  return form.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`)?.value ?? "";
}

/** Why something was not done, said aloud. The place is there before the words are. */
export function fault(words: string | undefined): TemplateResult {
  return html`<div role="alert">${words ? html`<p class="ucp-caution ucp-caution--stop" id="fault" tabindex="-1">${words}</p>` : nothing}</div>`;
}
