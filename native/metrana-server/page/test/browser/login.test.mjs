import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Logger } from "../data.mjs";
import { startServer } from "../server.mjs";
import { newPage, startBrowser } from "./browser.mjs";

const KEY = "a-key-for-this-test";

test("a server with a key asks for it once, and it is nowhere afterwards", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "metrana-page-"));
  await writeFile(join(folder, "keys"), `${KEY}\n`);
  const server = await startServer("--api-key-file", join(folder, "keys"));
  const browser = await startBrowser();
  try {
    const logger = await Logger.open(server.address, { workspace: "lab", project: "secret", run_name: "run" }, KEY);
    await logger.close();
    const { page, complaints } = await newPage(browser, server.url);
    await page.goto(server.url);
    await page.getByLabel("Key").fill("wrong-key");
    await page.getByRole("button", { name: "Show the runs" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Key").fill(KEY);
    await page.getByRole("button", { name: "Show the runs" }).click();
    await page.getByText("secret").waitFor();
    await page.reload();
    await page.getByText("secret").waitFor();
    const kept = await page.evaluate(() => JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }]));
    assert.ok(!kept.includes(KEY), kept);
    assert.equal(await page.evaluate(() => document.cookie), "", "scripts cannot read the cookie");
    // The browser itself complains of refusals: that is how the page learns that it needs a key.
    assert.deepEqual(complaints.filter((complaint) => !/401/.test(complaint)), []);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true });
  }
});
