// A browser whose every complaint, and every request to elsewhere, fails the test that used it.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const PATIENCE = 10_000;

export async function startBrowser() {
  const executablePath = PLACES.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("no browser: apt-get install chromium, or name one in CHROMIUM");
  // Without a sandbox because tests run as root in containers; the only pages are those of the server under test.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"] });
}

/** A page, and what it did that it should not have done. */
export async function newPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true, ...options });
  // To try a change of the page without a new server: its files come from dist/, under the server's own headers.
  if (process.env.PAGE_FROM_DIST) {
    for (const [path, file] of Object.entries({ "/": "index.html", "/page.js": "page.js", "/page.css": "page.css" })) {
      await context.route((asked) => asked.origin === url && asked.pathname === path, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: await readFile(join(import.meta.dirname, "../../dist", file)) });
      });
    }
  }
  const page = await context.newPage();
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
