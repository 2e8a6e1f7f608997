// How does what a board depends on stand, in a few words and in all of them?
//
// Pure. What nobody reports is "not known", and never looks as if it were well.

import type { Check, DepartmentStatus } from "../stream/index.ts";
import { texts } from "../texts.ts";
import { instant, timeOrDay } from "../words/dates.ts";

/** good: as it should be. unknown: nobody reports on it. warn, alarm: somebody has to do something. */
export type Tone = "good" | "unknown" | "warn" | "alarm";

export interface Line {
  tone: Tone;
  name?: string;
  text: string;
}

/** One of the things that a board depends on. */
export interface Part {
  key: "feed" | "plans" | "check" | "screens";
  tone: Tone;
  /** For the strip. */
  short: string;
  /** For whoever wants to know more. */
  lines: Line[];
}

const w = texts.standing;
const order: readonly Tone[] = ["good", "unknown", "warn", "alarm"];

/** The worst of some tones; good if there are none. */
export function worst(tones: readonly Tone[]): Tone {
  return tones.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), "good" as Tone);
}

/** The parts in the order in which an arrival meets them. status is the newest from the service, undefined while there is none to go by. */
export function partsOf(status: DepartmentStatus | undefined, check: Check | undefined, zone: string, now: Date): Part[] {
  const at = (text: string | undefined) => {
    const time = instant(text);
    return time && timeOrDay(time, now, zone);
  };
  return [feedPart(status?.feed, at), plansPart(status?.plans ?? [], at), checkPart(status?.canary, check, at), screensPart(status?.screens)];
}

type At = (text: string | undefined) => string | undefined;

function feedPart(feed: DepartmentStatus["feed"], at: At): Part {
  const last = at(feed?.last);
  if (feed?.state === "silent") {
    const since = at(feed.since) ?? "";
    return { key: "feed", tone: "alarm", short: w.feed.silent(since), lines: [{ tone: "alarm", text: w.feed.silentMore(since, feed.part ?? "") }] };
  }
  if (feed?.state !== "heard") return { key: "feed", tone: "unknown", short: w.feed.unknown, lines: [{ tone: "unknown", text: w.feed.unknownMore }] };
  return { key: "feed", tone: "good", short: w.feed.heard(last ?? ""), lines: [{ tone: "good", text: w.feed.heardMore(last ?? "") }] };
}

function plansPart(plans: DepartmentStatus["plans"], at: At): Part {
  if (plans.length === 0) return { key: "plans", tone: "unknown", short: w.plans.unknown, lines: [{ tone: "unknown", text: w.plans.unknownMore }] };
  const lines = plans.map(({ centre, centre_name, last, state }): Line => {
    const heard = at(last);
    const text = heard ? w.plans.last(heard) : w.plans.never;
    return { tone: state === "failing" ? "warn" : "good", name: centre_name ?? centre, text: state === "failing" ? w.plans.failing(heard ?? "") : text };
  });
  const failing = lines.filter((line) => line.tone === "warn").length;
  const newest = plans.map((plan) => plan.last ?? "").reduce((a, b) => (Date.parse(b) > (Date.parse(a) || 0) ? b : a), "");
  const short = failing > 0 ? w.plans.someFailing(failing, plans.length) : w.plans.heard(plans.length, at(newest) ?? "");
  return { key: "plans", tone: failing > 0 ? "warn" : "good", short, lines };
}

/** What the service knows of the check in this department; what this screen saw of it stands in the strip by itself. */
function checkPart(canary: DepartmentStatus["canary"], check: Check | undefined, at: At): Part {
  const tone: Tone = canary === undefined ? "unknown" : canary.state === "alarm" ? "alarm" : canary.state === "missed" || canary.state === "off" ? "warn" : "good";
  const last = at(canary?.last);
  const lines: Line[] = [{ tone, text: canary?.words ?? (canary ? w.check.passed : w.check.unknown) }];
  if (last) lines.push({ tone: "good", text: w.check.shown(last) });
  if (!check) lines.push({ tone: "unknown", text: w.check.notHere });
  return { key: "check", tone, short: tone === "good" || tone === "unknown" ? "" : w.check.short[canary?.state ?? ""] ?? "", lines };
}

function screensPart(screens: DepartmentStatus["screens"]): Part {
  if (!screens) return { key: "screens", tone: "unknown", short: "", lines: [{ tone: "unknown", text: w.screens.unknown }] };
  const lines: Line[] = [{ tone: screens.visible > 0 ? "good" : "warn", text: w.screens.count(screens.connected, screens.visible) }];
  if (screens.unwatched.length > 0) lines.push({ tone: "warn", text: w.screens.unwatched(screens.unwatched) });
  const tone = worst(lines.map((line) => line.tone));
  return { key: "screens", tone, short: screens.unwatched.length > 0 ? w.screens.unwatchedShort(screens.unwatched) : "", lines };
}
