// When must a page that was away stop believing what it shows?

import type { StreamClient } from "./client.ts";

/**
 * Tells the client when its page was hidden, put away or frozen, restored from the back-forward cache, thawed, or its network came back. A page
 * that is put away lets its socket go: what it shows when it is looked at again is not green. The answer stops the watching.
 */
export function watchPage(client: StreamClient): () => void {
  const watching = new AbortController();
  const options = { signal: watching.signal };
  document.addEventListener("visibilitychange", () => {
    client.alive();
    if (document.visibilityState === "visible") client.doubt();
  }, options);
  document.addEventListener("freeze", () => client.rest(), options);
  window.addEventListener("pagehide", () => client.rest(), options);
  document.addEventListener("resume", () => client.distrust(), options);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) client.distrust();
  }, options);
  window.addEventListener("online", () => client.distrust(), options);
  window.addEventListener("offline", () => client.doubt(), options);
  return () => watching.abort();
}
