// How does a plan look on one screen, so that the first minute of reading is the right one?
//
// What to do and what never to do come first, then whom to ring, then what limits treatment, then allergies and medicines: in this order on
// a phone, in three columns on a desk.

import { html, nothing, type TemplateResult } from "lit";
import type { Plan } from "../api.ts";
import { texts } from "../texts.ts";
import { birthDate, dayAndTime, instant } from "../words/dates.ts";
import { type Conflict, type Content, dial, earlierWords, hasContent, type Item, type Medicine, medicinesOf, saying, type Standing } from "./content.ts";
import { type Group, grouped } from "./sections.ts";

/** The urgency a plan is drawn with. */
export interface Look {
  urgency: "critical" | "urgent" | "routine";
  zone: string;
  /** The number of the centre, for a plan that states none. */
  phone?: string;
}

/** The whole text of a plan. What stands after it is handed in: its attachments, since those need somebody to fetch them, and what changed. */
export function planText(plan: Plan, look: Look, after: TemplateResult | typeof nothing = nothing): TemplateResult {
  const c = plan.content;
  return html`
    ${first(plan, look)} ${(plan.conflicts ?? []).length > 0 ? conflicts(plan.conflicts!, plan.plan) : nothing}
    ${hasContent(c) ? headings(c, look.phone) : html`${telephone({}, look.phone)} ${plan.sections.length === 0 ? html`<p class="ucp-quiet">${texts.plan.noSections}</p>` : nothing} ${grouped(plan.sections).map(groupOf)}`}
    ${after} ${facts(plan, look.zone)}
  `;
}

function first(plan: Plan, look: Look): TemplateResult | typeof nothing {
  if (!plan.headline) return nothing;
  return html`<section class="ucp-plan__first">
    <p class="ucp-plan__tags">
      <strong class="nhsuk-tag ucp-urgency ucp-urgency--${look.urgency}">${texts.urgency[look.urgency]}</strong>
      ${(plan.content?.kinds ?? []).map((kind) => html`<span class="nhsuk-tag nhsuk-tag--white"><bdi>${kind}</bdi></span>`)} ${reviewTag(plan.review, plan.content?.review_due)}
    </p>
    <h3 class="ucp-plan__headline"><bdi>${plan.headline}</bdi></h3>
  </section>`;
}

/** A badge for a plan whose review is due or overdue; nothing while it is not. */
export function reviewTag(review: string | undefined, due: string | undefined): TemplateResult | typeof nothing {
  if (review !== "due" && review !== "overdue") return nothing;
  return html`<strong class="nhsuk-tag ucp-review ucp-review--${review}">${texts.review[review](due ? birthDate(due) : "")}</strong>`;
}

/** What other plans for the same visit say otherwise, side by side. Nothing here chooses. */
export function conflicts(list: readonly Conflict[], own: string): TemplateResult {
  return html`<section class="ucp-conflict" aria-labelledby="conflict-title">
    <h3 id="conflict-title">${texts.conflict.title}</h3>
    <p>${texts.conflict.lead}</p>
    ${list.map(
      (conflict) => html`<div class="ucp-conflict__matter">
        <h4><bdi>${conflict.medicine ?? texts.conflict.about[conflict.about] ?? conflict.about}</bdi></h4>
        <ul class="ucp-conflict__sides">
          ${conflict.sides.map(
            (side) => html`<li>
              <span class="ucp-conflict__centre"><bdi>${side.centre_name ?? side.centre}</bdi>${side.plan === own ? ` (${texts.conflict.thisPlan})` : ""}</span>
              <strong>${saying(side.says)}</strong>
              ${side.since ? html`<span>${texts.content.stated(birthDate(side.since))}</span>` : nothing}
              ${side.words ? html`<span class="ucp-plan__words"><bdi>${side.words}</bdi></span>` : nothing}
            </li>`,
          )}
        </ul>
      </div>`,
    )}
  </section>`;
}

