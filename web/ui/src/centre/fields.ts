// How is one thing asked of a person?
//
// After the NHS design system: a label, a hint, what is wrong, and then the field. https://service-manual.nhs.uk/design-system/components

import { html, nothing, type TemplateResult } from "lit";
import type { Form } from "./api.ts";
import { words } from "./texts.ts";

/** The fields of a form that are one text. */
export type Field = Exclude<keyof Form, "sections" | "attachments">;

/** What a field needs of the form that it stands in. */
export interface Sheet {
  form: Form;
  /** What is wrong with a field, once that is to be said. */
  fault(field: string): string | undefined;
  type(field: Field, value: string): void;
}

const idOf = (field: string) => `f-${field}`;

/** The id of the element to go to when a field is to be put right. */
export function targetOf(field: string): string {
  return dates.has(field) ? `${idOf(field)}-day` : radios.has(field) ? `${idOf(field)}-0` : idOf(field);
}
const dates = new Set(["starts", "ends", "birth_date", "cpr_date", "reviewed", "review_due"]);
const radios = new Set(["consent", "urgency", "cpr", "ceiling", "adrt", "sex"]);

function told(id: string, hint: string | undefined, fault: string | undefined): { above: TemplateResult; describedBy: string | typeof nothing } {
  const above = html`
    ${hint ? html`<div class="nhsuk-hint" id="${id}-hint">${hint}</div>` : nothing}
    ${fault ? html`<span class="nhsuk-error-message" id="${id}-error"><span class="nhsuk-u-visually-hidden">Error:</span> ${fault}</span>` : nothing}
  `;
  const ids = [hint && `${id}-hint`, fault && `${id}-error`].filter(Boolean).join(" ");
  return { above, describedBy: ids || nothing };
}

const group = (fault: string | undefined) => `nhsuk-form-group ${fault ? "nhsuk-form-group--error" : ""}`;

export interface TextOptions {
  hint?: string;
  /** How many lines; one is an input. */
  rows?: number;
  /** How wide, in characters. */
  width?: 5 | 10 | 20;
  numeric?: boolean;
  telephone?: boolean;
  below?: TemplateResult;
}

export function textField(sheet: Sheet, field: Field, label: string, o: TextOptions = {}): TemplateResult {
  const id = idOf(field);
  const fault = sheet.fault(field);
  const { above, describedBy } = told(id, o.hint, fault);
  const typed = (event: Event) => sheet.type(field, (event.target as HTMLInputElement | HTMLTextAreaElement).value);
  return html`
    <div class=${group(fault)}>
      <label class="nhsuk-label" for=${id}>${label}</label>
      ${above}
      ${o.rows
        ? html`<textarea
            class="nhsuk-textarea ${fault ? "nhsuk-textarea--error" : ""}" id=${id} rows=${o.rows} autocomplete="off"
            aria-describedby=${describedBy} aria-invalid=${fault ? "true" : nothing} .value=${sheet.form[field]} @input=${typed}
          ></textarea>`
        : html`<input
            class="nhsuk-input ${o.width ? `nhsuk-input--width-${o.width}` : ""} ${fault ? "nhsuk-input--error" : ""}" id=${id} autocomplete="off" spellcheck="false"
            type=${o.telephone ? "tel" : "text"} inputmode=${o.numeric ? "numeric" : nothing}
            aria-describedby=${describedBy} aria-invalid=${fault ? "true" : nothing} .value=${sheet.form[field]} @input=${typed}
          />`}
      ${o.below ?? nothing}
    </div>
  `;
}

/** Day, month and year, as three fields. */
export function dateField(sheet: Sheet, field: Field, label: string, hint: string): TemplateResult {
  const id = idOf(field);
  const fault = sheet.fault(field);
  const { above, describedBy } = told(id, hint, fault);
  const [year = "", month = "", day = ""] = sheet.form[field].split("-");
  const parts = { day, month, year };
  const typed = (part: keyof typeof parts) => (event: Event) => {
    parts[part] = (event.target as HTMLInputElement).value.replaceAll("-", "");
    const { day, month, year } = parts;
    sheet.type(field, day + month + year === "" ? "" : `${year}-${month}-${day}`);
  };
  const one = (part: keyof typeof parts, name: string) => html`
    <div class="nhsuk-date-input__item">
      <label class="nhsuk-label nhsuk-date-input__label" for="${id}-${part}">${name}</label>
      <input
        class="nhsuk-input nhsuk-date-input__input nhsuk-input--width-${part === "year" ? 4 : 2} ${fault ? "nhsuk-input--error" : ""}"
        id="${id}-${part}" inputmode="numeric" autocomplete="off" .value=${parts[part]} @input=${typed(part)}
      />
    </div>
  `;
  return html`
    <div class=${group(fault)}>
      <fieldset class="nhsuk-fieldset" role="group" aria-describedby=${describedBy}>
        <legend class="nhsuk-fieldset__legend nhsuk-label">${label}</legend>
        ${above}
        <div class="nhsuk-date-input" id=${id}>${one("day", words.form.day)} ${one("month", words.form.month)} ${one("year", words.form.year)}</div>
      </fieldset>
    </div>
  `;
}

/** Several answers of which any can hold; the field has their codes, one a line. Codes that are not among them stay as they are. */
export function checkField(sheet: Sheet, field: Field, label: string, answers: Record<string, string>): TemplateResult {
  const id = idOf(field);
  const held = () => sheet.form[field].split("\n").filter((code) => code !== "");
  const check = (code: string) => (event: Event) => {
    const others = held().filter((c) => c !== code);
    sheet.type(field, ((event.target as HTMLInputElement).checked ? [...others, code] : others).join("\n"));
  };
  return html`
    <div class="nhsuk-form-group">
      <fieldset class="nhsuk-fieldset">
        <legend class="nhsuk-fieldset__legend nhsuk-label">${label}</legend>
        <div class="nhsuk-checkboxes nhsuk-checkboxes--small" id=${id}>
          ${Object.entries(answers).map(
            ([code, text], n) => html`<div class="nhsuk-checkboxes__item">
              <input class="nhsuk-checkboxes__input" type="checkbox" id="${id}-${n}" .checked=${held().includes(code)} @change=${check(code)} />
              <label class="nhsuk-label nhsuk-checkboxes__label" for="${id}-${n}">${text}</label>
            </div>`,
          )}
        </div>
      </fieldset>
    </div>
  `;
}

/** A few answers to choose one from; the empty one, if there is one, is the answer until another is chosen. */
export function choiceField(sheet: Sheet, field: Field, label: string, answers: Record<string, string>): TemplateResult {
  const id = idOf(field);
  const fault = sheet.fault(field);
  const { above, describedBy } = told(id, undefined, fault);
  return html`
    <div class=${group(fault)}>
      <fieldset class="nhsuk-fieldset" aria-describedby=${describedBy}>
        <legend class="nhsuk-fieldset__legend nhsuk-label">${label}</legend>
        ${above}
        <div class="nhsuk-radios nhsuk-radios--small" id=${id}>
          ${Object.entries(answers).map(
            ([value, text], n) => html`<div class="nhsuk-radios__item">
              <input
                class="nhsuk-radios__input" type="radio" name=${id} id="${id}-${n}" value=${value}
                .checked=${sheet.form[field] === value} @change=${() => sheet.type(field, value)}
              />
              <label class="nhsuk-label nhsuk-radios__label" for="${id}-${n}">${text}</label>
            </div>`,
          )}
        </div>
      </fieldset>
    </div>
  `;
}
