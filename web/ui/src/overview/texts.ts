// Every word on the page of several departments.

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const words = {
  waiting: (n: number) => plural(n, "alert to be acknowledged", "alerts to be acknowledged"),
  answered: (n: number) => `${n} acknowledged`,
  unseen: (n: number) => plural(n, "department has no visible screen", "departments have no visible screen"),
  loading: "Waiting for the list …",
  show: "Show",
  region: (name: string) => `Region: ${name}`,
  everything: "All hospitals",
  hidden: (n: number) => `${plural(n, "alert waits", "alerts wait")} in other hospitals.`,
  showAll: "Show all",
  arrived: (urgency: string, place: string, who: string, says: string) => [`New ${urgency} alert at ${place}`, who, says].filter(Boolean).join(". "),
  withdrawn: (place: string, reason: string) => `Alert withdrawn at ${place}. ${reason}`,
  none: "No department is shown to this account.",
  counts: (waiting: number, answered: number) => (waiting + answered === 0 ? "No open alert" : `${waiting} to be acknowledged · ${answered} acknowledged`),
  board: (place: string) => `Open the board of ${place}`,
  boardShort: "Open the board",
  screens: {
    unknown: "Screens not known",
    none: "No visible screen",
    some: (visible: number, connected: number) => `${visible} of ${plural(connected, "screen", "screens")} visible`,
    act: "Nobody there can see an alert on a board. Ring the department.",
  },
  feed: {
    silent: (since: string) => (since ? `Hospital silent since ${since}` : "Hospital silent"),
    act: "New arrivals may raise no alert.",
  },
  check: {
    passed: (at: string) => `Checked ${at}`,
    missed: "A check is missing",
    alarm: "Checks do not come through",
    act: "Arrivals may not show there. Ring the department.",
  },
  columns: ["Urgency", "Where", "Patient", "What the plan says", "Since", "State"] as const,
  caption: (place: string) => `Alerts of ${place}`,
  unnamed: "Not named to a region",
  unplaced: "Not told to a region",
  waits: (since: string) => (since ? `Waits ${since}` : "Waits"),
  takenBy: (who: string) => (who ? `With ${who}` : "Acknowledged"),
  mine: "Yours",
  recall: "Plan withdrawn",
  possible: "Possible match: identity not confirmed",
  restricted: "Headline held back",
} as const;
