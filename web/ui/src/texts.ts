// Every word that a person reads or hears on these pages.

import type { Ending } from "./stream/index.ts";

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const texts = {
  service: "Urgent Care Plan alerts",
  skip: "Skip to the alerts",
  noScript: "This page needs JavaScript to stay live.",
  footer: "No alert does not mean that no plan is held elsewhere. Ask, and look where you would have looked before.",
  loading: "Loading",

  demo: {
    label: "Demonstration",
    text: "Every patient here is invented. Do not enter details of real people.",
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
    submit: "Sign in",
    empty: "Enter your access token",
    wrong: "This access token was not accepted",
    again: "Your sign-in is no longer valid. Sign in again.",
    refused: "This account may not see the board of this department.",
    refusedLead: "Sign in with an account of this department, or choose another A&E.",
    unreachable: "The service could not be reached. Try again.",
    demoTitle: "Demonstration accounts",
    demoLead: "Sign in with one click. All patients are invented.",
    otherwise: "Or with an access token",
    back: "All A&E departments",
    unknown: "There is no such department here.",
  },

  account: {
    label: "Account",
    as: (name: string) => `Signed in: ${name}`,
    change: "Change A&E",
    signOut: "Sign out",
  },

  strip: {
    label: "Connection",
    live: (time: string) => `Live · last heard ${time}`,
    liveShort: "Live",
    connecting: "Connecting …",
    checking: (time: string) => `Checking … · last heard ${time}`,
    reconnecting: (time: string) => `Reconnecting … · last heard ${time}`,
    reconnectingNever: "Reconnecting … · not heard yet",
    lost: (time: string) => `NOT LIVE since ${time}. Use the phone list`,
    lostNever: "NOT LIVE: never connected. Use the phone list",
    lostTitle: "NOT LIVE",
    backAgain: "Live again",
    asItWas: (time: string) => `The alerts below are as they were at ${time}.`,
    ended: {
      "sign-in": "Sign in again",
      "not-allowed": "This account may not see this board",
      "no-such-department": "There is no such department here",
      "protocol-error": "This page and the service do not understand each other. Reload the page",
    } satisfies Record<Ending, string>,
  },

  sound: {
    label: "Sound",
    on: "Sound is on",
    off: "Sound is off",
    test: "Test sound",
    blocked: "Sound is blocked: click to enable",
  },

  board: {
    title: "Alerts",
    waiting: "To acknowledge",
    answered: "Acknowledged",
    summary: (waiting: number, answered: number) =>
      waiting + answered === 0 ? "No open alerts" : `${waiting} to acknowledge · ${answered} acknowledged`,
    empty: "No open alerts",
    emptyMore: "A new alert appears here by itself, with a sound. No alert does not mean that no plan is held elsewhere.",
    allAnswered: "Every open alert has been acknowledged.",
    waitingForList: "The alerts appear as soon as the connection stands.",
    gap: "Some changes did not reach this screen, so the whole list was loaded again. Nothing is missing now.",
    dismiss: "Dismiss",
  },

  urgency: { critical: "Critical", urgent: "Urgent", routine: "Routine" },

  card: {
    nameless: "Name not shown",
    born: "Born",
    nhsNumber: "NHS number",
    noNumber: "not known",
    here: (wait: string) => (wait === "just now" ? "Just arrived" : `Here ${wait}`),
    arrived: (time: string) => `Arrived ${time}`,
    raised: (time: string) => `Alert raised ${time}`,
    nowhere: "Location not known",
    confirmed: (reason: string) => `Match confirmed: ${reason}`,
    possible: "Possible match: check identity",
    possibleTag: "Possible match",
    possibleWhy: (reason: string) => `Why only possible: ${reason}.`,
    possibleDo: (centre: string) =>
      `Check name, date of birth and NHS number with the patient. The plan stays closed while the match is only possible: if it is this patient, ring ${centre}.`,
    theCentre: "the centre",
    version: (n: number) => `Plan version ${n}`,
    open: "Open plan",
    acknowledge: "Acknowledge",
    acknowledging: "Acknowledging …",
    about: (name: string) => `for ${name}`,
    acknowledgedTag: "Acknowledged",
    acknowledged: (by: string, role: string, time: string) => `Acknowledged by ${by}${role ? ` (${role})` : ""}${time ? `, ${time}` : ""}`,
    acknowledgedOlder: (then: number, now: number) => `Version ${then} of the plan was acknowledged. It is now version ${now}: open it.`,
    somebody: "somebody",
    withdrawnTag: "Withdrawn",
    withdrawn: (reason: string) => `Alert withdrawn${reason ? `: ${reason}` : ""}.`,
    gone: "No longer on this board. It changed while this screen was not connected.",
    notAcknowledged: (reason: string) => `Not acknowledged: ${reason}`,
    notConnected: "this screen is not connected. Try again when it is live.",
    noReason: "the service gave no reason.",
    receiptRefused: (reason: string) => `This screen could not record that the alert was shown: ${reason}`,
    warning: "Note",
  },

  plan: {
    label: "Urgent Care Plan",
    close: "Close plan",
    loading: "Opening the plan …",
    failed: "The plan could not be opened.",
    retry: "Try again",
    from: "Plan from",
    version: "Version",
    published: "Published",
    author: "Author",
    status: "Status",
    noSections: "The centre has written nothing beyond the line above.",
    steps: "Steps",
    newer: (version: number) => `Version ${version} of this plan has arrived since you opened it.`,
    showNewer: "Show the new version",
    superseded: "This is not the newest version of the plan.",
    notActive: (status: string) => `This plan is ${status}. Do not act on it without ringing the centre.`,
    withdrawn: (reason: string) => `This alert has been withdrawn${reason ? `: ${reason}` : ""}. Do not act on this plan without checking.`,
    closed: (reason: string) => `This alert has been closed${reason ? `: ${reason}` : ""}.`,
    notLive: "This screen is not live: the plan may have changed since you opened it.",
    statuses: {
      active: "Active",
      "on-hold": "On hold",
      revoked: "Withdrawn",
      completed: "Completed",
      "entered-in-error": "Entered in error",
      draft: "Draft",
      unknown: "Unknown",
    } as Record<string, string>,
  },

  announce: {
    loaded: (open: number, unanswered: number) =>
      open === 0 ? "Connected. No open alerts." : `Connected. ${plural(open, "open alert", "open alerts")}, ${unanswered} to acknowledge.`,
    arrived: (urgency: string, where: string, who: string, headline: string) => `New ${urgency} alert. ${where}. ${who}. ${headline}`,
    updated: (who: string) => `Alert changed: ${who}.`,
    acknowledged: (who: string) => `Acknowledged: ${who}.`,
    withdrawn: (who: string, reason: string) => `Alert withdrawn: ${who}. ${reason}`,
    closed: (who: string, reason: string) => `Alert closed: ${who}. ${reason}`,
    gone: (n: number) => `${plural(n, "alert is", "alerts are")} no longer on this board.`,
  },

  title: (page: string) => `${page} · Urgent Care Plan alerts`,
  boardTitle: (waiting: number, department: string, lost: boolean) =>
    `${lost ? "NOT LIVE · " : ""}${waiting > 0 ? `(${waiting}) ` : ""}${department} · Urgent Care Plan alerts`,

  errors: {
    unreachable: "The service could not be reached.",
    unreadable: "The answer of the service could not be read.",
  },
} as const;
