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
    server.value = await readServer().catch((error: unknown) => comeIn(error, ticket));
    access.value = "given";
  } catch (error) {
    access.value = isRefused(error) ? "needed" : "unreachable";
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

const isRefused = (error: unknown) => error instanceof RequestError && error.status === 401;

/** Asks again with a cookie: for a ticket, or because the server knows its user's browsers. */
async function comeIn(error: unknown, ticket: string | null): Promise<Server> {
  if (!isRefused(error)) throw error;
  try {
    await logIn(ticket === null ? {} : { ticket });
  } catch (refused) {
    // A ticket that was used before says nothing about the user.
    if (ticket === null || !isRefused(refused)) throw refused;
    await logIn({});
  }
  return readServer();
}
