// Is this screen live, in words and colour that are never out of sight; and can it be heard?

import { html, nothing, type TemplateResult } from "lit";
import type { Phone } from "../api.ts";
import type { Check, Status } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { clock } from "../words/dates.ts";
import type { Bell } from "./bell.ts";
import { phoneList } from "./phones.ts";
import type { Part } from "./standing.ts";
import { partsButton, partWords } from "./system.ts";

export interface StripDeeds {
  chooseSounds: () => void;
  turnDetails: () => void;
}

export interface StripState {
  status: Status;
  zone: string;
  phones: readonly Phone[];
  /** What the board depends on. */
  parts: readonly Part[];
  /** The details of these are open. */
  open: boolean;
}

/** What the strip says about the connection. */
export function stripText(status: Status, zone: string): string {
  const heard = status.lastHeard ? clock(status.lastHeard, zone) : undefined;
  if (status.ending) return texts.strip.ended[status.ending];
  switch (status.health) {
    case "live":
      return heard ? texts.strip.live(heard) : texts.strip.liveShort;
    case "lost":
      return heard ? texts.strip.lost(heard) : texts.strip.lostNever;
    case "waiting":
      if (status.phase === "open" && heard) return texts.strip.checking(heard);
      if (heard) return texts.strip.reconnecting(heard);
      return status.phase === "pausing" ? texts.strip.reconnectingNever : texts.strip.connecting;
  }
}

/** What the strip says about the check of the whole way; nothing while the screen is not live, which is said instead. */
export function checkText(check: Check, zone: string): string {
  const at = check.at ? clock(check.at, zone) : undefined;
  if (check.missed >= 2) return at ? texts.check.alarm(at) : texts.check.alarmNever;
  if (check.missed === 1) return at ? texts.check.missed(at) : texts.check.missedNever;
  return at ? texts.check.passed(at) : texts.check.awaited;
}

function checkLine(check: Check, zone: string): TemplateResult {
  const state = check.missed >= 2 ? "alarm" : check.missed === 1 ? "missed" : check.at ? "passed" : "awaited";
  return html`<p class="ucp-check ucp-check--${state}" data-check=${state}>${checkText(check, zone)}</p>`;
}

/** What can be done about the sound. */
export function soundButtons(bell: Bell, lost: boolean, choose: () => void): TemplateResult {
  const { state } = bell;
  return html`
    ${lost && bell.alarming && state === "on" ? html`<button type="button" class="ucp-chip ucp-chip--warn" @click=${() => bell.hush()}>${texts.sound.hush}</button>` : nothing}
    ${state === "blocked"
      ? html`<button type="button" class="ucp-chip ucp-chip--warn" @click=${() => void bell.unblock()}>${texts.sound.blocked}</button>`
      : html`<button type="button" class="ucp-chip ${state === "off" ? "ucp-chip--warn" : ""}" aria-pressed=${state === "on" ? "true" : "false"} @click=${() => bell.toggle()}>
          ${state === "on" ? texts.sound.on : texts.sound.off}
        </button>`}
    <button type="button" class="ucp-chip" id="choose-sounds" aria-haspopup="dialog" @click=${choose}>${texts.sound.choose}</button>
  `;
}

export function strip({ status, zone, phones, parts, open }: StripState, bell: Bell, deeds: StripDeeds): TemplateResult {
  const lost = status.health === "lost";
  const check = lost ? undefined : status.check;
  const alarm = lost || (check?.missed ?? 0) >= 2;
  return html`
    <div class="ucp-strip ucp-strip--${status.health}" role="region" aria-label=${texts.strip.label} data-health=${status.health}>
      <div class="ucp-strip__inner ucp-width">
        <p class="ucp-strip__text"><span class="ucp-strip__lamp" aria-hidden="true"></span>${stripText(status, zone)}</p>
        ${check ? checkLine(check, zone) : nothing} ${lost ? nothing : partWords(parts)}
        <div class="ucp-strip__sound" role="group" aria-label=${texts.strip.tools}>
          ${partsButton(lost ? [] : parts, open, deeds.turnDetails)} ${soundButtons(bell, lost, deeds.chooseSounds)}
        </div>
        ${open ? html`<ucp-system class="ucp-strip__more" .parts=${parts} .live=${stripText(status, zone)}></ucp-system>` : nothing}
        ${alarm ? html`<div class="ucp-strip__phones"><h2 class="ucp-strip__phones-title">${texts.phones.title}</h2>${phoneList(phones)}</div>` : nothing}
      </div>
    </div>
  `;
}
