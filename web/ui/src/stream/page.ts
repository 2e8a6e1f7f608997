// When must a page that was away stop believing what it shows?

import type { StreamClient } from "./client.ts";

/**
 * Tells the client when its page was hidden, restored from the back-forward cache, thawed, or its network came back.
 * The answer stops the watching.
 */
export function watchPage(client: StreamClient): () => void {
  const watching = new AbortController();
  const options = { signal: watching.signal };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") client.doubt();
  }, options);
  document.addEventListener("resume", () => client.distrust(), options);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) client.distrust();
  }, options);
  window.addEventListener("online", () => client.distrust(), options);
  window.addEventListener("offline", () => client.doubt(), options);
  return () => watching.abort();
}
