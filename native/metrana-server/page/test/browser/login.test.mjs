import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Logger } from "../data.mjs";
import { startServer } from "../server.mjs";
import { newPage, startBrowser } from "./browser.mjs";

const KEY = "a-key-for-this-test";

/** Has a run on a server that asks for a key, and a browser. */
async function withServer(options, keyOf, look) {
  const folder = await mkdtemp(join(tmpdir(), "metrana-page-"));
  await writeFile(join(folder, "keys"), `${KEY}\n`);
  const server = await startServer(...options(folder));
  const browser = await startBrowser();
  try {
    const key = await keyOf(folder);
    const logger = await Logger.open(server.address, { workspace: "lab", project: "secret", run_name: "run" }, key);
    await logger.close();
    const { page, complaints } = await newPage(browser, server.url);
    await look(page, server, key);
    // The browser itself complains of refusals: that is how the page learns that it needs a key.
    assert.deepEqual(complaints.filter((complaint) => !/401/.test(complaint)), []);
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

const withKey = (look) => withServer((folder) => ["--api-key-file", join(folder, "keys")], () => KEY, look);

test("a server with a key asks for it once, and it is nowhere afterwards", { timeout: 60_000 }, () =>
  withKey(async (page, server) => {
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
  }));

test("the address that a run prints shows its curves to the server's user, who is asked for nothing", { timeout: 60_000 }, () =>
  withServer((folder) => ["--data", folder], async (folder) => (await readFile(join(folder, "token"), "utf8")).trim(), async (page, server) => {
    await page.goto(`${server.url}/?workspace=lab&project=secret`);
    await page.getByText("run", { exact: true }).first().waitFor();
    assert.equal(await page.locator(".login").count(), 0);
  }));

test("a ticket behind the address lets one browser in, and is gone from the address", { timeout: 60_000 }, () =>
  withKey(async (page, server) => {
    const answer = await fetch(`${server.url}/api/v1/session/ticket`, { method: "POST", headers: { authorization: `Bearer ${KEY}` } });
    const { ticket } = await answer.json();
    await page.goto(`${server.url}/?workspace=lab&project=secret#ticket=${ticket}`);
    await page.getByText("run", { exact: true }).first().waitFor();
    assert.ok(!page.url().includes(ticket), page.url());
    await page.reload();
    await page.getByText("run", { exact: true }).first().waitFor();
    await page.context().clearCookies();
    await page.goto(`${server.url}/#ticket=${ticket}`);
    await page.getByLabel("Key").waitFor();
  }));
