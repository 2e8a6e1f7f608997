// In which colours are the pages drawn on this browser?

export type Theme = "system" | "light" | "night";

const key = "ucpalert.theme";
const order: readonly Theme[] = ["system", "light", "night"];
const dark = matchMedia("(prefers-color-scheme: dark)");

/** What was chosen for this browser; whatever else is kept there counts as nothing chosen. */
export function chosenTheme(): Theme {
  return order.find((theme) => theme === localStorage.getItem(key)) ?? "system";
}

/** Chooses the next one, and says which. */
export function nextTheme(): Theme {
  const next = order[(order.indexOf(chosenTheme()) + 1) % order.length]!;
  if (next === "system") localStorage.removeItem(key);
  else localStorage.setItem(key, next);
  draw();
  return next;
}

function draw(): void {
  const chosen = chosenTheme();
  document.documentElement.dataset["theme"] = chosen === "system" ? (dark.matches ? "night" : "light") : chosen;
}

dark.addEventListener("change", draw);
draw();
