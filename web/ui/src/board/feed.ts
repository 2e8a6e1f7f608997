// Does the hospital's system still send?

import { html, nothing, type TemplateResult } from "lit";
import type { DepartmentStatus } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { clock } from "../words/dates.ts";

export type Feed = NonNullable<DepartmentStatus["feed"]>;

/** What the board says of a hospital's feed that has stopped; undefined while it is heard. */
export function silenceOf(feed: Feed | undefined, zone: string): string | undefined {
  if (feed?.state !== "silent" || !feed.since) return undefined;
  const since = clock(new Date(feed.since), zone).slice(0, 5); // to the minute
  return texts.feed.silent(since, feed.part ?? "", Math.round(feed.usual ?? 0));
}

/** Stands on the board until the next message; it cannot be dismissed. It is announced elsewhere, once. */
export function feedBand(said: string | undefined): TemplateResult | typeof nothing {
  return said ? html`<p class="ucp-caution ucp-caution--stop" data-feed="silent">${said}</p>` : nothing;
}
