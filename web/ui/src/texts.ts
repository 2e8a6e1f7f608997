// Every word that a person reads or hears on these pages.

import { planTexts } from "./board/plan-texts.ts";
import { boardTexts } from "./board/texts.ts";
import { peopleTexts } from "./people/texts.ts";
import { practiceTexts } from "./practice/texts.ts";
import { recentTexts } from "./recent/texts.ts";

export const texts = {
  service: "Urgent Care Plan alerts",
  skip: "Skip to the alerts",
  noScript: "This page needs JavaScript to stay live.",
  footer: "No alert does not mean that no plan is held elsewhere. Ask, and look where you would have looked before.",
  documentation: "Documentation",
  loading: "Loading",

  demo: {
    label: "Demonstration",
    text: "Every patient here is invented, and the accounts are open to everybody. Do not enter details of real people.",
  },

  people: peopleTexts,
  ...boardTexts,
  ...planTexts,

  privacy: {
    open: "Open a plan without an arrival",
    openLink: "No arrival?",
    queue: "Plans opened without an arrival",
    queueLink: "Openings",
    looks: "Who looked at a plan",
    exposure: "Whom an account was shown",
    audit: "Search the journal",
    changes: "Changes by two persons",
    changesLink: "Changes",
  },

  subscriptions: { list: "What I am told of", now: "For me now" },
  reached: { me: "How I am reached", answer: "Answer an alert" },
  onCall: {
    title: "On call",
    rota: "Rota",
    mine: "My shifts",
    policies: "Escalation policies",
  },

  choose: {
    title: "Choose your A&E",
    lead: "See at once when a patient with an Urgent Care Plan from a specialist centre arrives in your department.",
    none: "No department is set up yet.",
    failed: "The list of departments could not be loaded.",
    retry: "Try again",
  },

  signIn: {
    title: "Sign in",
    token: "Access token",
    hint: "The one your trust was given for this department. It is kept only until this tab is closed.",
    submit: "Sign in with the token",
    empty: "Enter your access token",
    wrong: "This access token was not accepted",
    again: "Your sign-in is no longer valid. Sign in again.",
    refused: "This account may not see the board of this department.",
    refusedLead: "Sign in with an account of this department, or choose another A&E.",
    unreachable: "The service could not be reached. Try again.",
    demoTitle: "Demonstration accounts",
    demoLead: "Sign in with one click. All patients are invented.",
    otherwise: "Or with an account of your own",
    back: "All A&E departments",
    unknown: "There is no such department here.",
  },

  account: {
    label: "Account and display",
    as: (name: string) => `Signed in: ${name}`,
    menu: "Menu",
    change: "Change A&E",
    signOut: "Sign out",
    theme: { system: "Colours: system", light: "Colours: light", night: "Colours: night" },
  },

  centre: {
    title: "Plans",
    region: "Specialist centres",
    lead: "Write a plan, and see where it was used.",
    link: "Plans of your centre",
    signIn: "Plans of your centre",
    elsewhere: "A&Es and centres",
    refused: "This account belongs to no specialist centre. Sign in with an account of a centre.",
    hint: "The one your centre was given. It is kept only until this tab is closed.",
  },

  proofs: {
    title: "Proof that no alert is missing",
    link: "Nightly proof",
    hint: "The one of a clinician, of a centre, or of an operator. It is kept only until this tab is closed.",
  },

  operations: {
    title: "Operations",
    link: "Operations",
    lead: "For engineers: feeds, messages that were not understood, screens",
    hint: "The one of an operator. It is kept only until this tab is closed.",
  },

  overview: {
    title: "Several departments",
    link: "Several departments",
    lead: "For coordinators of a hospital or a region: what waits where, and which board nobody can see",
    region: "Coordinators",
    hint: "The one of a coordinator or a clinician. It is kept only until this tab is closed.",
  },

  practice: practiceTexts,

  version: {
    waits: "A newer version of this page is ready. It loads by itself once nothing is open and nothing is being typed.",
    now: "Load it now",
  },

  wall: {
    link: "Show on a wall",
    count: (n: number) => (n === 0 ? "alerts to acknowledge" : n === 1 ? "alert to acknowledge, at a board" : "alerts to acknowledge, at a board"),
    waits: "To acknowledge",
    more: (n: number) => `${n} more than fit here: see a board`,
    nobody: "Patient",
    blocked: "Sound is blocked by this browser: touch the page once to let it through.",
    maySleep: "This browser does not keep the screen awake: turn sleep off in the computer's power settings.",
  },

  recent: recentTexts,

  urgency: { critical: "Critical", urgent: "Urgent", routine: "Routine" },

  title: (page: string) => `${page} · Urgent Care Plan alerts`,
  boardTitle: (waiting: number, department: string, lost: boolean) =>
    `${lost ? "NOT LIVE · " : ""}${waiting > 0 ? `(${waiting}) ` : ""}${department} · Urgent Care Plan alerts`,

  errors: {
    unreachable: "The service could not be reached.",
    notLoaded: "This page could not be loaded. Reload it.",
    unreadable: "The answer of the service could not be read.",
  },
} as const;
