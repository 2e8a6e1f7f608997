// Every word of the exercise for a new doctor.

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const practiceTexts = {
  title: "PRACTICE",
  band: "PRACTICE – not a real patient",
  link: "Practice",
  doorTitle: "New here?",
  doorLead: "Try it with an invented patient: an alert comes, you open the plan and acknowledge. Two minutes, and nobody is told.",
  leave: "Leave practice",
  begin: {
    title: "Practise with an invented patient",
    lead: "An alert will come in a few seconds, with the sound that it has here. Do what you would do on a shift: receive it, open the plan, acknowledge. It takes about two minutes.",
    nothing: "Nothing of this leaves your browser: no real board, no centre and no record hears of it.",
    instead: "While you practise, this screen does not show the real board. Do not take the only one of the department.",
    listens: (place: string) => `If a real alert comes to ${place}, practice ends and says so.`,
    deaf: "No real board is listened to meanwhile: you came here without one.",
    lost: (place: string) => `The board of ${place} cannot be heard from here now: practise on another screen, or look at the board.`,
    waits: (n: number) => `${plural(n, "real alert waits", "real alerts wait")} to be acknowledged. Go to the board first.`,
    start: "Start",
  },
  place: "Practice A&E",
  unchecked: "this is an exercise. On a shift, a page opens that compares who arrived with whom the plan is about.",
  guide: "What to do now",
  steps: {
    wait: "Wait: the alert comes in a few seconds. Listen for it.",
    open: "An alert has come. It rings again until somebody acknowledges it. Read the headline, then open the plan.",
    openAfter: "You have acknowledged it, so everybody takes it that you know the plan. Open it now.",
    read: "Read what to do first, what never to do, and whom to ring. Then close the plan.",
    acknowledge: "Now acknowledge the alert: the sound stops, and every screen shows that you look after it.",
    done: "Acknowledged. The card moves down; a revision of the plan would say so there.",
  } as Record<string, string>,
  step: (n: number, of: number) => `Step ${n} of ${of}`,
  finish: "Finish",
  end: {
    title: "That is all there is to it",
    took: (seconds: string) => `From the alert to your acknowledgement it took you ${seconds}.`,
    opened: (seconds: string) => `You had the plan open after ${seconds}.`,
    learnt: "What you have done",
    did: [
      "You received an alert: it came by itself, with a sound, above everything that was answered.",
      "You opened the plan: what to do and what never to do stand first, with the number of the centre. On a real board, opening is recorded with your account.",
      "You acknowledged: the sound stops on every screen of the department, and all see who looks after the patient.",
    ],
    mind: "What is different on a shift",
    differs: [
      "A possible match shows no plan until somebody has checked who the patient is.",
      "If the strip on top says NOT LIVE, use the phone list: alerts may be missing.",
      "No alert does not mean that no plan is held elsewhere.",
    ],
    again: "Practise again",
  },
  seconds: (n: number) => (n < 60 ? plural(n, "second", "seconds") : `${plural(Math.floor(n / 60), "minute", "minutes")}${n % 60 === 0 ? "" : ` ${plural(n % 60, "second", "seconds")}`}`),
  real: {
    title: "A real alert has come – leave practice",
    document: "REAL ALERT",
    text: (place: string) => `It is on the board of ${place}, and nobody has acknowledged it. Practice has ended.`,
    answered: (place: string) => `It is on the board of ${place}; somebody has acknowledged it by now. Practice has ended.`,
    go: "Leave practice: go to the board",
  },
} as const;
