// How does a page hear a department, or several, and how does it say that there is nothing more to hear?

import { type Ending, type Health, screenName, StreamClient, type StreamOptions } from "./stream/index.ts";
import { credentials } from "./session.ts";
import { ownBuild } from "./version.ts";

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

/** What a board or a wall says of itself: which screen it is, of which build, and whether somebody can see it. */
export function asScreen(): Pick<StreamOptions, "screen" | "version" | "visible"> {
  const version = ownBuild();
  return { screen: screenName(), ...(version ? { version } : {}), visible: () => document.visibilityState === "visible" };
}

/** The stream that a page follows, not yet begun. The page is told by a StreamEnded that it is over, and by a "stream-live" that it is live. */
export function streamFor(page: EventTarget, token: string, options: Omit<StreamOptions, "token" | "ticket">): StreamClient {
  let health: Health | undefined;
  return new StreamClient({
    ...options,
    ...credentials(token),
    handler: {
      ...options.handler,
      status: (status) => {
        options.handler.status(status);
        if (status.ending) page.dispatchEvent(new StreamEnded(status.ending));
        if (status.health === "live" && health !== "live") page.dispatchEvent(new Event("stream-live", { bubbles: true }));
        health = status.health;
      },
    },
  });
}
