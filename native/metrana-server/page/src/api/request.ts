/** What the server refused, or that it could not be reached. */
export class RequestError extends Error {
  /** @param status The HTTP status; 0 when there was no answer. */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Asks the server, and throws a RequestError with the server's own words when it refuses. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestError(0, "The server does not answer.");
  }
  if (response.ok) return response;
  throw new RequestError(response.status, await reason(response));
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request(path, signal ? { signal } : {})).json() as Promise<T>;
}

export function sendJson(method: "POST" | "PUT" | "PATCH", path: string, body: unknown, more: RequestInit = {}) {
  const headers = { "content-type": "application/json", ...(more.headers as Record<string, string> | undefined) };
  return request(path, { ...more, method, headers, body: JSON.stringify(body) });
}

async function reason(response: Response): Promise<string> {
  const text = await response.text().catch(() => "");
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === "string") return error;
  } catch {
    // Not the server's own words: a proxy's, perhaps.
  }
  return `The server answered ${response.status}.`;
}
