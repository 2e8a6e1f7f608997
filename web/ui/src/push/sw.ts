// What does this browser do when it is told of an alert while none of these pages is open?
//
// It shows that there is one, and a tap opens the app. This worker has a scope in which there is no page: it controls none, answers no
// request, and keeps nothing.

import { shownFor } from "./notification.ts";
import { words } from "./texts.ts";

declare const self: ServiceWorkerGlobalScope;

/** A notification with what the standard (Notifications API) has, and the types of the compiler do not. */
interface Ringing extends NotificationOptions {
  renotify: boolean;
  vibrate: number[];
  actions: { action: string; title: string }[];
}

/** What a notification knows of itself. */
interface Held {
  path: string;
  answer?: string;
}

self.addEventListener("install", () => void self.skipWaiting());

self.addEventListener("push", (event) => {
  const { title, body, tag, path, answer } = shownFor(event.data?.text(), self.location.origin);
  const options: Ringing = {
    body, tag, renotify: true, requireInteraction: true, icon: "/assets/favicon.svg", lang: "en-GB",
    vibrate: [400, 200, 400, 200, 800],
    actions: answer ? [{ action: "answer", title: words.answer }] : [],
    data: { path, ...(answer ? { answer } : {}) } satisfies Held,
  };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path, answer } = event.notification.data as Held;
  event.waitUntil(self.clients.openWindow(event.action === "answer" && answer ? answer : path));
});
