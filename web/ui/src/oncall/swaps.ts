// What is a swap, in words?

import { html, nothing, type TemplateResult } from "lit";
import type { Swap } from "./api.ts";
import { span } from "./days.ts";
import { words } from "./texts.ts";

const w = words.swaps;

/** Who asks whom for which time, and what for. */
export function swapWords(s: Swap, zone: string): TemplateResult {
  return html`<bdi>${w.asks(s.asks_name, s.takes_name)}</bdi> <span class="ucp-oncall__span">${span(s.start, s.end, zone)}</span>
    ${s.back_start && s.back_end ? html`<p class="ucp-quiet"><bdi>${w.back(s.asks_name, s.takes_name)}</bdi> ${span(s.back_start, s.back_end, zone)}</p>` : nothing}`;
}
