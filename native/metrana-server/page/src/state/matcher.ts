/** A filter that the user types: text, in which case it may be anywhere and in any case, or a regular expression. */
export interface Matcher {
  matches(text: string): boolean;
  /** Why it is no regular expression; it is then taken as text. */
  problem: string | null;
}

/** Makes a filter. Texts with characters that only expressions have are taken as expressions. */
export function matcher(filter: string): Matcher {
  if (filter === "") return { matches: () => true, problem: null };
  const wanted = filter.toLowerCase();
  const asText = (text: string) => text.toLowerCase().includes(wanted);
  if (!/[\^$*+?()[\]{}|\\]/.test(filter)) return { matches: asText, problem: null };
  try {
    const expression = new RegExp(filter, "iu");
    return { matches: (text) => expression.test(text), problem: null };
  } catch (error) {
    return { matches: asText, problem: error instanceof Error ? error.message : String(error) };
  }
}
