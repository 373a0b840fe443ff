// What a file of tests works with: one server, one browser, and for each test a page that must not complain.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach } from "node:test";
import { startServer } from "../server.mjs";
import { newPage, startBrowser, until } from "./browser.mjs";

const timeout = 60_000;

/** @param fill Logs what the tests look at; what it gives is `told`. */
export function desk(project, fill, options = {}) {
  const it = {
    open: (more = "", of = project) => it.page.goto(`${it.server.url}/?workspace=lab&project=${of}${more}`),
    chart: (name) => it.page.locator(`article.chart[aria-label="${name}"]`),
    plot: (name) => it.chart(name).locator(".plot"),
    drawn: (name, points) => until(`${name} has ${points} points`, async () => {
      const now = await it.plot(name).getAttribute("data-points");
      return now === String(points) || now;
    }),
    /** From where to where a chart goes. */
    stretch: async (name) => Promise.all(["data-from", "data-to"].map(async (end) => Number(await it.plot(name).getAttribute(end)))),
    /** Presses a button that saves something, and reads what was saved. */
    saved: async (button, encoding) => {
      const coming = it.page.waitForEvent("download");
      await button.click({ force: true });
      return readFile(await (await coming).path(), encoding);
    },
    /** Points the mouse at a share of a plot's width. */
    point: async (name, share, height = 0.5) => {
      // Another axis makes another one.
      let box = null;
      await until("there is a plot", async () => (box = await it.chart(name).locator(".u-over").boundingBox()) !== null);
      await it.page.mouse.move(box.x + box.width * share, box.y + box.height * height);
    },
    /** The pixels of a canvas: a copy, because browsers warn of many looks at one that they draw on. */
    pixels: (canvas) => canvas.evaluateHandle((canvas) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      return copy.getImageData(0, 0, canvas.width, canvas.height);
    }),
  };
  before(async () => {
    it.server = await startServer("--open");
    it.browser = await startBrowser();
    it.told = await fill(it.server.address);
  }, { timeout });
  after(async () => {
    await it.browser?.close();
    await it.server?.stop();
  });
  beforeEach(async () => {
    Object.assign(it, await newPage(it.browser, it.server.url, options));
  });
  afterEach(async () => {
    await it.context.close();
    assert.deepEqual(it.complaints, []);
  });
  return it;
}
