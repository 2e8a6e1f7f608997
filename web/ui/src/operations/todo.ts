// What needs doing now, in the order in which it should be done?

import { instant } from "../words/dates.ts";
import type { Check, Department, Feed, Now } from "./api.ts";
import { words } from "./texts.ts";

const w = words.todo;

/** "now": patients may be missed meanwhile. "soon": nobody is, but somebody must act. */
export type Tone = "now" | "soon";

export interface Item {
  /** The same for the same matter at each look. */
  key: string;
  tone: Tone;
  what: string;
  /** What to do. */
  act: string;
  /** Where on this page there is more of it, or on which. */
  link?: string;
}

/** More writes than share one commit. */
const manyWrites = 256;
/** A node reads the journal each second; more than that is a node that does not keep up. */
const manyEntries = 1_000;
/** A screen so many changes behind does not read what it is sent. */
const manyChanges = 20;
const proofStale = 48 * 3_600_000;

export function todo(now: Now): Item[] {
  const at = instant(now.time) ?? new Date();
  const all = [...now.checks.flatMap((c) => ofCheck(c, now)), ...now.departments.flatMap(ofDepartment), ...now.feeds.flatMap((f) => ofFeed(f, at)), ...ofQuarantine(now), ...ofDepths(now), ...ofProof(now, at)];
  return [...all.filter((i) => i.tone === "now"), ...all.filter((i) => i.tone === "soon")];
}

/** Told in more detail by the other lists. */
const elsewhere = ["silence", "canary", "proof"];

function ofCheck(check: Check, now: Now): Item[] {
  const off = check.name === "canary" && now.departments.every((d) => d.canary === undefined);
  if (check.ok || (elsewhere.includes(check.name) && !off)) return [];
  return [{ key: `check ${check.name}`, tone: check.advisory ? "soon" : "now", what: w.check(check.name, check.reason), act: w.checkAct(check.name) }];
}

function ofDepartment(d: Department): Item[] {
  const out: Item[] = [];
  if (d.canary?.state === "alarm") {
    out.push({ key: `canary ${d.department}`, tone: "now", what: w.canary(d.department_name, d.canary.where ?? ""), act: w.canaryAct(d.canary.where ?? ""), link: `#${idOf(d)}` });
  }
  if (d.state === "unseen") out.push({ key: `unseen ${d.department}`, tone: "now", what: w.unseen(d.department_name, instant(d.since)), act: w.unseenAct, link: `#${idOf(d)}` });
  const slow = d.screens.filter((s) => s.behind >= manyChanges).length;
  if (slow > 0) out.push({ key: `slow ${d.department}`, tone: "soon", what: w.slow(d.department_name, slow), act: w.slowAct, link: `#${idOf(d)}` });
  return out;
}

/** The id of a department's place on the page. */
export const idOf = (d: Department) => `at-${d.department.replace(/[^A-Za-z0-9_-]/g, "-")}`;

function ofFeed(f: Feed, at: Date): Item[] {
  const name = w.feedName(f.organisation_name, f.application);
  if (f.state === "silent") return [{ key: `feed ${f.feed}`, tone: "now", what: w.silent(name, instant(f.since), at, f.time_zone), act: w.silentAct, link: "#feeds" }];
  return f.parts
    .filter((p) => p.state === "silent")
    .map((p) => ({ key: `feed ${p.feed}`, tone: "soon", what: w.partSilent(name, p.event ?? p.site ?? ""), act: w.partSilentAct, link: "#feeds" }));
}

function ofQuarantine(now: Now): Item[] {
  const { messages } = now.waiting;
  return messages > 0 ? [{ key: "quarantine", tone: "now", what: w.quarantine(messages), act: w.quarantineAct, link: "#quarantine" }] : [];
}

function ofDepths(now: Now): Item[] {
  const depth = (name: string) => now.depths.find((d) => d.name === name)?.now ?? 0;
  const out: Item[] = [];
  if (depth("writes") > manyWrites) out.push({ key: "writes", tone: "soon", what: w.writes(depth("writes")), act: w.writesAct, link: "#queues" });
  if (depth("journal") > manyEntries) out.push({ key: "journal", tone: "now", what: w.journal(depth("journal")), act: w.journalAct, link: "#queues" });
  return out;
}

function ofProof(now: Now, at: Date): Item[] {
  const { proof } = now;
  const ended = instant(proof?.ended);
  if (!proof || !ended) return [];
  if (proof.differences > 0) {
    return [{ key: "proof", tone: proof.mended ? "soon" : "now", what: w.proof(proof.differences, proof.mended), act: proof.mended ? w.proofMendedAct : w.proofAct, link: "/proofs" }];
  }
  return at.getTime() - ended.getTime() > proofStale ? [{ key: "proof", tone: "soon", what: w.proofOld(ended), act: w.proofOldAct, link: "/proofs" }] : [];
}
