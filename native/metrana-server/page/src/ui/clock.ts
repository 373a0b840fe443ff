import { signal } from "@preact/signals";

/** The time, as often as a person looks at "3 min ago". */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 5000);
