// The filters above the alerts, with how many there are of each, and what is hidden.

import { html, nothing, type TemplateResult } from "lit";
import { texts } from "../texts.ts";
import { everything, type Filter, hiddenBy, turned } from "./filter.ts";
import { type Row, urgencyOf } from "./rows.ts";
import { urgencies } from "./sounds.ts";

const w = texts.filter;
const states = ["all", "waiting", "answered"] as const;

export function filterBar(filter: Filter, rows: readonly Row[], set: (filter: Filter) => void): TemplateResult {
  const standing = rows.filter((row) => !row.leaving);
  const counts = {
    all: standing.length,
    waiting: standing.filter((row) => row.alert.state === "raised").length,
    answered: standing.filter((row) => row.alert.state === "acknowledged").length,
  };
  return html`
    <div class="ucp-filter">
      <fieldset class="ucp-filter__group">
        <legend class="nhsuk-u-visually-hidden">${w.state}</legend>
        ${states.map(
          (state) => html`<label class="ucp-filter__choice">
            <input type="radio" name="state" .checked=${filter.state === state} @change=${() => set({ ...filter, state })} />
            <span>${w[state]} <strong>${counts[state]}</strong></span>
          </label>`,
        )}
      </fieldset>
      <fieldset class="ucp-filter__group ucp-filter__group--urgency">
        <legend class="nhsuk-u-visually-hidden">${w.urgency}</legend>
        ${urgencies.map(
          (urgency) => html`<label class="ucp-filter__choice ucp-filter__choice--${urgency}">
            <input type="checkbox" name="urgency" .checked=${!filter.without.has(urgency)} @change=${() => set(turned(filter, urgency))} />
            <span>${texts.urgency[urgency]} <strong>${standing.filter((row) => urgencyOf(row.alert) === urgency).length}</strong></span>
          </label>`,
        )}
      </fieldset>
    </div>
    <div role="status">${hiddenNote(filter, rows, set)}</div>
  `;
}

function hiddenNote(filter: Filter, rows: readonly Row[], set: (filter: Filter) => void): TemplateResult | typeof nothing {
  const hidden = hiddenBy(filter, rows);
  if (hidden.waiting + hidden.others === 0) return nothing;
  return html`<div class="ucp-hidden ${hidden.waiting > 0 ? "ucp-hidden--waiting" : ""}" data-hidden=${hidden.waiting + hidden.others}>
    <p><strong>${w.hidden(hidden.waiting, hidden.others)}</strong> ${w.always}</p>
    <button type="button" class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" @click=${() => set(everything)}>${w.showAll}</button>
  </div>`;
}
