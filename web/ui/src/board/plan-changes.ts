// What did a plan say before that it does not say now?

import { html, nothing, type TemplateResult } from "lit";
import type { Edition } from "../api.ts";
import { texts } from "../texts.ts";
import { dayAndTime, instant } from "../words/dates.ts";
import { differences } from "../words/differences.ts";
import { statusWord } from "./plan-text.ts";

const w = texts.changes;

/** What changed, heading by heading; words that were added and removed are marked by more than their colour. */
export function changesOf(before: Edition, after: Edition): TemplateResult {
  const changed = differences(before.written, after.written);
  const state = before.status === after.status ? nothing : html`<p>${w.state(statusWord(before.status), statusWord(after.status))}</p>`;
  if (changed.length === 0) return html`${state} <p class="ucp-quiet">${w.same}</p>`;
  return html`
    ${state}
    <dl class="ucp-changes">
      ${changed.map(
        ({ title, pieces }) => html`<div>
          <dt><bdi>${title}</bdi></dt>
          <dd>${pieces.map((p) =>
            p.kind === "added"
              ? html`<ins><span class="nhsuk-u-visually-hidden">${w.added}: </span>${p.text}</ins>`
              : p.kind === "removed"
                ? html`<del><span class="nhsuk-u-visually-hidden">${w.removed}: </span>${p.text}</del>`
                : html`<span>${p.text}</span>`,
          )}</dd>
        </div>`,
      )}
    </dl>
  `;
}

/** The version that a department had first on an alert, and the one that holds; undefined if that is the same. The newest stands first. */
export function shownFirst(versions: readonly Edition[] | undefined): { first: Edition; now: Edition } | undefined {
  const [now, first] = [versions?.[0], versions?.at(-1)];
  return now && first && first.version < now.version ? { first, now } : undefined;
}

/** That it changed since it was first shown, and under which headings, in a line. */
export function changedLine(versions: readonly Edition[] | undefined): string | undefined {
  const both = shownFirst(versions);
  if (!both) return undefined;
  const { first, now } = both;
  const headings = differences(first.written, now.written).map(({ title }) => title);
  return w.line(first.version, now.version, headings);
}

/** What changed since a department was first shown the plan, and which versions came since, the newest first. */
export function sinceShown(versions: readonly Edition[] | undefined, zone: string): TemplateResult | typeof nothing {
  const both = shownFirst(versions);
  if (!both || !versions) return nothing;
  const { first, now } = both;
  return html`<section class="ucp-since" aria-labelledby="since-title">
    <h3 id="since-title" tabindex="-1">${w.title(first.version, now.version)}</h3>
    ${changesOf(first, now)}
    <h4>${w.versions}</h4>
    <ol class="ucp-since__versions">
      ${versions.map((v) => html`<li data-version=${v.version}><bdi>${told(v, zone)}</bdi>${v === first ? html` <strong>${w.shown}</strong>` : nothing}</li>`)}
    </ol>
  </section>`;
}

/** "Version 2, 22 November 2026, 2:02pm, Dr I. Invented: why" */
function told(v: Edition, zone: string): string {
  const at = instant(v.published);
  const facts = [w.version(v.version), at ? dayAndTime(at, zone) : "", v.author ?? ""].filter((fact) => fact !== "");
  return `${facts.join(", ")}${v.reason ? `: ${v.reason}` : ""}`;
}
