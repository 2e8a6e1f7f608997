// Whom to ring when the board cannot be trusted.
//
// The list came with the page, so it is there when nothing else is.

import { html, type TemplateResult } from "lit";
import type { Phone } from "../api.ts";
import { texts } from "../texts.ts";

export function phoneList(phones: readonly Phone[]): TemplateResult {
  if (phones.length === 0) return html`<p class="ucp-phones__none">${texts.phones.none}</p>`;
  return html`<ul class="ucp-phones">
    ${phones.map(
      (p) => html`<li>
        <span class="ucp-phones__name"><bdi>${p.name}</bdi></span>
        <a class="ucp-phones__number" href="tel:${p.number.replace(/[^\d+]/g, "")}"><bdi>${p.number}</bdi></a>
      </li>`,
    )}
  </ul>`;
}
