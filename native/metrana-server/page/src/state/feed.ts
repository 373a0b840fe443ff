import { signal } from "@preact/signals";
import type { Change } from "../api/types.ts";
import { enter } from "./session.ts";

export type Connection = "connecting" | "live" | "lost" | "paused";

/** How the page hears of news. */
export const connection = signal<Connection>("connecting");

type Listener = (change: Change) => void;
const listeners = new Set<Listener>();
const RECONNECT_MILLIS = 2000;
const PATIENCE_MILLIS = 1000;

let source: EventSource | null = null;
let cursor: string | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;

export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the server from now on: what is read afterwards is no older than what it will tell. */
export async function begin() {
  follow();
  await new Promise<void>((done) => {
    source?.addEventListener("change", () => done(), { once: true });
    // Somebody else's problem: without news the page is there all the same.
    setTimeout(done, PATIENCE_MILLIS);
  });
}

/** Follows the server. After a pause or a break it goes on where it stood, so that nothing is missed and nothing is read twice. */
export function follow() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(cursor ? `/api/v1/events?since=${encodeURIComponent(cursor)}` : "/api/v1/events");
  connection.value = "connecting";
  source.addEventListener("open", () => {
    connection.value = "live";
  });
  source.addEventListener("change", (event) => {
    const change = JSON.parse((event as MessageEvent<string>).data) as Change;
    cursor = change.cursor;
    for (const listener of listeners) listener(change);
  });
  source.addEventListener("error", () => {
    source?.close();
    connection.value = "lost";
    // A cookie may have run out as well as the server may be gone.
    retry = setTimeout(() => void enter().then(follow), RECONNECT_MILLIS);
  });
}

export function pause() {
  clearTimeout(retry);
  source?.close();
  source = null;
  connection.value = "paused";
}
