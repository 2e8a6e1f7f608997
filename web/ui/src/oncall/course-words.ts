// What does a policy do, minute by minute, in words?

import { html, nothing, type TemplateResult } from "lit";
import type { Brief } from "./api.ts";
import { course, type Happening, lasting, type Step } from "./steps.ts";
import { words } from "./texts.ts";

const w = words.course;
/** More happenings than this are told in short: the repeats. */
const most = 12;

/** A timeline of what happens if nobody ever answers. */
export function courseWords(steps: readonly Step[], again: number, rotas: readonly Brief[]): TemplateResult {
  const all = course(steps, again);
  const shown = all.length > most ? all.filter((h) => h.before === 0) : all;
  return html`<ol class="ucp-course">
    ${shown.map((h) => html`<li class=${h.alarm ? "ucp-course__alarm" : ""} data-at=${h.at}><span class="ucp-course__at">${h.at === 0 ? w.atOnce : w.after(lasting(h.at))}</span> <span><bdi>${happening(h, rotas)}</bdi></span></li>`)}
  </ol>
  ${shown.length < all.length ? html`<p class="ucp-quiet">${w.again(again)}</p>` : nothing}`;
}

function happening({ step, before, alarm }: Happening, rotas: readonly Brief[]): string {
  if (alarm || !step) return w.alarm;
  const time = before > 0 ? w.time(before + 1) : "";
  if (step.to === "board") return w.board;
  if (step.to === "centre") return w.centre(step.name, time);
  const of = rotas.find((r) => r.rota === step.rota);
  return w.onCall(step.name, of?.name ?? step.rota ?? "", of ? (of.on.person ? w.now(of.on.name) : w.nowNobody) : "", time);
}
