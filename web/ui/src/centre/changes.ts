// How is what changed between two versions shown?

import { html, nothing, type TemplateResult } from "lit";
import { statusWord } from "../board/plan-text.ts";
import type { Edition } from "./api.ts";
import { differences } from "./differences.ts";
import { words } from "./texts.ts";

/** What changed, heading by heading; words that were added and removed are marked by more than their colour. */
export function changesOf(before: Edition, after: Edition): TemplateResult {
  const changed = differences(before.written, after.written);
  const state = before.status === after.status ? nothing : html`<p>${words.page.stateChanged(statusWord(before.status), statusWord(after.status))}</p>`;
  if (changed.length === 0) return html`${state} <p class="ucp-quiet">${words.page.same}</p>`;
  return html`
    ${state}
    <dl class="ucp-changes">
      ${changed.map(
        ({ title, pieces }) => html`<div>
          <dt><bdi>${title}</bdi></dt>
          <dd>${pieces.map((p) =>
            p.kind === "added"
              ? html`<ins><span class="nhsuk-u-visually-hidden">${words.page.added}: </span>${p.text}</ins>`
              : p.kind === "removed"
                ? html`<del><span class="nhsuk-u-visually-hidden">${words.page.removed}: </span>${p.text}</del>`
                : html`<span>${p.text}</span>`,
          )}</dd>
        </div>`,
      )}
    </dl>
  `;
}
