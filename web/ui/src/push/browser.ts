// Can this browser be told while none of these pages is open, and does its user want that?

/** What the service needs to tell a browser (Push API, PushSubscriptionJSON; RFC 8291 for the keys, in base64url). */
export interface Told {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** Why this browser is not told. "impossible": it has no such thing, or the page did not come over a safe connection. */
export type Refusal = "impossible" | "denied" | "dismissed" | "no-service";

/** This browser is not told, for a reason that its user can read. */
export class NotTold extends Error {
  override readonly name = "NotTold";
  constructor(readonly why: Refusal) {
    super(why);
  }
}

/** The worker's own scope: no page is in it, so that the worker stands between no page and the service. */
const scope = "/push/";

export function possible(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** Whether the user of this browser has said no, so that only the browser's own settings can change it. */
export function refused(): boolean {
  return possible() && Notification.permission === "denied";
}

/** The address by which this browser is told now; undefined if it is not. Asks nobody for anything. */
export async function told(): Promise<string | undefined> {
  if (!possible()) return undefined;
  const registered = await navigator.serviceWorker.getRegistration(scope);
  return (await registered?.pushManager.getSubscription())?.endpoint;
}

/** Asks the user for leave, which browsers allow at a click only, and makes this browser one that can be told. key is the service's, in base64url (RFC 8292). */
export async function subscribe(key: string): Promise<Told> {
  if (!possible()) throw new NotTold("impossible");
  const leave = await Notification.requestPermission();
  if (leave !== "granted") throw new NotTold(leave === "denied" ? "denied" : "dismissed");
  const registered = await navigator.serviceWorker.register("/sw.js", { scope });
  await active(registered);
  const { endpoint, keys } = (await asked(registered, key)).toJSON();
  if (!endpoint || !keys?.["p256dh"] || !keys["auth"]) throw new NotTold("no-service");
  return { endpoint, keys: { p256dh: keys["p256dh"], auth: keys["auth"] } };
}

/** Ends it. The address is of no use to anybody then. */
export async function unsubscribe(): Promise<void> {
  const registered = await navigator.serviceWorker.getRegistration(scope);
  await (await registered?.pushManager.getSubscription())?.unsubscribe();
  await registered?.unregister();
}

/** Asks the browser's own push service for an address. One that was made with another key is of no use, and would be in the way. */
async function asked(registered: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  await (await registered.pushManager.getSubscription())?.unsubscribe();
  try {
    return await registered.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch {
    throw new NotTold("no-service");
  }
}

/** Waits until the worker runs: before that, a browser makes no address. */
async function active(registered: ServiceWorkerRegistration): Promise<void> {
  const coming = registered.installing ?? registered.waiting;
  if (registered.active || !coming) return;
  await new Promise<void>((done, fail) => {
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated") done();
      if (coming.state === "redundant") fail(new NotTold("no-service"));
    });
  });
}
