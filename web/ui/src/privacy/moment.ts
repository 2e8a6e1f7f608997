// How is a moment asked for in a form?

import { html, type TemplateResult } from "lit";

export function moment(id: string, label: string): TemplateResult {
  return html`<div class="nhsuk-form-group">
    <label class="nhsuk-label" for=${id}>${label}</label>
    <input class="nhsuk-input ucp-moment" id=${id} name=${id} type="datetime-local" step="1" autocomplete="off" />
  </div>`;
}
