// How is a PDF drawn without anything in it being run?
//
// pdf.js draws each page on a canvas: no script, form or link of the file does anything. This module and the library are loaded when somebody
// asks for a PDF, never before.

import * as pdfjs from "pdfjs-dist/legacy/build/pdf.mjs";
import { texts } from "../texts.ts";

pdfjs.GlobalWorkerOptions.workerSrc = "/assets/pdf.worker.js";

/** So many pages are drawn; whoever needs more opens the file. */
const mostPages = 30;

/** Draws the pages of a PDF into an element, one below the other, each with its text for those who listen. Fails if the file cannot be read. */
export async function drawPDF(file: Blob, into: HTMLElement, signal: AbortSignal): Promise<void> {
  const loading = pdfjs.getDocument({ data: new Uint8Array(await file.arrayBuffer()), isEvalSupported: false, enableXfa: false, useWasm: false, stopAtErrors: false });
  signal.addEventListener("abort", () => void loading.destroy());
  const held = await loading.promise;
  const width = Math.max(240, Math.min(into.clientWidth || 800, 1000));
  for (let n = 1; n <= Math.min(held.numPages, mostPages) && !signal.aborted; n++) {
    const page = await held.getPage(n);
    const natural = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: (width / natural.width) * Math.min(window.devicePixelRatio || 1, 2) });
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    canvas.className = "ucp-plan__page";
    const words = (await page.getTextContent()).items.map((item) => ("str" in item ? item.str : "")).join(" ");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", texts.attachments.page(n, held.numPages, words.replace(/\s+/g, " ").trim()));
    into.append(canvas);
    await page.render({ canvas, viewport }).promise;
    page.cleanup();
  }
  if (held.numPages > mostPages) {
    const more = document.createElement("p");
    more.textContent = texts.attachments.morePages(mostPages, held.numPages);
    into.append(more);
  }
}
