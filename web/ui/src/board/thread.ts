// How does a thread look, to the department and to the centre?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { texts } from "../texts.ts";
import { dayAndTime, instant } from "../words/dates.ts";
import type { Line } from "./talk-api.ts";

const w = texts.talk;

/** Questions and disputes in the order of time, each with its answer beneath it. below adds to one that waits: at the centre, the form for its answer. */
export function thread(lines: readonly Line[], zone: string, below?: (line: Line) => TemplateResult | typeof nothing): TemplateResult | typeof nothing {
  if (lines.length === 0) return nothing;
  return html`<ol class="ucp-thread">
    ${repeat(
      lines.filter((l) => l.kind !== "answer"),
      (l) => l.id,
      (l) => html`<li data-line=${l.id} data-line-state=${l.state ?? ""}>
        ${said(l, zone)} ${lines.filter((a) => a.answers === l.id).map((a) => html`<div class="ucp-thread__answer">${said(a, zone)}</div>`)}
        ${l.state === "waiting" ? html`<p class="ucp-thread__state">${l.read ? w.seenByCentre(when(l.read, zone)) : w.notSeenByCentre}</p>` : nothing}
        ${l.state === "revised" ? html`<p class="ucp-thread__state">${w.revised}</p>` : nothing} ${l.state === "waiting" && below ? below(l) : nothing}
      </li>`,
    )}
  </ol>`;
}

function said(l: Line, zone: string): TemplateResult {
  return html`<p class="ucp-thread__who">
      <strong>${w.kinds[l.kind] ?? l.kind}</strong> <span class="ucp-quiet"><bdi>${w.who(l.by, l.role, l.organisation)}</bdi> · <time>${when(l.at, zone)}</time></span>
    </p>
    <p class="ucp-thread__text"><bdi>${l.text}</bdi></p>`;
}

function when(time: string, zone: string): string {
  const at = instant(time);
  return at ? dayAndTime(at, zone) : "";
}
