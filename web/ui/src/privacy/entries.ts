// How does an entry of the journal stand in a table?

import { html, nothing, type TemplateResult } from "lit";
import { dayAndSecond } from "./times.ts";
import type { Entry } from "./api.ts";
import { words as w } from "./texts.ts";

/** A table that becomes a list on a phone: each cell says on a narrow page which column it is in. */
export function table(caption: string, columns: readonly string[], rows: readonly (readonly (TemplateResult | string)[])[]): TemplateResult {
  return html`<table class="ucp-journal" role="table">
    <caption class="nhsuk-u-visually-hidden">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
    <tbody role="rowgroup">
      ${rows.map((cells) => html`<tr role="row">${cells.map((cell, i) => html`<td role="cell" data-column=${columns[i] ?? ""}>${cell}</td>`)}</tr>`)}
    </tbody>
  </table>`;
}

export const when = (e: Entry) => html`<time datetime=${e.at}>${dayAndSecond(e.at)}</time>`;
export const who = (e: Entry) => html`<bdi>${e.by}</bdi> <span class="ucp-quiet">${w.as(e.role, e.organisation_name ?? e.organisation ?? "")}</span>`;
export const what = (e: Entry) => html`${w.kinds[e.kind] ?? e.kind}${e.version ? html` <span class="ucp-quiet">${w.version(e.version)}</span>` : nothing}`;
export const whyOf = (e: Entry) => html`<bdi>${e.reason ?? ""}</bdi>`;
export const where = (e: Entry) => html`<bdi class="ucp-journal__place">${[e.department, e.place].filter(Boolean).join(" · ")}</bdi>`;
