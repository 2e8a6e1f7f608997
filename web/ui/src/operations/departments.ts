// Does each department see what happens: its check, its board, its screens?

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { instant, timeOrDay } from "../words/dates.ts";
import type { Canary, Department, Screen } from "./api.ts";
import { idOf } from "./todo.ts";
import { words } from "./texts.ts";

const w = words.departments;
const zone = "Europe/London";
const canaryTones: Readonly<Record<Canary["state"], string>> = { passed: "nhsuk-tag--green", missed: "nhsuk-tag--yellow", alarm: "nhsuk-tag--red", no_screen: "nhsuk-tag--grey" };
const boardTones: Readonly<Record<Department["state"], string>> = { seen: "nhsuk-tag--green", unseen: "nhsuk-tag--red", never: "nhsuk-tag--grey" };

/** build is the one of this service's pages; empty if it is not known. */
export function departments(list: readonly Department[], now: Date, build: string): TemplateResult {
  if (list.length === 0) return html`<p>${w.none}</p>`;
  return html`<ul class="ucp-list ucp-panels">
    ${repeat(list, (d) => d.department, (d) => html`<li>${one(d, now, build)}</li>`)}
  </ul>`;
}

function one(d: Department, now: Date, build: string): TemplateResult {
  const since = instant(d.since);
  return html`<article class="ucp-panel" id=${idOf(d)} data-department=${d.department} aria-labelledby="${idOf(d)}-name">
    <h3 class="ucp-panel__title" id="${idOf(d)}-name"><bdi>${d.department_name}</bdi> <span class="ucp-quiet"><bdi>${d.organisation_name}</bdi></span></h3>
    ${canary(d.canary, now)}
    <p>
      <strong class="nhsuk-tag ${boardTones[d.state]}">${w.seen[d.state]}</strong>
      ${w.of(d.visible, d.connected)}${since ? html`<span class="ucp-quiet">, ${w.since(timeOrDay(since, now, zone))}</span>` : nothing}
    </p>
    ${d.screens.length > 0
      ? html`<details class="ucp-more">
          <summary>${w.screens(d.screens.length)}<span class="nhsuk-u-visually-hidden"> (${d.department_name})</span></summary>
          ${screens(d, now, build)}
        </details>`
      : nothing}
  </article>`;
}

function canary(c: Canary | undefined, now: Date): TemplateResult {
  if (!c) return html`<p><strong class="nhsuk-tag nhsuk-tag--grey">${w.noCanary}</strong></p>`;
  const shown = instant(c.displayed);
  return html`<p data-canary=${c.state}>
      <strong class="nhsuk-tag ${canaryTones[c.state]}">${w.canary[c.state]}</strong> ${w.age(c.age_seconds)}${shown ? html`<span class="ucp-quiet">, ${w.displayed(timeOrDay(shown, now, zone))}</span>` : nothing}
    </p>
    <meter class="ucp-age" min="0" max=${3 * c.every_seconds} high=${1.25 * c.every_seconds} optimum="0" value=${Math.min(c.age_seconds, 3 * c.every_seconds)} aria-label=${w.ageOf(c.age_seconds, c.every_seconds)}></meter>
    ${c.where ? html`<p class="ucp-feed__where"><bdi>${c.where}</bdi></p>` : nothing}`;
}

function screens(d: Department, now: Date, build: string): TemplateResult {
  return html`<table class="ucp-plans" role="table">
    <caption class="nhsuk-u-visually-hidden">${w.caption(d.department_name)}</caption>
    <thead role="rowgroup">
      <tr role="row">${w.columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr>
    </thead>
    <tbody role="rowgroup">${d.screens.map((s) => screen(s, now, build))}</tbody>
  </table>`;
}

function screen(s: Screen, now: Date, build: string): TemplateResult {
  const since = instant(s.since);
  const receipt = instant(s.receipt);
  const older = build !== "" && s.version !== undefined && s.version !== build;
  return html`<tr role="row" data-screen=${s.screen ?? ""} data-visible=${s.visible ? "true" : "false"}>
    <td role="cell"><bdi>${s.screen ?? w.unnamed}</bdi> <span class="ucp-quiet"><bdi>${s.account}</bdi></span></td>
    <td role="cell" data-label=${w.columns[1]!}>${s.visible ? w.visible : w.hidden}</td>
    <td role="cell" data-label=${w.columns[2]!}><bdi>${s.version ?? w.unknownVersion}</bdi>${older ? html` <span class="ucp-quiet">${w.older}</span>` : nothing}</td>
    <td role="cell" data-label=${w.columns[3]!}>${since ? w.since(timeOrDay(since, now, zone)) : ""}</td>
    <td role="cell" data-label=${w.columns[4]!}>${receipt ? timeOrDay(receipt, now, zone) : w.noReceipt}</td>
    <td role="cell" data-label=${w.columns[5]!}>${w.behind(s.behind)}</td>
  </tr>`;
}
