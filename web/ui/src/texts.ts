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
    label: "Account and display",
    as: (name: string) => `Signed in: ${name}`,
    change: "Change A&E",
    signOut: "Sign out",
    theme: { system: "Colours: system", light: "Colours: light", night: "Colours: night" },
  },

  proofs: {
    title: "Proof that no alert is missing",
    link: "Nightly proof",
    hint: "The one of a clinician, of a centre, or of an operator. It is kept only until this tab is closed.",
    failed: "This page could not be loaded. Reload it.",
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

  check: {
    passed: (time: string) => `Checked ${time}`,
    awaited: "First check awaited …",
    missed: (time: string) => `A check is missing · last ${time}`,
    missedNever: "A check is missing",
    alarm: (time: string) => `The check has not come through since ${time}: this screen may miss alerts. Use the phone list`,
    alarmNever: "The check does not come through: this screen may miss alerts. Use the phone list",
  },

  sound: {
    label: "Sound",
    on: "Sound is on",
    off: "Sound is off",
    choose: "Choose sounds",
    blocked: "Sound is blocked: click to enable",
    hush: "We know: stop this sound",
  },

  sounds: {
    title: "Sounds on this screen",
    lead: "An alert sounds when it comes, and again until somebody acknowledges it. What you choose is kept in this browser.",
    volume: "Volume",
    percent: (n: number) => `${n} %`,
    tone: "Sound",
    tones: { single: "One note", double: "Two notes", rising: "Three notes, rising", falling: "Three notes, falling", low: "Two low notes", alarm: "Alarm, four notes" },
    every: "Again every",
    interval: (seconds: number) => (seconds < 60 ? `${seconds} seconds` : plural(seconds / 60, "minute", "minutes")),
    test: "Play",
    done: "Done",
    usual: "As it was at first",
  },

  version: {
    waits: "A newer version of this page is ready. It loads by itself once nothing is open and nothing is being typed.",
    now: "Load it now",
  },

  wall: {
    count: (n: number) => (n === 0 ? "alerts to acknowledge" : n === 1 ? "alert to acknowledge, at a board" : "alerts to acknowledge, at a board"),
    waits: "To acknowledge",
    more: (n: number) => `And ${n} more: see a board`,
    nobody: "Patient",
    blocked: "Sound is blocked by this browser: touch the page once to let it through.",
    maySleep: "This browser does not keep the screen awake: turn sleep off in the computer's power settings.",
  },

  phones: {
    title: "Phone list",
    none: "No numbers are set up for this department. Ring the hospital's switchboard, and ask for the centre that looks after the patient.",
  },

  filter: {
    state: "Which alerts",
    urgency: "Which urgencies",
    all: "All",
    waiting: "To acknowledge",
    answered: "Acknowledged",
    hidden: (waiting: number, others: number) =>
      `Hidden by these filters: ${[waiting > 0 ? `${waiting} to acknowledge` : "", others > 0 ? `${others} other` : ""].filter((t) => t !== "").join(", ")}.`,
    always: "Critical alerts that nobody has acknowledged are always shown.",
    showAll: "Show all",
    nothing: "No alert passes these filters.",
  },

  feed: {
    silent: (since: string, part: string, usual: number) =>
      `No messages ${part ? `about ${part} ` : ""}from the hospital's system since ${since}` +
      `${usual >= 1 ? ` (usually ${usual} in the time until this was noticed)` : ""}. ` +
      (part ? "Something may be missing here." : "New arrivals may be missing here."),
    heard: "The hospital's system sends messages again.",
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

  checked: {
    line: (arrivals: number, withPlan: number, tooLittle: number, last: string) =>
      arrivals === 0
        ? "No arrival checked yet today"
        : `${plural(arrivals, "arrival", "arrivals")} checked today, ${withPlan === 0 ? "none" : withPlan} with a plan` +
          `${tooLittle > 0 ? `, ${tooLittle} with too little known to check` : ""}${last ? ` · last checked ${last}` : ""}`,
    failed: "How many arrivals were checked could not be loaded.",
    recent: "Recent arrivals and alerts",
  },

  recent: {
    title: "Recent",
    back: "Back to the board",
    day: "Day",
    show: "Show",
    retry: "Try again",
    clinicians: "Who arrived is shown to clinicians of this hospital only. Sign in as one.",
    arrivals: (day: string) => `Arrivals on ${day}`,
    meaning:
      "Everybody who arrived and was checked, the last first. “No plan held for this department” means that no plan was found that may be shown here: a plan that is not shared with this department counts as none.",
    nobody: "Nobody who arrived on this day was checked.",
    when: "Arrived",
    patient: "Patient",
    found: "What was found",
    unknownTime: "Time not known",
    left: (time: string) => `left ${time}`,
    states: {
      "in department": "in the department", admitted: "admitted", "on leave": "on leave", departed: "left", cancelled: "recorded in error", lapsed: "no news; closed",
      expected: "expected", unseen: "not arrived",
    } as Readonly<Record<string, string>>,
    outcome: {
      plan: "Plan: alert raised", possible: "Possible match: alert raised", none: "No plan held for this department", "not shared": "Patient objects to sharing",
      "too little known": "Not enough known to check",
    } as Readonly<Record<string, string>>,
    missing: (what: string[]) => `Not known: ${what.join(", ")}.`,
    noNumber: "NHS number not known",
    checked: (at: string, plansTo: string) => (plansTo ? `Checked ${at} against plans up to ${plansTo}` : `Checked ${at}; no plan was held at all`),
    notChecked: "Not checked",
    more: "Show earlier arrivals",
    alertsTitle: "Alerts",
    alerts: (since: string) => `Alerts since ${since}`,
    noAlerts: "This department had no alert in these days.",
    moreAlerts: "There were more; only the last ones are listed.",
    confirmed: "Confirmed",
    by: (who: string) => `by ${who}`,
    moments: {
      arrived: "Patient arrived", raised: "Alert raised", updated: "Alert changed", delivered: "Delivered to a screen", displayed: "Displayed", seen: "Seen",
      acknowledged: "Acknowledged", handed_over: "Handed over", withdrawn: "Alert withdrawn", closed: "Alert closed", recall_seen: "Recall seen", departed: "Patient left",
    } as Readonly<Record<string, string>>,
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
    possibleDo: (centre: string, phone: string) =>
      `The plan stays closed until a clinician says that it is this patient’s. Check identity shows both side by side. If it cannot wait, ring ${centre}${phone ? `: ${phone}` : ""}.`,
    check: "Check identity",
    checkFailed: "the page for it could not be loaded. Reload this page, then try again.",
    notChecked: (reason: string) => `Identity not checked: ${reason}`,
    theCentre: "the centre",
    version: (n: number) => `Plan version ${n}`,
    open: "Open plan",
    acknowledge: "Acknowledge",
    acknowledging: "Acknowledging …",
    about: (name: string) => `for ${name}`,
    acknowledgedTag: "Acknowledged",
    acknowledged: (by: string, role: string, time: string) => `Acknowledged by ${by}${role ? ` (${role})` : ""}${time ? `, ${time}` : ""}`,
    alreadyKnown: ": already known",
    handedOver: (to: string) => `. Handed over to ${to}`,
    acknowledgedOlder: (then: number, now: number) => `Version ${then} of the plan was acknowledged. It is now version ${now}: open it.`,
    somebody: "somebody",
    withdrawnTag: "Withdrawn",
    withdrawn: (reason: string) => `Alert withdrawn${reason ? `: ${reason}` : ""}.`,
    limited: {
      summary: (centre: string, phone: string) => `Only the headline is shared with this hospital. For the plan, ring ${centre}${phone ? `: ${phone}` : ""}.`,
      restricted: (centre: string, phone: string) =>
        `This plan is not for the board. Those who may see it can open it; otherwise ring ${centre}${phone ? `: ${phone}` : ""}.`,
    },
    recallTag: "Plan recalled",
    recall: (reason: string) => `Do not act on this plan${reason ? `: ${reason}` : ""}. If you have acted on it, check with the centre.`,
    recallSeen: "I know: plan not to be used",
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
    reviewed: "Last reviewed",
    reviewDue: "Review due",
    reviewNotStated: "Not stated",
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

  content: {
    actions: "What to do",
    never: "Never",
    avoid: "Do not give",
    warnings: "Also flagged",
    telephone: "Ring the centre, day or night",
    limits: "CPR and limits of treatment",
    cpr: "CPR",
    ceiling: "Ceiling of treatment",
    advanceDecision: "Advance decision (ADRT)",
    noLonger: "Not stated any more",
    stated: (date: string) => `Stated ${date}`,
    since: (date: string) => `, ${date}`,
    inVersion: (n: number) => ` (version ${n})`,
    reverses: "This reverses an earlier statement:",
    before: "An earlier statement holds no longer:",
    silent: (what: readonly string[]) => `${what.join(", ")}: not stated in this plan.`,
    allergies: "Allergies and reactions",
    noAllergies: "None stated in this plan. Ask, and check the record.",
    severe: "Severe",
    give: "Medicines to give",
    takes: "Takes regularly",
    because: "for",
    equipment: "Equipment and devices",
    communication: "Communication",
    carers: "Carers",
  },

  sayings: {
    "for-cpr": "For CPR",
    "not-for-cpr": "Not for CPR",
    "comfort-only": "Comfort only",
    "reversible-at-home": "Reversible conditions, at home or hospice",
    "reversible-in-hospital": "Reversible conditions, in hospital",
    "full-treatment": "Full treatment, including intensive care",
    "refuses-treatment": "Refuses treatment: read the decision",
    "refusal-retracted": "Retracted: no longer refuses",
    give: "Give",
    takes: "Takes it regularly",
    avoid: "Do not give",
    allergy: "Allergy",
  } as Record<string, string>,

  conflict: {
    title: "The plans of this patient disagree",
    short: (what: string) => `Plans disagree: ${what}`,
    lead: "Nobody here knows which is right. Ask the patient or who is with them, and ring both centres.",
    thisPlan: "this plan",
    arrived: (what: string) => `Another plan of this patient has arrived, and says otherwise about: ${what}.`,
    show: "Show both",
    about: { cpr: "CPR", ceiling: "Ceiling of treatment", "advance-decision": "Advance decision (ADRT)", medicine: "Medicine" } as Record<string, string>,
  },

  review: {
    due: (date: string) => `Review due${date ? ` ${date}` : ""}`,
    overdue: (date: string) => `Review overdue${date ? `: was due ${date}` : ""}`,
  },

  talk: {
    title: "Ask the centre",
    jump: "Ask the centre",
    telephone: (centre: string) => `A question here is no substitute for the telephone, and it may be read late or not at all. If it cannot wait, ring ${centre || "the centre"}:`,
    onlyTelephone: (centre: string) => `Nobody at ${centre || "the centre"} reads questions here. Ring:`,
    notRead: (reason: string) => `What was asked and answered is not shown: ${reason}`,
    what: "What do you want to tell the centre?",
    ask: { question: "Ask a question", dispute: "Something is wrong with this plan" },
    label: { question: "Your question", dispute: "What is wrong or out of date?" },
    hint: {
      question: "The centre that wrote the plan reads it on this alert, with your role and your department.",
      dispute: "It stays on the centre's list until it is answered or the plan is revised. The plan on this board does not change.",
    },
    send: { question: "Send the question", dispute: "Tell the centre" },
    sending: "Sending …",
    sent: { question: "Sent. The answer appears here.", dispute: "Sent. The centre has it on its list." },
    notSent: (reason: string) => `Not sent: ${reason}`,
    left: (n: number) => (n < 0 ? `${plural(-n, "character", "characters")} too many` : `${plural(n, "character", "characters")} left`),
    empty: "Write what you want to ask or tell",
    tooLong: "Use 1,000 characters or fewer",
    kinds: { question: "Question", dispute: "Said to be wrong or out of date", answer: "Answer" } as Record<string, string>,
    who: (by: string, role: string, organisation: string) => `${by}${role ? ` (${role})` : ""}${organisation ? `, ${organisation}` : ""}`,
    notSeenByCentre: "Waits. Nobody at the centre has read it yet.",
    seenByCentre: (time: string) => `Waits. Read at the centre ${time}.`,
    revised: "The plan was revised since.",
    waits: (n: number) => (n === 1 ? "Question waits for the centre" : `${n} questions wait for the centre`),
    answeredNew: "New answer from the centre",
    disputed: "Said to be wrong or out of date",
  },

  outcome: {
    title: "What did the plan change?",
    changed: {
      "avoided-admission": "Avoided an admission",
      "changed-medicine": "Changed a medicine",
      "changed-treatment": "Changed a treatment",
      "no-difference": "No difference",
      "not-followed": "Could not follow it",
    } as Record<string, string>,
    saving: "Saving …",
    kept: "Kept, for the centre to see. Choose another answer to correct it.",
    failed: (reason: string) => `Not kept: ${reason}`,
    departed: "Departed: what did the plan change?",
    leftTag: "Departed",
    left: (reason: string) => `This alert is closed${reason ? `: ${reason}` : ""}.`,
  },

  attachments: {
    title: "Attachments",
    untitled: (n: number) => `Attachment ${n}`,
    open: "Open in a new window",
    here: "Show here",
    page: (n: number, of: number, words: string) => `Page ${n} of ${of}. ${words || "No text in it can be read out."}`,
    morePages: (shown: number, of: number) => `${shown} of ${of} pages are shown. Open the file to see all.`,
    broken: "This PDF cannot be shown here. Open it in a new window.",
    picture: (name: string) => `Picture that came with the plan: ${name}`,
    notShown: "Files of this type are kept, but not shown. Ask the centre.",
    elsewhere: "This file stands at the centre. Ask for it.",
    blocked: "The browser did not open a window. Allow this page to open one, and try again.",
    types: { "application/pdf": "PDF", "image/png": "Picture", "image/jpeg": "Picture" } as Record<string, string>,
  },

  announce: {
    loaded: (open: number, unanswered: number) =>
      open === 0 ? "Connected. No open alerts." : `Connected. ${plural(open, "open alert", "open alerts")}, ${unanswered} to acknowledge.`,
    arrived: (urgency: string, where: string, who: string, headline: string) => `New ${urgency} alert. ${where}. ${who}. ${headline}`,
    updated: (who: string) => `Alert changed: ${who}.`,
    acknowledged: (who: string) => `Acknowledged: ${who}.`,
    withdrawn: (who: string, reason: string) => `Alert withdrawn: ${who}. ${reason}`,
    answered: (who: string) => `The centre has answered: ${who}.`,
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
