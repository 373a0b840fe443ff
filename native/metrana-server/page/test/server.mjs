// A server of the tests, from this checkout, on a port of its own.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const binary = process.env.METRANA_SERVER ?? join(import.meta.dirname, "../../../../target/debug/metrana-server");
const DEADLINE_MILLIS = 20_000;
/** Every end of a stream is a line of the server's log, and there are thousands. SERVER_LOG=1 shows them. */
const LOG = process.env.SERVER_LOG ? "inherit" : "ignore";

/** Starts one: in memory, unless the options name its data. */
export async function startServer(...options) {
  if (!existsSync(binary)) throw new Error(`${binary} does not exist: cargo build -p metrana-server`);
  const kept = options.includes("--data") ? [] : ["--in-memory"];
  const process = spawn(binary, [...kept, "--listen", "127.0.0.1:0", ...options], { stdio: ["ignore", "pipe", LOG] });
  const line = await new Promise((done, fail) => {
    let text = "";
    const timer = setTimeout(() => fail(new Error("the server did not start")), DEADLINE_MILLIS);
    process.on("exit", (code) => fail(new Error(`the server ended with ${code}`)));
    process.stdout.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("\n")) return;
      clearTimeout(timer);
      done(text.slice(0, text.indexOf("\n")));
    });
  });
  const { http } = JSON.parse(line);
  return {
    url: http.replace(/\/$/, ""),
    address: new URL(http).host,
    /** Ends it, and waits until it has. */
    stop: () => new Promise((done) => {
      process.removeAllListeners("exit");
      process.on("exit", done);
      process.kill();
    }),
  };
}
