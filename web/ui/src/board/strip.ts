// Is this screen live, in words and colour that are never out of sight; and can it be heard?

import { html, type TemplateResult } from "lit";
import type { Status } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { clock } from "../words/dates.ts";
import type { BellState } from "./bell.ts";

export interface StripDeeds {
  toggleSound: () => void;
  testSound: () => void;
  unblockSound: () => void;
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

export function strip(status: Status, zone: string, sound: BellState, deeds: StripDeeds): TemplateResult {
  return html`
    <div class="ucp-strip ucp-strip--${status.health}" role="region" aria-label=${texts.strip.label} data-health=${status.health}>
      <div class="ucp-strip__inner ucp-width">
        <p class="ucp-strip__text"><span class="ucp-strip__lamp" aria-hidden="true"></span>${stripText(status, zone)}</p>
        <div class="ucp-strip__sound" role="group" aria-label=${texts.sound.label}>
          ${sound === "blocked"
            ? html`<button type="button" class="ucp-chip ucp-chip--warn" @click=${deeds.unblockSound}>${texts.sound.blocked}</button>`
            : html`<button type="button" class="ucp-chip" aria-pressed=${sound === "on" ? "true" : "false"} @click=${deeds.toggleSound}>
                ${sound === "on" ? texts.sound.on : texts.sound.off}
              </button>`}
          <button type="button" class="ucp-chip" @click=${deeds.testSound}>${texts.sound.test}</button>
        </div>
      </div>
    </div>
  `;
}
