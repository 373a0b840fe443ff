import { signal } from "@preact/signals";

/** The run that the mouse points at in the list. */
export const hovered = signal<string | null>(null);
