// What would a change of a rota mean?

import { html, nothing, type TemplateResult } from "lit";
import type { Person, Preview, Rota } from "./api.ts";
import "./calendar-view.ts";
import { moment, span } from "./days.ts";
import { words } from "./texts.ts";

const w = words.effect;
/** How many changed times are listed. */
const most = 8;

/** What it changes, whom it leaves out, and how the calendar would look. */
export function effect(seen: Preview, zone: string, page: Rota | undefined): TemplateResult {
  if (seen.faults.length > 0) {
    return html`<h3 class="nhsuk-heading-s nhsuk-u-margin-bottom-2">${w.faults}</h3>
      <ul class="nhsuk-list nhsuk-list--bullet" id="faults">${seen.faults.map((f) => html`<li data-fault=${f.at}>${f.words}</li>`)}</ul>`;
  }
  const people = [...new Set([...(page?.people ?? []).map((p) => p.person), ...seen.shifts.map((t) => t.person).filter(Boolean)])];
  return html`<h3 class="nhsuk-heading-s nhsuk-u-margin-bottom-2">${w.title}</h3>
    ${seen.summary.length > 0 ? html`<ul class="nhsuk-list nhsuk-list--bullet">${seen.summary.map((line) => html`<li><bdi>${line}</bdi></li>`)}</ul>` : nothing}
    ${seen.new_gaps.length > 0
      ? html`<div class="ucp-caution ucp-caution--stop" data-new-gaps=${seen.new_gaps.length}>
          <div>
            <p>${w.newGaps}</p>
            <ul class="nhsuk-list nhsuk-list--bullet">${seen.new_gaps.slice(0, most).map((g) => html`<li>${span(g.start, g.end, zone)}</li>`)}</ul>
          </div>
        </div>`
      : nothing}
    <p data-gaps=${seen.gaps.length}>${seen.gaps.length === 0 ? html`<strong class="nhsuk-tag nhsuk-tag--green">${words.overview.noGaps}</strong>` : html`<strong class="nhsuk-tag nhsuk-tag--red">${words.overview.gaps(seen.gaps.length)}</strong> ${w.firstGap(span(seen.gaps[0]!.start, seen.gaps[0]!.end, zone))}`}</p>
    ${seen.unreachable.map((p) => html`<p data-unreachable=${p.person}><strong class="nhsuk-tag nhsuk-tag--yellow">${words.person.unreachable}</strong> <bdi>${p.name}</bdi>${p.first ? words.overview.firstShift(moment(new Date(p.first), zone)) : nothing}</p>`)}
    ${seen.changed_count === 0
      ? html`<p>${w.same}</p>`
      : html`<p>${w.changed(seen.changed_count)}</p>
          <ul class="nhsuk-list nhsuk-list--bullet" id="changed">
            ${seen.changed.slice(0, most).map((c) => html`<li>${span(c.start, c.end, zone)}: <bdi>${nameOf(c.before)}</bdi> → <strong><bdi>${nameOf(c.after)}</bdi></strong></li>`)}
            ${seen.changed_count > most ? html`<li>${w.more(seen.changed_count - most)}</li>` : nothing}
          </ul>`}
    ${seen.second_person ? html`<p class="ucp-caution" data-second>${w.second}</p>` : nothing}
    <h3 class="nhsuk-heading-s nhsuk-u-margin-bottom-2">${w.calendar}</h3>
    <ucp-shift-calendar .shifts=${seen.shifts} .zone=${zone} .people=${people} .label=${w.calendar}></ucp-shift-calendar>`;
}

/** The same in one line, for whoever hears the page. */
export function effectInShort(seen: Preview): string {
  return seen.faults.length > 0 ? w.faultsCounted(seen.faults.length) : w.counted(seen.changed_count, seen.gaps.length);
}

function nameOf(person: Person | undefined): string {
  return person?.person ? person.name : words.overview.nobody;
}
