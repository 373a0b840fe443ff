import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smallPng } from "../small-png.mjs";
import { newPage, startBrowser, thorough, until } from "./browser.mjs";

const root = join(import.meta.dirname, "../../../../..");

/** The first address that a program prints, while it goes on. */
function addressOf(program) {
  return new Promise((done, fail) => {
    let said = "";
    const look = (chunk) => {
      said += chunk;
      const address = /http:\/\/\S+/.exec(said);
      if (address) done(address[0]);
    };
    program.stdout.on("data", look);
    program.stderr.on("data", look);
    program.on("exit", () => fail(new Error(`it printed no address: ${said}`)));
  });
}

// With PICTURES=FOLDER it also makes the README's picture.
thorough("a click on the address that the sample prints shows curves that grow while it trains", { timeout: 900_000 }, async () => {
  const data = await mkdtemp(join(tmpdir(), "metrana-sample-"));
  const sample = spawn("dotnet", ["run", "--project", join(root, "samples/VectorEnv")], { env: { ...process.env, METRANA_SERVER_DATA: data } });
  const ended = new Promise((done) => sample.on("exit", done));
  const browser = await startBrowser();
  try {
    const address = await addressOf(sample);
    const { page, complaints } = await newPage(browser, new URL(address).origin, { viewport: { width: 1280, height: 700 } });
    await page.goto(address);
    const points = async () => Number(await page.locator(".plot[data-points]").first().getAttribute("data-points"));
    await page.locator(".plot[data-points] canvas").first().waitFor();
    const before = await points();
    await until("the curve grows", async () => (await points()) > before || (await points()));
    assert.equal(sample.exitCode, null, "it still trains");
    assert.equal(await ended, 0);
    await page.getByText("Finished").waitFor();
    if (process.env.PICTURES) {
      await page.waitForFunction(() => !document.querySelector('[data-loading="true"]'));
      const picture = await page.screenshot();
      await writeFile(join(process.env.PICTURES, "page-sample.png"), await smallPng(await browser.newPage(), picture));
    }
    assert.deepEqual(complaints, []);
  } finally {
    sample.kill();
    await browser.close();
    const { pid } = JSON.parse(await readFile(join(data, "server.json"), "utf8").catch(() => "{}"));
    if (pid) process.kill(pid);
    await rm(data, { recursive: true, force: true, maxRetries: 20 });
  }
});
