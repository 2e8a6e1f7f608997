// When is something on the screen?

import type { LightElement } from "../light.ts";

/** Calls once when what the element shows now has been painted on a visible page: the second frame begins when the first was. A hidden page paints none. */
export function oncePainted(element: LightElement, call: () => void): void {
  void element.updateComplete.then(() =>
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (document.visibilityState === "visible" && element.isConnected) call();
    })),
  );
}
