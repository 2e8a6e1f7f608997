// Why does somebody open a plan?

import { html, type TemplateResult } from "lit";
import { reasons, why as w } from "./texts.ts";

/** The reasons to choose from, and a place for one's own words. */
export function reasonFields(special: boolean): TemplateResult {
  return html`
    <fieldset class="nhsuk-fieldset ucp-reason">
      <legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">${w.legend}</legend>
      <div class="nhsuk-radios nhsuk-radios--small" data-module="nhsuk-radios">
        ${reasons.map(
          ({ why, text }) => html`<div class="nhsuk-radios__item">
            <input class="nhsuk-radios__input" type="radio" name="why" id="why-${why}" value=${why} />
            <label class="nhsuk-label nhsuk-radios__label" for="why-${why}">${text}</label>
          </div>`,
        )}
      </div>
    </fieldset>
    <div class="nhsuk-form-group">
      <label class="nhsuk-label" for="why-words">${w.words}</label>
      <div class="nhsuk-hint" id="why-hint">${w.hint}</div>
      <textarea class="nhsuk-textarea" id="why-words" rows="2" maxlength="500" aria-describedby="why-hint" ?required=${special}></textarea>
    </div>
    <p class="ucp-quiet">${w.kept}</p>
  `;
}

/** What was chosen and written in a form. */
export function reasonOf(form: HTMLElement): { why: string; words: string } {
  return {
    why: form.querySelector<HTMLInputElement>('input[name="why"]:checked')?.value ?? "",
    words: form.querySelector<HTMLTextAreaElement>("#why-words")?.value.trim() ?? "",
  };
}
