// How does a page hear a department, or several, and how does it say that there is nothing more to hear?

import type { Ending } from "./stream/index.ts";

/** The address of a department's stream. */
export function streamOf(department: string): string {
  return streamAt(`/stream/departments/${encodeURIComponent(department)}`);
}

/** The address of a stream of the service that the page came from. */
export function streamAt(path: string): string {
  return new URL(path, location.href.replace(/^http/, "ws")).href;
}

/** The server has ended the stream for good. */
export class StreamEnded extends Event {
  constructor(readonly ending: Ending) {
    super("stream-ended");
  }
}
