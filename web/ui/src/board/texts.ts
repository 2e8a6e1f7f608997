// Every word of a board and of its cards, and what is said of them aloud.

import type { Ending } from "../stream/index.ts";

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const boardTexts = {
  strip: {
    label: "Connection",
    tools: "Details and sound",
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

  standing: {
    label: "What this board depends on",
    button: "Details",
    wrong: (n: number) => `${plural(n, "problem", "problems")}: details`,
    title: "What this board depends on",
    titles: { feed: "Hospital’s messages", plans: "Plans", check: "Check of the whole way", screens: "Screens of this department" },
    tones: { good: "Well", unknown: "Not known", warn: "Look", alarm: "Act" },
    feed: {
      heard: (last: string) => (last ? `Hospital heard ${last}` : "Hospital heard"),
      heardMore: (last: string) => (last ? `The last message came ${last}.` : "Messages come."),
      silent: (since: string) => `Hospital silent${since ? ` since ${since}` : ""}`,
      silentMore: (since: string, part: string) => `No message${part ? ` about ${part}` : ""}${since ? ` since ${since}` : ""}. New arrivals may be missing here.`,
      unknown: "Hospital: not known",
      unknownMore: "It is not known whether the hospital’s system sends: no message of it was heard, or this screen was not told.",
    },
    plans: {
      heard: (n: number, last: string) => `${plural(n, "centre", "centres")}${last ? `, last heard ${last}` : ", none heard yet"}`,
      someFailing: (failing: number, n: number) => `${failing} of ${plural(n, "centre", "centres")} not reached`,
      unknown: "Centres: not known",
      unknownMore: "It is not known when the centres were last heard.",
      last: (heard: string) => `last heard ${heard}`,
      never: "no plan from it yet",
      failing: (heard: string) => `cannot be reached${heard ? ` since ${heard}` : ""}: newer plans may be missing`,
    },
    check: {
      passed: "The check comes through.",
      unknown: "It is not known whether the check comes through.",
      shown: (last: string) => `A screen of this department last showed it ${last}.`,
      notHere: "This screen is sent no checks.",
      short: { alarm: "Not every screen is checked", missed: "A check is missing", off: "Arrivals are not checked" } as Readonly<Record<string, string>>,
    },
    screens: {
      count: (connected: number, visible: number) => `${plural(connected, "screen is", "screens are")} connected; somebody can see ${visible === connected ? (visible === 1 ? "it" : "all of them") : `${visible} of them`}.`,
      unwatched: (departments: readonly string[]) => `Nobody can see the board of ${departments.join(", ")}.`,
      unwatchedShort: (departments: readonly string[]) => `Board unseen: ${departments.join(", ")}`,
      unknown: "It is not known how many screens are connected.",
    },
    screen: {
      title: "This screen",
      name: "Name of this screen",
      hint: "It stands with every receipt from here. Letters, digits and . _ + -, no spaces.",
      wrong: "Use letters, digits and . _ + - only, at most 64",
      save: "Save name",
      saved: (name: string) => `This screen is called ${name} now.`,
      version: (build: string) => `Version of this page: ${build}`,
      noVersion: "not stated",
    },
  },

  sound: {
    on: "Sound is on",
    off: "Sound is off",
    choose: "Choose sounds",
    blocked: "Sound is blocked: click to enable",
    hush: "We know: stop this sound",
  },

  sounds: {
    title: "Sounds on this screen",
    lead: "An alert sounds when it comes, and again until somebody acknowledges it. What you choose is kept in this browser.",
    leadOnce: "An alert sounds once here, when it comes: it is acknowledged in its department. What you choose is kept in this browser.",
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
    otherwise: (name: string) => `Other answers for ${name}`,
    known: "Already known",
    other: "Not this patient",
    about: (name: string) => `for ${name}`,
    acknowledgedTag: "Acknowledged",
    acknowledged: (by: string, role: string, time: string) => `Acknowledged by ${by}${role ? ` (${role})` : ""}${time ? `, ${time}` : ""}`,
    done: { taken_on: ": taken on", already_known: ": already known" } as Readonly<Record<string, string>>,
    handedOver: (to: string, by: string, time: string) => `Now with ${to}${by ? `: handed over by ${by}` : ""}${time ? `, ${time}` : ""}`,
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
    notHandedOver: (reason: string) => `Not handed over: ${reason}`,
    notAcknowledged: (reason: string) => `Not acknowledged: ${reason}`,
    notConnected: "this screen is not connected. Try again when it is live.",
    noReason: "the service gave no reason.",
    receiptRefused: (reason: string) => `This screen could not record that the alert was shown: ${reason}`,
    warning: "Note",
  },

  handover: {
    deed: "Hand over",
    to: "Hand over to",
    from: (holder: string) => `It is with ${holder} now.`,
    hint: "A person or a role, such as Night registrar. Not about the patient.",
    wrong: "Name who takes over: letters, spaces and . ' -, at most 60",
    submit: "Hand over",
    submitting: "Handing over …",
    cancel: "Cancel",
  },

  announce: {
    loaded: (open: number, unanswered: number) =>
      open === 0 ? "Connected. No open alerts." : `Connected. ${plural(open, "open alert", "open alerts")}, ${unanswered} to acknowledge.`,
    arrived: (urgency: string, where: string, who: string, headline: string) => `New ${urgency} alert. ${where}. ${who}. ${headline}`,
    updated: (who: string) => `Alert changed: ${who}.`,
    acknowledged: (who: string) => `Acknowledged: ${who}.`,
    withdrawn: (who: string, reason: string) => `Alert withdrawn: ${who}. ${reason}`,
    handedOver: (who: string, from: string, to: string) => `Handed over: ${who}, from ${from} to ${to}.`,
    answered: (who: string) => `The centre has answered: ${who}.`,
    closed: (who: string, reason: string) => `Alert closed: ${who}. ${reason}`,
    gone: (n: number) => `${plural(n, "alert is", "alerts are")} no longer on this board.`,
  },
} as const;
