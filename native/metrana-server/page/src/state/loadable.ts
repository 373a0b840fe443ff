import { type Signal, signal } from "@preact/signals";

/** Something that is read from the server: perhaps there, perhaps still on its way, perhaps refused. */
export interface Loadable<T> {
  value: T | null;
  error: Error | null;
}

export const loadable = <T>(): Signal<Loadable<T>> => signal<Loadable<T>>({ value: null, error: null });

/** Fills it. What was there stays until the new is there, and also when the new cannot be had. */
export async function load<T>(into: Signal<Loadable<T>>, read: () => Promise<T>, isWanted = () => true): Promise<void> {
  try {
    const value = await read();
    if (isWanted()) into.value = { value, error: null };
  } catch (error) {
    if (isWanted()) into.value = { value: into.peek().value, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
