// What would a subscription have told in the last 30 days?

import { html, nothing, svg, type TemplateResult } from "lit";
import { texts } from "../texts.ts";
import { birthDate, day, dayAndTime, instant } from "../words/dates.ts";
import type { Example, Preview } from "./api.ts";
import { words } from "./texts.ts";

const w = words.preview;
/** The measures of the drawing in its own units: ten for each day, and a height. */
const step = 10;
const high = 60;

/** The drawing, a bar for each day, and what it says for whoever does not see it. */
function drawing(days: Preview["days"]): TemplateResult {
  const most = days.reduce((best, each) => (each.told > best.told ? each : best), { date: "", told: 0 });
  const bars = days.map(({ told }, n) => (told > 0 ? `M${n * step + 1} ${high}V${Math.round((1 - told / most.told) * (high - 4))}h${step - 2}V${high}Z` : "")).join("");
  const wide = Math.max(1, days.length) * step;
  return html`<figure class="ucp-would__drawing">
    <svg viewBox="0 0 ${wide} ${high}" preserveAspectRatio="none" aria-hidden="true">${svg`<path class="ucp-would__bars" d=${bars}></path><path class="ucp-would__ground" d="M0 ${high}H${wide}"></path>`}</svg>
    <figcaption class="ucp-quiet">${w.drawing(most.told, birthDate(most.date))}</figcaption>
  </figure>`;
}

/** The page's part about the last 30 days. */
export function previewed(p: Preview, team: boolean, zone: string): TemplateResult {
  const keptFrom = instant(p.kept_from);
  return html`<p role="status" data-total=${p.total}><strong>${team ? w.totalTeam(p.total, p.people) : w.total(p.total)}</strong> ${p.held > 0 ? w.held(p.held) : nothing}</p>
    ${keptFrom ? html`<p class="ucp-quiet">${w.keptFrom(day(keptFrom, zone))}</p>` : nothing}
    ${drawing(p.days)}
    ${p.events.length > 0 ? html`<ul class="ucp-would__events">${p.events.map(({ event, told }) => html`<li>${words.events[event] ?? event}: <strong>${told}</strong></li>`)}</ul>` : nothing}
    ${p.examples.length > 0
      ? html`<details class="ucp-more">
          <summary>${w.examples}</summary>
          <ol class="ucp-told">${p.examples.map((e) => example(e, zone))}</ol>
        </details>`
      : nothing}`;
}

function example(e: Example, zone: string): TemplateResult {
  const [at, due] = [instant(e.at), instant(e.due)];
  return html`<li class="ucp-told__one">
    <time class="ucp-quiet" datetime=${e.at}>${at ? dayAndTime(at, zone) : ""}</time>
    <span>${happening(e)}${e.held && due ? html`<span class="ucp-quiet"> · ${w.late(dayAndTime(due, zone))}</span>` : nothing}</span>
  </li>`;
}

/** What happened, how urgent it was, where, and to whose plan; nothing about the patient. */
export function happening(e: Pick<Example, "event" | "urgency" | "department" | "department_name" | "centre" | "centre_name" | "ref">): TemplateResult {
  const urgency = texts.urgency[e.urgency];
  return html`${urgency ? html`<strong class="nhsuk-tag ucp-urgency ucp-urgency--${e.urgency}">${urgency}</strong> ` : nothing}
    ${words.events[e.event] ?? e.event}${e.department ? html`, <bdi>${e.department_name || e.department}</bdi>` : nothing}
    <span class="ucp-quiet">(<bdi>${e.centre_name || e.centre}</bdi>${e.ref ? html`, ${words.now.ref(e.ref)}` : nothing})</span>`;
}
