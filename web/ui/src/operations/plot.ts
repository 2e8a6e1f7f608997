// How does the last hour look, drawn and as a table?

import { html, nothing, svg, type TemplateResult } from "lit";
import { clock } from "../words/dates.ts";
import type { Band } from "./api.ts";
import { words } from "./texts.ts";

const w = words.plot;
const minute = 60_000;
/** The measures of a drawing in its own units: one for each minute, and a height. */
const wide = 60;
const high = 100;

export interface Curve {
  /** What is counted, for the table and for whoever does not see the drawing. */
  what: string;
  /** In a sentence, for whoever does not see the drawing. */
  summary: string;
  /** When the newest minute began. */
  newest: Date;
  /** The newest last; at most sixty. */
  values: readonly number[];
  bands?: readonly Band[];
  zone: string;
  /** Sums of five minutes are told in the table, not the most of them. */
  sums: boolean;
}

/** The band that holds at an instant; undefined where nothing is known. */
export function bandAt(bands: readonly Band[], at: number): Band | undefined {
  return bands.filter((b) => Date.parse(b.from) <= at + minute - 1).at(-1);
}

/** The highest number that the drawing has to show: a round one. */
export function top(values: readonly number[], bands: readonly Band[]): number {
  const most = Math.max(1, ...values, ...bands.map((b) => b.high));
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= most)!;
}

const y = (value: number, most: number) => Math.round((1 - Math.min(value / most, 1)) * high * 10) / 10;

/** A bar for each value, the newest at the right edge. */
export function bars(values: readonly number[], most: number): string {
  return values.map((v, i) => (v > 0 ? `M${wide - values.length + i + 0.1} ${high}V${y(v, most)}h.8V${high}Z` : "")).join("");
}

/** What is usual, as an area of steps; empty where nothing is known. */
export function area(bands: readonly Band[], first: number, most: number): string {
  const steps = Array.from({ length: wide }, (_, i) => bandAt(bands, first + i * minute));
  return steps.map((b, i) => (b ? `M${i} ${y(b.low, most)}V${y(b.high, most)}h1V${y(b.low, most)}Z` : "")).join("");
}

/** What is usual on average, as lines. */
function middle(bands: readonly Band[], first: number, most: number): string {
  const steps = Array.from({ length: wide }, (_, i) => bandAt(bands, first + i * minute));
  return steps.map((b, i) => (b ? `M${i} ${y(b.usual, most)}h1` : "")).join("");
}

export interface Row {
  from: Date;
  until: Date;
  value: number;
  /** What is usual; undefined where nothing is known. */
  usual: number | undefined;
}

/** The hour in steps of five minutes, the newest first. */
export function rows(curve: Curve): Row[] {
  const { values, newest, bands = [], sums } = curve;
  const out: Row[] = [];
  for (let end = values.length; end > 0; end -= 5) {
    const part = values.slice(Math.max(end - 5, 0), end);
    const from = newest.getTime() - (values.length - 1 - (end - part.length)) * minute;
    const usual = part.map((_, i) => bandAt(bands, from + i * minute)?.usual);
    out.push({
      from: new Date(from), until: new Date(from + part.length * minute), value: sums ? part.reduce((a, b) => a + b, 0) : Math.max(...part),
      usual: usual.some((u) => u === undefined) ? undefined : usual.reduce<number>((a, b) => a + b!, 0),
    });
  }
  return out;
}

export function plot(curve: Curve): TemplateResult {
  const { values, bands = [] } = curve;
  const most = top(values, bands);
  const first = curve.newest.getTime() - (wide - 1) * minute;
  return html`<figure class="ucp-plot">
    <svg class="ucp-plot__drawing" viewBox="0 0 ${wide} ${high}" preserveAspectRatio="none" role="img" aria-label=${curve.summary}>
      ${svg`<path class="ucp-plot__band" d=${area(bands, first, most)} /><path class="ucp-plot__bars" d=${bars(values.slice(0, -1), most)} transform="translate(-1 0)" />
        <path class="ucp-plot__under-way" d=${bars(values.slice(-1), most)} /><path class="ucp-plot__usual" d=${middle(bands, first, most)} />`}
    </svg>
    <div class="ucp-plot__scale" aria-hidden="true"><span>${w.ago}</span><span>${w.top(most)}</span><span>${w.now}</span></div>
    <details class="ucp-more">
      <summary>${w.asTable}<span class="nhsuk-u-visually-hidden">: ${curve.what}</span></summary>
      ${table(curve)}
    </details>
  </figure>`;
}

function table(curve: Curve): TemplateResult {
  const known = (curve.bands ?? []).length > 0;
  return html`<table class="ucp-figures">
    <caption class="nhsuk-u-visually-hidden">${curve.what}</caption>
    <thead>
      <tr><th scope="col">${w.time}</th><th scope="col">${curve.sums ? w.messages : w.most}</th>${known ? html`<th scope="col">${w.usual}</th>` : nothing}</tr>
    </thead>
    <tbody>
      ${rows(curve).map(
        (r) => html`<tr>
          <th scope="row">${clock(r.from, curve.zone).slice(0, 5)}–${clock(r.until, curve.zone).slice(0, 5)}</th>
          <td>${w.number(r.value)}</td>
          ${known ? html`<td>${r.usual === undefined ? w.unknown : w.about(r.usual)}</td>` : nothing}
        </tr>`,
      )}
    </tbody>
  </table>`;
}
