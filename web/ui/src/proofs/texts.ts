// Every word on the page of the proofs.

const number = (n: number) => n.toLocaleString("en-GB");
const plural = (n: number, one: string, many: string) => `${number(n)} ${n === 1 ? one : many}`;

export const words = {
  lead: "Every night, and whenever somebody asks, each patient who is in a department is compared with each plan by a second set of rules that shares nothing with the first. The alerts that should stand are compared with those that do.",
  more: "A difference means that an alert was missing, false or wrong until then. It is put right at once, and it is always an alarm: whoever runs the service must find out why.",
  limit: "It proves that the service does what its rules say with what it holds. It cannot know a plan that no centre has published here, or a patient whom no hospital has told of.",
  refused: "This account may not read the proofs. Sign in as a clinician, as a centre, or as an operator.",

  run: "Run now",
  running: (plans: number, of: number) =>
    plans === 0 ? "A proof is under way." : of > 0 ? `A proof is under way: ${number(plans)} of about ${number(of)} plans compared.` : `A proof is under way: ${plural(plans, "plan", "plans")} compared.`,
  progress: "Plans compared",
  beside: "It takes about a minute for a million plans, and rests while hospitals send. This page shows the report when it is done.",
  already: "Somebody had asked for one before. This page shows its report when it is done.",
  ended: (clean: boolean) => (clean ? "The proof has ended: no alert is missing and none is false." : "The proof has ended and found differences."),
  notBegun: (reason: string) => `The proof was not begun: ${reason}`,
  stale: (reason: string) => `This list may be out of date: ${reason}`,

  none: "There is no report yet. The first proof is made in the coming night, or when somebody asks.",
  reports: "Reports",
  columns: ["When", "Compared", "Alerts", "Result"],
  took: (seconds: number) => (seconds < 1 ? "in less than a second" : seconds < 100 ? `in ${plural(Math.round(seconds), "second", "seconds")}` : `in ${plural(Math.round(seconds / 60), "minute", "minutes")}`),
  compared: (visits: number, plans: number) => `${plural(visits, "patient", "patients")} × ${plural(plans, "plan", "plans")}`,
  alerts: (expected: number, found: number) => `${number(expected)} should stand, ${number(found)} did`,
  clean: "No difference",
  mended: (n: number) => `${plural(n, "difference", "differences")}, put right`,
  open: (n: number) => `${plural(n, "difference", "differences")}, not all put right`,

  findings: (n: number) => plural(n, "difference that concerns you", "differences that concern you"),
  others: (n: number) => `${plural(n, "difference concerns", "differences concern")} other departments or centres.`,
  faults: { missing: "An alert was missing", false: "An alert stood that should not", wrong: "An alert was not as it should be" } as Record<string, string>,
  isMended: "Put right",
  notMended: "Not put right: ring whoever runs the service, and ring the centre if the patient is here",
  department: "Department",
  noDepartment: "No department any more",
  centre: "Plan from",
  plan: "Plan",
  attendance: "Attendance",
};
