import assert from "node:assert/strict";
import { test } from "node:test";
import type { Choices, Wanted } from "./api.ts";
import { afterDay, lastDay, saysAll, spansSay } from "./says.ts";

const choices: Choices = {
  lead: false, events: ["arrived"], urgencies: ["critical"], crossing: ["critical"], zone: "Europe/London", categories: [],
  centres: [{ id: "RP4", name: "Great Ormond Street" }], departments: [{ id: "RQW-AE", name: "Harlow A&E", organisation: "RQW" }], organisations: [], regions: [],
};
const nothing: Wanted = {
  name: "", plans: [], lists: [], centres: [], categories: [], departments: [], organisations: [], regions: [], urgencies: [], events: ["arrived"], hours: [], quiet: [], cross_quiet: false,
  zone: "Europe/London", paused: false, people: [],
};

test("a subscription says what narrows it, and nothing else", () => {
  assert.deepEqual(saysAll(nothing, choices), []);
  const narrow: Wanted = {
    ...nothing, urgencies: ["critical", "urgent"], centres: ["RP4"], departments: ["RQW-AE", "GONE-AE"], plans: ["p1"], lists: ["l1", "l2"], categories: ["735324008"],
    hours: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" }], quiet: [{ days: [], from: "22:00", to: "07:00" }], until: "2026-12-25T00:00:00Z",
  };
  assert.deepEqual(saysAll(narrow, choices), [
    "critical, urgent alerts", "plans of Great Ormond Street", "1 plan, 2 patient lists", "1 kind of plan", "at Harlow A&E, GONE-AE",
    "only Mon to Fri 08:00 to 18:00", "quiet every day 22:00 to 07:00", "until 24 December 2026",
  ]);
});

test("days that do not run on are listed, and a span without times is the whole day", () => {
  assert.equal(spansSay([{ days: ["sun", "sat"], from: "", to: "" }, { days: ["mon", "wed", "fri"], from: "08:00", to: "12:00" }]), "Sat, Sun all day; Mon, Wed, Fri 08:00 to 12:00");
});

test("a last day is kept as the instant after it, and read back", () => {
  for (const date of ["2026-12-24", "2026-10-25", "2027-03-28", "2026-12-31"]) assert.equal(lastDay(afterDay(date)), date);
  assert.equal(afterDay(""), undefined);
  assert.equal(lastDay(undefined), "");
});
