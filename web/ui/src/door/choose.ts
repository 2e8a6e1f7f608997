// Which A&E is this screen for?

import { html, type TemplateResult } from "lit";
import type { Department } from "../api.ts";
import { texts } from "../texts.ts";

/** The departments by region, regions and departments in the order of their names. */
export function byRegion(departments: readonly Department[]): [string, Department[]][] {
  const regions = new Map<string, Department[]>();
  for (const department of departments) {
    const name = department.region_name || department.region;
    regions.set(name, [...(regions.get(name) ?? []), department]);
  }
  const named = [...regions].sort(([a], [b]) => a.localeCompare(b, "en-GB"));
  return named.map(([name, list]) => [name, list.sort((a, b) => placeOf(a).localeCompare(placeOf(b), "en-GB"))]);
}

/** The name people use for a department. */
export function placeOf(department: Department): string {
  return department.name || department.site_name || department.id;
}

export function choosePage(departments: readonly Department[]): TemplateResult {
  return html`
    <h1 class="nhsuk-heading-xl nhsuk-u-margin-bottom-3">${texts.choose.title}</h1>
    <p class="nhsuk-body-l ucp-measure">${texts.choose.lead}</p>
    ${departments.length === 0 ? html`<p>${texts.choose.none}</p>` : byRegion(departments).map(([name, list]) => region(name, list))}
    <section class="ucp-region">
      <h2 class="nhsuk-heading-m ucp-region__name">${texts.overview.region}</h2>
      <ul class="ucp-region__list">
        <li>
          <a class="ucp-place" href="/overview"><span class="ucp-place__name">${texts.overview.link}</span> <span class="ucp-place__more">${texts.overview.lead}</span></a>
        </li>
      </ul>
    </section>
    <section class="ucp-region">
      <h2 class="nhsuk-heading-m ucp-region__name">${texts.centre.region}</h2>
      <ul class="ucp-region__list">
        <li>
          <a class="ucp-place" href="/centre"><span class="ucp-place__name">${texts.centre.link}</span> <span class="ucp-place__more">${texts.centre.lead}</span></a>
        </li>
        <li>
          <a class="ucp-place" href="/operations"><span class="ucp-place__name">${texts.operations.link}</span> <span class="ucp-place__more">${texts.operations.lead}</span></a>
        </li>
      </ul>
    </section>
    <section class="ucp-region">
      <h2 class="nhsuk-heading-m ucp-region__name">${texts.practice.doorTitle}</h2>
      <ul class="ucp-region__list">
        <li>
          <a class="ucp-place" href="/practice"><span class="ucp-place__name">${texts.practice.link}</span> <span class="ucp-place__more">${texts.practice.doorLead}</span></a>
        </li>
      </ul>
    </section>
  `;
}

function region(name: string, departments: Department[]): TemplateResult {
  return html`
    <section class="ucp-region">
      <h2 class="nhsuk-heading-m ucp-region__name">${name}</h2>
      <ul class="ucp-region__list">
        ${departments.map(
          (d) => html`<li>
            <a class="ucp-place" href="/board/${encodeURIComponent(d.id)}">
              <span class="ucp-place__name">${placeOf(d)}</span>
              <span class="ucp-place__more">${d.organisation_name}</span>
              <span class="ucp-place__more ucp-place__id">${d.id}</span>
            </a>
          </li>`,
        )}
      </ul>
    </section>
  `;
}
