// How is one thing asked for in a form?

import { html, nothing, type TemplateResult } from "lit";

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

/** What was typed into a field of a form. */
export function typed(form: HTMLElement, id: string): string {
  return form.querySelector<HTMLInputElement | HTMLSelectElement>(`#${id}`)?.value ?? "";
}

/** Why something was not done, said aloud. The place is there before the words are. */
export function fault(words: string | undefined): TemplateResult {
  return html`<div role="alert">${words ? html`<p class="ucp-caution ucp-caution--stop" id="fault" tabindex="-1">${words}</p>` : nothing}</div>`;
}
