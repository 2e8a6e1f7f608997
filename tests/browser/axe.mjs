// Is a page usable by everybody, as far as a machine can tell? WCAG 2.2 A and AA, by axe-core.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The violations on the page as it now is, one line each; where a modal dialog is open, those in it: what lies behind it is inert and half covered. */
export async function violations(page) {
  // Evaluated by the browser's debugger, which the page's policy does not bind; the page itself is not changed.
  await page.evaluate(source);
  const found = await page.evaluate(() =>
    globalThis.axe.run([...document.querySelectorAll("dialog:modal")].at(-1) ?? document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } }),
  );
  return found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")})`);
}
