// In which groups is a plan's text read best?
//
// A centre sends many short sections. Those that follow each other under one title are one list; what must not be done looks like it.

export interface Section {
  title: string;
  text: string;
}

export interface Group {
  /** Empty for text that the centre gave no title. */
  title: string;
  /** "steps": several without a title, in the centre's order. "never": what must not be done. */
  kind: "text" | "steps" | "never";
  items: string[];
}

/** The sections in their order, neighbours with the same title together. */
export function grouped(sections: readonly Section[]): Group[] {
  const groups: Group[] = [];
  for (const { title, text } of sections) {
    const last = groups.at(-1);
    if (last && last.title === title) last.items.push(text);
    else groups.push({ title, kind: /^(do not|don[’']t|never|what never)\b/i.test(title) ? "never" : "text", items: [text] });
  }
  for (const group of groups) if (group.title === "" && group.items.length > 1) group.kind = "steps";
  return groups;
}
