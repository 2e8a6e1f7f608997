// The stream of one A&E department, for any dashboard. See README.md beside this file.

export { StreamClient, CommandLost, CommandRefused, subprotocol } from "./client.ts";
export type { CommandDetails, Phase, SnapshotReason, Status, StreamHandler, StreamOptions } from "./client.ts";
export { type Check, missedChecks } from "./check.ts";
export { CloseCode, type Ending } from "./closing.ts";
export { doubtAfter, lostAfter, type Health } from "./health.ts";
export { FrameFault, parseAlert, parseFrame } from "./messages.ts";
export type * from "./messages.ts";
export { watchPage } from "./page.ts";
export { isScreenName, nameScreen, screenName } from "./screen.ts";
export type { Socket, Surroundings } from "./surroundings.ts";
