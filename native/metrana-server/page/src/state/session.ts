import { signal } from "@preact/signals";
import { RequestError } from "../api/request.ts";
import { logIn, readServer } from "../api/runs.ts";
import type { Server } from "../api/types.ts";
import { takeTicket } from "./ticket.ts";

export type Access = "asking" | "given" | "needed" | "unreachable";

/** Whether the server lets this browser read. */
export const access = signal<Access>("asking");
export const server = signal<Server | null>(null);

/** Asks the server who it is, which it tells only to those whom it lets in. */
export async function enter(): Promise<void> {
  const ticket = takeTicket();
  try {
    // One that was used before changes nothing: this browser may have its cookie.
    if (ticket !== null) await logIn({ ticket }).catch(() => undefined);
    server.value = await readServer();
    access.value = "given";
  } catch (error) {
    access.value = error instanceof RequestError && error.status === 401 ? "needed" : "unreachable";
  }
}

/** Exchanges a key for a cookie. Gives what was wrong, or null. */
export async function show(key: string): Promise<string | null> {
  try {
    await logIn({ key });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  await enter();
  return access.peek() === "given" ? null : "The server gave no session. Does the browser refuse its cookie?";
}
