// How do the two look side by side?
//
// How far they agree is said by a sign and a word; a colour only repeats it.

import { html, nothing, type TemplateResult } from "lit";
import { birthDate } from "../words/dates.ts";
import { sex, spacedNHSNumber } from "../words/patient.ts";
import type { Field, Pair } from "./api.ts";
import { words as w } from "./texts.ts";

/** The table of the identifiers of both. */
export function beside(pair: Pair): TemplateResult {
  const columns = [w.what, w.arrival, w.plan(pair.centre_name ?? ""), w.agreement];
  return html`<table class="ucp-beside" role="table">
    <caption class="nhsuk-u-visually-hidden">${w.caption}</caption>
    <thead role="rowgroup">
      <tr role="row">${columns.map((name) => html`<th role="columnheader" scope="col"><bdi>${name}</bdi></th>`)}</tr>
    </thead>
    <tbody role="rowgroup">${pair.fields.map(row)}</tbody>
  </table>`;
}

function row(field: Field): TemplateResult {
  const agreement = field.agreement === undefined ? undefined : w.agreements[field.agreement];
  return html`<tr role="row" data-field=${field.name} data-agreement=${field.agreement ?? ""} class="ucp-beside__row ucp-beside__row--${agreement?.tone ?? "unknown"}">
    <th role="rowheader" scope="row">${w.names[field.name] ?? field.name}</th>
    <td role="cell" class="ucp-beside__value" data-side=${w.arrival}>${value(field, field.arrival)}</td>
    <td role="cell" class="ucp-beside__value" data-side=${w.plan("")}>${value(field, field.plan)}</td>
    <td role="cell" class="ucp-beside__agreement">
      ${agreement ? html`<strong><span aria-hidden="true">${agreement.sign}</span> ${agreement.word}</strong>` : html`<span class="ucp-quiet">${w.notCompared}</span>`}
      ${how(field) ? html`<span class="ucp-beside__how">${how(field)}</span>` : nothing}
    </td>
  </tr>`;
}

function value(field: Field, text: string | undefined): TemplateResult {
  if (field.hidden) return html`<span class="ucp-quiet">${w.hidden}</span>`;
  if (!text) return html`<span class="ucp-quiet">${w.stated}</span>`;
  return html`<bdi class=${field.name === "NHS number" ? "ucp-number" : ""}>${written(field.name, text)}</bdi>`;
}

/** As the NHS writes it. */
export function written(name: string, text: string): string {
  switch (name) {
    case "NHS number":
      return spacedNHSNumber(text);
    case "date of birth":
      return birthDate(text);
    case "sex":
      return sex(text);
  }
  return text;
}

/** What the words of the service add to the agreement: "similar spelling". */
export function how({ agreement, words }: Field): string {
  if (!words || words === agreement) return "";
  const rest = agreement && words.startsWith(agreement) ? words.slice(agreement.length).replace(/^[\s:,(]+|\)$/g, "") : words;
  return rest.charAt(0).toLocaleUpperCase("en-GB") + rest.slice(1);
}