function headings(c: Content, phone: string | undefined): TemplateResult {
  const avoid = medicinesOf(c, "avoid");
  return html`
    <div class="ucp-plan__screen">
      <div>
        ${c.actions?.length ? block("do", texts.content.actions, html`<ol class="ucp-plan__steps">${c.actions.map(item)}</ol>`) : nothing}
        ${(c.never?.length ?? 0) + avoid.length > 0
          ? block("never", texts.content.never, html`<ul class="ucp-plan__steps">${(c.never ?? []).map(item)} ${avoid.map((m) => medicine(m, texts.content.avoid))}</ul>`)
          : nothing}
        ${c.warnings?.length ? block("warnings", texts.content.warnings, html`<ul class="ucp-plan__steps">${c.warnings.map((w) => html`<li><bdi>${w}</bdi></li>`)}</ul>`) : nothing}
      </div>
      <div>${telephone(c, phone)} ${standings(c)} ${allergies(c)}</div>
      <div>
        ${list("give", texts.content.give, medicinesOf(c, "give"))} ${list("takes", texts.content.takes, medicinesOf(c, "takes"))} ${items("equipment", texts.content.equipment, c.equipment)}
        ${items("communication", texts.content.communication, c.communication)} ${carers(c)}
      </div>
    </div>
    ${c.sections?.length ? html`<div class="ucp-plan__rest">${grouped(c.sections).map(groupOf)}</div>` : nothing}
  `;
}

function block(kind: string, title: string, inside: TemplateResult): TemplateResult {
  return html`<section class="ucp-plan__section ucp-plan__section--${kind}"><h3>${title}</h3>${inside}</section>`;
}

function item(step: Item): TemplateResult {
  return html`<li>
    ${step.title ? html`<strong><bdi>${step.title}</bdi></strong>: ` : nothing}<bdi>${step.text}</bdi>${step.state ? html` <span class="ucp-plan__state">(${step.state})</span>` : nothing}
  </li>`;
}

function items(kind: string, title: string, of: readonly Item[] | undefined): TemplateResult | typeof nothing {
  return of?.length ? block(kind, title, html`<ul class="ucp-plan__list">${of.map(item)}</ul>`) : nothing;
}

function medicine(m: Medicine, before = ""): TemplateResult {
  return html`<li>
    ${before ? `${before} ` : nothing}<strong><bdi>${m.name}</bdi></strong>${m.dose ? html`: <bdi>${m.dose}</bdi>` : nothing}${m.reason
      ? html` <span class="ucp-plan__state">${texts.content.because} <bdi>${m.reason}</bdi></span>`
      : nothing}
    ${m.state ? html`<span class="ucp-plan__state">(${m.state})</span>` : nothing} ${m.note ? html`<span class="ucp-plan__words"><bdi>${m.note}</bdi></span>` : nothing}
  </li>`;
}

function list(kind: string, title: string, of: readonly Medicine[]): TemplateResult | typeof nothing {
  return of.length > 0 ? block(kind, title, html`<ul class="ucp-plan__list">${of.map((m) => medicine(m))}</ul>`) : nothing;
}

function telephone(c: Content, phone: string | undefined): TemplateResult | typeof nothing {
  const number = c.telephone?.number ?? phone;
  if (!number) return nothing;
  const to = dial(number);
  return html`<section class="ucp-plan__phone">
    <h3>${texts.content.telephone}</h3>
    <p class="ucp-plan__number">${to ? html`<a href=${to}><bdi>${number}</bdi></a>` : html`<bdi>${number}</bdi>`}</p>
    ${c.telephone?.who ? html`<p><bdi>${c.telephone.who}</bdi></p>` : nothing}
  </section>`;
}

/** CPR, ceiling and advance decision. What is not stated is said to be so: silence must not be read as an answer. */
function standings(c: Content): TemplateResult {
  const all: [string, Standing | undefined][] = [
    [texts.content.cpr, c.cpr],
    [texts.content.ceiling, c.ceiling],
    [texts.content.advanceDecision, c.advance_decision],
  ];
  const silent = all.filter(([, s]) => !s?.says && !s?.earlier);
  return html`<section class="ucp-plan__standings" aria-label=${texts.content.limits}>
    ${all.map(([title, s]) => (s?.says || s?.earlier ? standing(title, s) : nothing))}
    ${silent.length > 0 ? html`<p class="ucp-plan__silent">${texts.content.silent(silent.map(([title]) => title))}</p>` : nothing}
  </section>`;
}

