const NAME = "ticket";

/**
 * The ticket that a program has put behind the address, or null. It is taken out of the address at once: it is good for one
 * browser and of no use in a history.
 */
export function takeTicket(): string | null {
  const behind = new URLSearchParams(location.hash.slice(1));
  const ticket = behind.get(NAME);
  if (ticket === null) return null;
  behind.delete(NAME);
  const rest = behind.toString();
  history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
  return ticket;
}
