// Is a page usable by everybody, as far as a machine can tell? WCAG 2.2 A and AA, by axe-core.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * The violations on the page as it now is, one line each. What lies behind an open dialog cannot be touched, and may be half covered by it: its
 * size as a target does not count.
 */
export async function violations(page) {
  // Evaluated by the browser's debugger, which the page's policy does not bind; the page itself is not changed.
  await page.evaluate(source);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } });
    const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
    const touched = ({ target }) => !dialog || dialog.contains(document.querySelector(target.join(" ")));
    return violations.map((v) => (v.id === "target-size" ? { ...v, nodes: v.nodes.filter(touched) } : v)).filter((v) => v.nodes.length > 0);
  });
  return found.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")})`);
}

/** What holds for every state of a page: usable by everybody, no wider than its window, and nothing went wrong in it. */
export async function sound(page) {
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, "the page is wider than the window");
  assert.deepEqual(page.faults, []);
}

/** The violations on the page in the theme that it has, and in the other. It is left in the theme that it had. */
export async function violationsInBothThemes(page) {
  const found = await violations(page);
  const theme = await page.evaluate(() => document.documentElement.dataset.theme);
  const wear = (name) => page.evaluate((worn) => void (document.documentElement.dataset.theme = worn), name);
  const other = theme === "night" ? "light" : "night";
  await wear(other);
  const there = await violations(page);
  await wear(theme);
  return [...found, ...there.map((line) => `${other}: ${line}`)];
}