function standing(title: string, s: Standing): TemplateResult {
  const reversed = s.says && s.earlier;
  return html`<div class="ucp-standing ucp-standing--${s.says ?? "ended"} ${reversed ? "ucp-standing--reversed" : ""}">
    <h3>${title}</h3>
    <p class="ucp-standing__says">${s.says ? saying(s.says) : texts.content.noLonger}</p>
    ${s.since ? html`<p>${texts.content.stated(birthDate(s.since))}</p>` : nothing} ${s.words ? html`<p class="ucp-plan__words"><bdi>${s.words}</bdi></p>` : nothing}
    ${s.earlier ? html`<p class="ucp-standing__earlier">${reversed ? texts.content.reverses : texts.content.before} <s>${earlierWords(s.earlier)}</s></p>` : nothing}
  </div>`;
}

function allergies(c: Content): TemplateResult {
  const all = c.allergies ?? [];
  if (all.length === 0) return block("allergies-none", texts.content.allergies, html`<p class="ucp-plan__silent">${texts.content.noAllergies}</p>`);
  return block(
    "allergies",
    texts.content.allergies,
    html`<ul class="ucp-plan__list">
      ${all.map(
        (a) => html`<li>
          <strong><bdi>${a.to}</bdi></strong>${a.severe ? html` <strong class="nhsuk-tag ucp-severe">${texts.content.severe}</strong>` : nothing}${a.reaction ? html`: <bdi>${a.reaction}</bdi>` : nothing}
          ${a.status ? html`<span class="ucp-plan__state">(${a.status})</span>` : nothing} ${a.note ? html`<span class="ucp-plan__words"><bdi>${a.note}</bdi></span>` : nothing}
        </li>`,
      )}
    </ul>`,
  );
}

function carers(c: Content): TemplateResult | typeof nothing {
  if (!c.carers?.length) return nothing;
  return block(
    "carers",
    texts.content.carers,
    html`<ul class="ucp-plan__list">
      ${c.carers.map((p) => {
        const to = p.phone ? dial(p.phone) : undefined;
        return html`<li>
          <bdi>${p.name}</bdi>${p.relation ? html`, <bdi>${p.relation}</bdi>` : nothing}${p.phone ? html`: ${to ? html`<a href=${to}><bdi>${p.phone}</bdi></a>` : html`<bdi>${p.phone}</bdi>`}` : nothing}
        </li>`;
      })}
    </ul>`,
  );
}

function facts(plan: Plan, zone: string): TemplateResult {
  const published = instant(plan.published);
  const all: [string, string | undefined][] = [
    [texts.plan.from, plan.centre_name ?? plan.centre],
    [texts.plan.author, [plan.author, plan.content?.role].filter(Boolean).join(", ")],
    [texts.plan.reviewed, plan.content?.reviewed ? birthDate(plan.content.reviewed) : undefined],
    [texts.plan.reviewDue, plan.content?.review_due ? birthDate(plan.content.review_due) : hasContent(plan.content) ? texts.plan.reviewNotStated : undefined],
    [texts.plan.version, String(plan.version)],
    [texts.plan.published, published ? dayAndTime(published, zone) : undefined],
    [texts.plan.status, statusWord(plan.status)],
  ];
  return html`<dl class="ucp-plan__facts">
    ${all.map(([name, value]) => (value ? html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>` : nothing))}
  </dl>`;
}

function groupOf(group: Group): TemplateResult {
  const title = group.title || (group.kind === "steps" ? texts.plan.steps : "");
  const [only] = group.items;
  const inside = group.items.map((text) => html`<li><bdi>${text}</bdi></li>`);
  return html`
    <section class="ucp-plan__section ucp-plan__section--${group.kind}">
      ${title ? html`<h3><bdi>${title}</bdi></h3>` : nothing}
      ${group.items.length === 1 && group.kind === "text"
        ? html`<p class="ucp-plan__text"><bdi>${only}</bdi></p>`
        : group.kind === "steps"
          ? html`<ol class="ucp-plan__text">${inside}</ol>`
          : html`<ul class="ucp-plan__text">${inside}</ul>`}
    </section>
  `;
}

export function statusWord(status: string): string {
  return texts.plan.statuses[status] ?? status;
}
