// How does a plan stand on one sheet of paper?
//
// Black on white, A4, the patient on top, and on the foot what a copy cannot know: whether there is a newer version.

import { html, nothing, render, type TemplateResult } from "lit";
import type { Plan } from "../api.ts";
import type { Urgency } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { dayAndTime, instant } from "../words/dates.ts";
import { planText } from "./plan-text.ts";

const w = texts.sheet;

/** What stands on the sheet, and who prints it when and where. */
export interface Sheet {
  plan: Plan;
  /** "TESTER, Ana", and what else tells who that is, in a line. */
  who: string;
  identifiers: string;
  urgency: Urgency;
  /** What is to be minded before the plan is followed. */
  cautions: readonly string[];
  /** The patient is invented, for an exercise. */
  practice: boolean;
  /** The name of the account; empty if it is not known. */
  by: string;
  department: string;
  at: Date;
  zone: string;
  /** The number of the centre, for a plan that states none. */
  phone?: string;
}

/** How close the text is set, by how much there is: what is usual fits on a page. In characters. */
export function density(plan: Plan): "" | "close" | "closest" {
  const length = JSON.stringify([plan.headline, plan.content, plan.content?.sections ? [] : plan.sections, plan.conflicts ?? []]).length;
  return length < 1_800 ? "" : length < 3_600 ? "close" : "closest";
}

export function sheet(s: Sheet): TemplateResult {
  const { plan } = s;
  const published = instant(plan.published);
  const files = (plan.content?.attachments ?? []).map((file, i) => file.title || texts.attachments.untitled(i + 1));
  return html`<div class="ucp-sheet__page ucp-sheet__page--${density(plan)}">
    ${s.practice ? html`<p class="ucp-sheet__caution">${texts.practice.band}</p>` : nothing}
    <div class="ucp-sheet__who">
      <p class="ucp-sheet__label">${texts.plan.label}</p>
      <h2><bdi>${s.who}</bdi></h2>
      <p><bdi>${s.identifiers}</bdi></p>
    </div>
    ${s.cautions.map((text) => html`<p class="ucp-sheet__caution"><bdi>${text}</bdi></p>`)}
    ${planText(plan, { urgency: s.urgency, zone: s.zone, ...(s.phone === undefined ? {} : { phone: s.phone }) }, files.length > 0 ? html`<p class="ucp-sheet__files"><bdi>${w.files(files)}</bdi></p>` : nothing)}
    <p class="ucp-sheet__foot">
      <strong>${w.copy}</strong>
      <bdi>${w.version(plan.version, plan.centre_name ?? plan.centre, published ? dayAndTime(published, s.zone) : "")}</bdi>
      <bdi>${w.printed(dayAndTime(s.at, s.zone), s.by, s.department)}</bdi>
    </p>
  </div>`;
}

/** Puts a sheet in the place of the page whenever somebody prints: by a button, by the browser's menu or by its keys. */
export class Paper {
  private readonly place = document.createElement("div");
  private readonly listening = new AbortController();

  /** `draw` answers what is to be printed; undefined leaves the page as it is. */
  constructor(draw: () => TemplateResult | undefined) {
    this.place.className = "ucp-sheet";
    const { signal } = this.listening;
    window.addEventListener("beforeprint", () => {
      const drawn = draw();
      if (!drawn) return;
      render(drawn, this.place);
      document.body.append(this.place);
      document.documentElement.dataset["paper"] = "";
    }, { signal });
    window.addEventListener("afterprint", () => this.away(), { signal });
  }

  close(): void {
    this.listening.abort();
    this.away();
  }

  private away(): void {
    this.place.remove();
    delete document.documentElement.dataset["paper"];
  }
}
