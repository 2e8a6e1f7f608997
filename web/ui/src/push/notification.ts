// What does a browser show when it is told of something?
//
// Of what came, only the reference and a code are shown, and only if they look like one: whoever could send to this browser, or a fault, must
// not be able to put words about a patient on a locked phone. The same holds for where a tap leads.

import { words } from "./texts.ts";

/** What is shown, and where a tap leads: an address of this service. */
export interface Shown {
  title: string;
  body: string;
  /** A later message with the same takes the place of this. */
  tag: string;
  /** Where a tap on it leads. */
  path: string;
  /** Where the button "I am dealing with it" leads, if there is one. */
  answer?: string;
}

/** What the service sends, as far as it is used (docs/on-call.md). */
interface Message {
  what?: unknown;
  ref?: unknown;
  link?: unknown;
  code?: unknown;
  key?: unknown;
}

const reference = /^[A-Z0-9]{6}$/;
const digits = /^[0-9]{6}$/;
const answering = /^\/answer\/[A-Za-z0-9_-]{22}$/;

const matches = (value: unknown, form: RegExp): value is string => typeof value === "string" && form.test(value);

/** What to show for the text of a message. Something always is: a browser takes the leave away that is used without showing anything. */
export function shownFor(text: string | undefined, origin: string): Shown {
  const { what, ref, link, code, key } = read(text);
  const known = matches(ref, reference);
  const tag = typeof key === "string" && key !== "" ? key : known ? ref : "alert";
  if (what === "code" && matches(code, digits)) return { title: words.code(code), body: words.codeBody, tag, path: "/on-call/me" };
  if (what === "test") return { title: words.test, body: words.testBody, tag, path: "/on-call/me" };
  const title = known ? words.alert(ref) : words.unknown;
  const answer = answerIn(link, origin);
  // The tap asks first: it is how people find out what this is. Only the button is an answer by itself.
  if (what === "step" && answer) return { title, body: words.answerBody, tag, path: `${answer}/ask`, answer };
  return { title, body: words.body, tag, path: "/me" };
}

/** The path of an answer link, if it is one of this service. */
function answerIn(link: unknown, origin: string): string | undefined {
  if (typeof link !== "string" || !link.startsWith(`${origin}/`)) return undefined;
  const path = link.slice(origin.length);
  return answering.test(path) ? path : undefined;
}

function read(text: string | undefined): Message {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
