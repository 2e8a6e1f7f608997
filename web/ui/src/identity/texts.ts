// Every word with which somebody is asked who a patient is.

import type { Answer } from "./api.ts";

const theCentre = (centre: string) => centre || "the centre";

export const words = {
  title: "Check identity",
  loading: "Opening the details …",
  close: "Close",
  retry: "Try again",
  lead: "Is the person who has arrived the one whom the plan is about? Ask the patient, or who is with them, for name and date of birth; read the wristband.",
  caption: "The details of the arrival beside those of the plan",
  what: "Detail",
  arrival: "Arrived here",
  plan: (centre: string) => `In the plan${centre ? ` of ${centre}` : ""}`,
  agreement: "Do they agree?",
  stated: "Not stated",
  hidden: "Not shown: the address is protected",
  notCompared: "Not compared",
  names: {
    "NHS number": "NHS number", "NHS number status": "NHS number status", "family name": "Family name", "given name": "Given name", "date of birth": "Date of birth",
    sex: "Sex", postcode: "Postcode", "other names": "Other names",
  } as Readonly<Record<string, string>>,
  agreements: {
    agrees: { sign: "✓", word: "Agrees", tone: "same" },
    "agrees in part": { sign: "≈", word: "Agrees in part", tone: "part" },
    differs: { sign: "✗", word: "Differs", tone: "other" },
    "not known": { sign: "?", word: "Not known", tone: "unknown" },
  } as Readonly<Record<string, { sign: string; word: string; tone: string }>>,
  why: { possible: "Possible match", confirmed: "Match confirmed", none: "Not taken for one patient" } as Readonly<Record<string, string>>,
  choices: { same: "This is the same patient", other: "Not this patient" } satisfies Record<Answer, string>,
  sure: {
    same: {
      title: "Are you sure that this is the same patient?",
      text: (centre: string) => `The plan of ${theCentre(centre)} opens on every screen of this department. Staff will treat the patient by it.`,
      yes: "Yes, the same patient",
    },
    other: {
      title: "Are you sure that this is not the patient?",
      text: () =>
        "The alert leaves the board here. It is not raised again for this visit, unless the NHS number, the date of birth or the given name comes to agree. You can take it back: Recent, Ruled out.",
      yes: "Yes, not this patient",
    },
  } satisfies Record<Answer, { title: string; text: (centre: string) => string; yes: string }>,
  back: "No, go back",
  sending: "Saving …",
  done: {
    same: { title: "Identity confirmed", text: "The plan can be opened on every screen of this department." },
    other: { title: "Not this patient", text: "The alert has left the board of this department. Take it back, if it was a mistake, under “Ruled out” on the Recent page." },
  } satisfies Record<Answer, { title: string; text: string }>,
  open: "Open the plan",
  toRecent: "See what was ruled out",
  toBoard: "Go to the board",
  said: {
    same: (by: string, role: string, when: string) => `${by}${role ? ` (${role})` : ""} said${when ? `, ${when},` : ""} that this is the same patient.`,
    other: (by: string, role: string, when: string) => `${by}${role ? ` (${role})` : ""} said${when ? `, ${when},` : ""} that this is not the patient.`,
  } satisfies Record<Answer, (by: string, role: string, when: string) => string>,
  otherwise: "If you say otherwise, yours holds from then on. Talk to each other first.",
  changed: "The details changed, or somebody else decided, while you looked. Nothing was saved. Look again, then decide.",
  moved: "Something changed while you looked. This is how it stands now.",
  mayNot: "A clinician of this hospital decides who a patient is. This is the account of a screen on a wall: it shows no details and decides nothing.",
  whoMay: "Sign in as a clinician on another computer, or ask one. If it cannot wait, ring the centre: its number is on the alert.",
  gone: "There is nothing to decide any more: the patient has left, or the alert was closed.",
  failed: (reason: string) => `Not saved: ${reason}`,
  ruledOut: {
    title: "Ruled out",
    lead: "Patients who are here now, and of whom somebody said that a plan is not theirs. Look again if that may have been wrong.",
    none: "Nothing was ruled out for anybody who is here now.",
    failed: (reason: string) => `What was ruled out could not be loaded: ${reason}`,
    again: "Look again",
    about: (who: string, centre: string) => `at ${who} and the plan of ${theCentre(centre)}`,
    plan: (centre: string) => `Plan of ${theCentre(centre)}`,
  },
} as const;
