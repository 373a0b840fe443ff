import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { onChange } from "./feed.ts";
import { type Loadable, load } from "./loadable.ts";
import { soon } from "./soon.ts";

/** How often what changes is read anew. */
const REFRESH_MILLIS = 1000;

/**
 * Something that a component shows: read when it appears or asks for something else, and anew when its runs change.
 * @param key What is asked for; null for nothing. Another key is another question.
 * @param runs The runs whose news count.
 * @param series The only series of them whose news count.
 */
export function useAsked<T>(
  key: string | null,
  runs: readonly string[],
  read: (signal: AbortSignal) => Promise<T>,
  series?: string,
): Signal<Loadable<T>> {
  const answer = useSignal<Signal<Loadable<T>>>(signal({ value: null, error: null }));
  useEffect(() => {
    if (key === null) return;
    const stop = new AbortController();
    const into = signal<Loadable<T>>({ value: null, error: null });
    const again = soon(REFRESH_MILLIS, () => load(into, () => read(stop.signal), () => !stop.signal.aborted));
    // What was shown stays until the answer is there.
    const leave = into.subscribe(({ value, error }) => {
      if (value !== null || error) answer.value = into;
    });
    again();
    const deaf = onChange((change) => {
      if (change.reset || change.runs.some((news) => runs.includes(news.run) && (!series || news.series.includes(series)))) again();
    });
    return () => {
      stop.abort();
      leave();
      deaf();
    };
  }, [key]);
  return answer.value;
}
