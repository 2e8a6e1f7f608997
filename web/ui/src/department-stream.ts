// How does a page hear a department, and how does it say that there is nothing more to hear?

import type { Ending } from "./stream/index.ts";

/** The address of a department's stream. */
export function streamOf(department: string): string {
  return new URL(`/stream/departments/${encodeURIComponent(department)}`, location.href.replace(/^http/, "ws")).href;
}

/** The server has ended the stream for good. */
export class StreamEnded extends Event {
  constructor(readonly ending: Ending) {
    super("stream-ended");
  }
}
