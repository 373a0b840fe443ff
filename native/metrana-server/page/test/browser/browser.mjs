// A browser whose every complaint, and every request to elsewhere, fails the test that used it.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** A shared machine may be slow for a while. */
export const PATIENCE = 20_000;

/** A test that the short form leaves out. */
export const thorough = (name, options, run) => test(name, { ...options, skip: process.env.PAGE_TESTS === "short" && "not in the short form" }, run);

export async function startBrowser() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("no browser: apt-get install chromium, or name one in CHROMIUM");
  // Without a sandbox because tests run as root in containers; the only pages are those of the server under test.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"] });
}

/** A page, and what it did that it should not have done. */
export async function newPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  if (process.env.PAGE_FROM_DIST) await serveDist(context, page, url);
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.stack}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url && protocol !== "blob:" && protocol !== "data:") complaints.push(`request to elsewhere: ${request.url()}`);
  });
  return { page, context, complaints };
}

/**
 * To try a change of the page without a new server: its files come from dist/, under the server's own headers. By the browser's
 * own protocol, because with Playwright's routes every request of the page makes a detour, and figures would be wrong.
 */
async function serveDist(context, page, url) {
  const files = { "/": "index.html", "/page.js": "page.js", "/page.css": "page.css" };
  const session = await context.newCDPSession(page);
  session.on("Fetch.requestPaused", async ({ requestId, request, responseStatusCode, responseHeaders }) => {
    const file = responseStatusCode === 200 && files[new URL(request.url).pathname];
    if (!file) return session.send("Fetch.continueRequest", { requestId }).catch(() => undefined);
    const body = await readFile(join(import.meta.dirname, "../../dist", file));
    const headers = responseHeaders.filter(({ name }) => !/^(content-length|etag)$/i.test(name));
    await session.send("Fetch.fulfillRequest", { requestId, responseCode: 200, responseHeaders: headers, body: body.toString("base64") }).catch(() => undefined);
  });
  const patterns = [`${url}/`, `${url}/?*`, ...Object.keys(files).slice(1).map((path) => url + path)];
  // A question mark in a pattern stands for any character.
  await session.send("Fetch.enable", { patterns: patterns.map((urlPattern) => ({ urlPattern, requestStage: "Response" })) });
}

/** Looks again and again until it is so. */
export async function until(what, look) {
  const deadline = Date.now() + PATIENCE;
  let last;
  for (;;) {
    last = await look();
    if (last === true) return;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${PATIENCE} ms, at last ${JSON.stringify(last)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
