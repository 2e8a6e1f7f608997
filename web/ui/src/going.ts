// Where does a page lead next?

/** Somebody is to be taken to another page, with something to be told there. Bubbles. */
export class Going extends Event {
  constructor(
    readonly path: string,
    readonly notice?: string,
  ) {
    super("going", { bubbles: true });
  }
}
