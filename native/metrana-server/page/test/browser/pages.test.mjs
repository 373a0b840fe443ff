// The pages beside the charts: what they say, and that everybody can use them.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Logger } from "../data.mjs";
import { startServer } from "../server.mjs";
import { STEPS, tell } from "../story.mjs";
import { newPage, thorough, until } from "./browser.mjs";
import { desk } from "./desk.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const timeout = 60_000;

/** No serious finding on what is seen now. */
async function usable(page) {
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]), []);
}

describe("pages", { timeout: 300_000 }, () => {
  const it = desk("walker", tell, { bypassCSP: true });

  test("charts in view are one question about their buckets", { timeout }, async () => {
    const asked = [];
    it.page.on("requestfinished", (request) => request.url().endsWith("/buckets") && asked.push(JSON.parse(request.postData())));
    await it.open(`&metrics=^(train/|speed)&runs=${it.told.first.id}`);
    for (const [metric, points] of Object.entries({ "train/loss": STEPS, "train/entropy": STEPS, "train/broken": STEPS - 3, speed: STEPS })) await it.drawn(metric, points);
    const whole = asked.filter(({ buckets }) => buckets > 1);
    assert.deepEqual(whole.map(({ series }) => series.length), [4], JSON.stringify(asked));
  });

  test("tags, and the last, the least and the greatest value of a metric are compared", { timeout }, async () => {
    await it.open("&page=compare");
    const tags = it.page.getByRole("row", { name: /^sys\/tags/ });
    await tags.waitFor();
    assert.deepEqual(await tags.getByRole("cell").allTextContents(), ["sweep, wide", "sweep, wide", "baseline"]);
    const speed = it.page.getByRole("row", { name: /^eval\/score/ }).getByRole("cell");
    await until("values are there", async () => /min/.test(await speed.first().textContent()));
    for (const text of await speed.allTextContents()) {
      const [, last, least, greatest] = /^([\d.]+) min ([\d.]+), max ([\d.]+)$/.exec(text).map(Number);
      assert.ok(least <= last && last <= greatest && least < greatest && last > 80, text);
    }
  });

  thorough("what a comparison leaves out it says, and shows when it is asked", { timeout }, async () => {
    const loggers = await Promise.all(Array.from({ length: 60 }, (_, run) => Logger.open(it.server.address, { workspace: "lab", project: "crowd", run_name: `run-${run}` })));
    const names = Array.from({ length: 150 }, (_, metric) => `m-${String(metric).padStart(3, "0")}`);
    for (const logger of loggers) {
      const series = await logger.declare(names);
      await logger.send({ series: series.map((id) => ({ series_id: id, point_batches: [{ first_step: "0", values: [1], timestamp_millis: "1" }] })) });
    }
    await it.open("&page=compare&runs=all", "crowd");
    await it.page.getByText("The first 50 of 60 runs have a column.").waitFor();
    const values = it.page.getByRole("region", { name: "Values" });
    const rows = () => values.locator("tbody tr").count();
    await it.page.getByRole("button", { name: /Show more metrics/ }).scrollIntoViewIfNeeded();
    await until("every metric has a row", async () => (await rows()) === 150 || rows());
    await it.page.getByRole("button", { name: "Show more runs" }).click();
    await until("every run has a column", async () => (await values.locator("thead th").count()) === 61);
    await until("with a value in each", async () => (await values.locator("tbody td.number").count()) === 150 * 60);
    await it.open("&page=health&runs=all", "crowd");
    await it.page.getByRole("button", { name: /Show more runs/ }).scrollIntoViewIfNeeded();
    await until("health has more when one scrolls there", async () => (await it.page.locator(".health section").count()) > 20);
    for (const logger of loggers) logger.leave();
  });

  test("the heat map has the least and the greatest of a cell", { timeout }, async () => {
    await it.open(`&page=environments&runs=${it.told.first.id}`);
    await it.page.locator("canvas.heat").waitFor();
    const span = async () => /from (−?[\d.]+) to (−?[\d.]+)/.exec(await it.page.locator("canvas.heat").getAttribute("aria-label")).slice(1).map((text) => Number(text.replace("−", "-")));
    const mean = await span();
    /** The least and the greatest cell of all, as soon as others are read. */
    const read = async (measure, before) => {
      await it.page.getByLabel("Of each cell the").selectOption(measure);
      await until(`${measure} is shown`, async () => (await span()).join() !== before.join());
      return span();
    };
    const least = await read("min", mean);
    const greatest = await read("max", least);
    assert.ok(least[0] < mean[0] && mean[0] < greatest[0] && least[1] < mean[1] && mean[1] < greatest[1], JSON.stringify({ least, mean, greatest }));
  });

  thorough("a project is deleted after a warning, and everybody can do it", { timeout }, async () => {
    const logger = await Logger.open(it.server.address, { workspace: "lab", project: "doomed", run_name: "run" });
    await logger.log((await logger.declare(["loss"]))[0], 0, [1, 2]);
    await logger.close();
    await it.page.goto(it.server.url);
    await it.page.getByRole("button", { name: "More about doomed" }).click({ force: true });
    await it.page.getByRole("button", { name: "Delete…" }).click();
    await it.page.getByText("with all its runs and their 2 points").waitFor();
    await usable(it.page);
    await it.page.getByRole("button", { name: "Keep it" }).click();
    assert.equal(await it.page.getByRole("alert").count(), 0);
    await it.page.getByRole("button", { name: "Delete…" }).click();
    await it.page.getByRole("button", { name: "Delete for good" }).click();
    await until("it is gone", async () => (await it.page.getByRole("button", { name: "More about doomed" }).count()) === 0);
    const { projects } = await (await it.page.request.get(`${it.server.url}/api/v1/projects`)).json();
    assert.ok(projects.every(({ project }) => project !== "doomed"));
  });

  thorough("everybody can use it: a run's dialog, the full screen, an episode, a comparison with what it leaves out", { timeout }, async () => {
    await it.open();
    await it.page.getByRole("button", { name: "More about baseline" }).click({ force: true });
    await it.page.getByRole("dialog").waitFor();
    await usable(it.page);
    await it.open(`&full=${encodeURIComponent("train/loss|ML_STEP")}`);
    await it.page.locator(".full .uplot").waitFor();
    await usable(it.page);
    const { series } = await (await it.page.request.get(`${it.server.url}/api/v1/runs/${it.told.first.id}/series`)).json();
    const reward = series.find(({ metric }) => metric === "rollout/reward").id;
    await it.open(`&page=environments&runs=${it.told.first.id}&map=${it.told.first.id}&map=${reward}&map=mean&environment=env-3&episode=2`);
    await it.page.getByRole("group", { name: "Episode 2 of env-3" }).locator(".uplot").waitFor();
    await usable(it.page);
  });

  thorough("everybody can use it: the login, first steps, and a server that is gone", { timeout }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "metrana-page-"));
    await writeFile(join(folder, "keys"), "a-key-for-this-test\n");
    const [locked, empty] = [await startServer("--api-key-file", join(folder, "keys")), await startServer("--open")];
    let isThere = true;
    try {
      // The browser itself complains of refusals and of a server that is gone.
      const { page, context } = await newPage(it.browser, locked.url, { bypassCSP: true });
      await page.goto(locked.url);
      await page.getByLabel("Key").waitFor();
      await usable(page);
      await context.close();
      const other = await newPage(it.browser, empty.url, { bypassCSP: true });
      await other.page.goto(empty.url);
      await other.page.getByText("Run.StartAsync").waitFor();
      await usable(other.page);
      await empty.stop();
      isThere = false;
      await other.page.getByRole("heading", { name: "The server does not answer" }).waitFor();
      await usable(other.page);
      await other.context.close();
    } finally {
      await locked.stop();
      if (isThere) await empty.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("health tells what room a run takes, and what came twice", { timeout }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "metrana-page-"));
    const kept = await startServer("--data", folder, "--open");
    try {
      const logger = await Logger.open(kept.address, { workspace: "lab", project: "kept", run_name: "run" });
      const [loss] = await logger.declare(["loss"]);
      await logger.log(loss, 0, Array.from({ length: 2000 }, (_, step) => Math.sin(step)));
      const again = { logger_session_id: "7", sequence_number: "256", series: [{ series_id: loss, point_batches: [{ first_step: "5000", values: [1], timestamp_millis: String(Date.now()) }] }] };
      await logger.send(again);
      await logger.send(again);
      await logger.close();
      const other = await newPage(it.browser, kept.url);
      await other.page.goto(`${kept.url}/?workspace=lab&project=kept&page=health`);
      const figure = (name) => other.page.locator(".tiles div", { has: other.page.locator("dt", { hasText: new RegExp(`^${name}$`) }) }).locator("dd").textContent();
      await other.page.locator(".tiles").waitFor();
      assert.equal(await figure("Sent again"), "1");
      assert.equal(await figure("Points"), "2 001");
      await until("it has room on disk", async () => /^[\d.]+ (B|kB)$/.test(await figure("On disk")) || figure("On disk"));
      assert.deepEqual(other.complaints, []);
      await other.context.close();
    } finally {
      await kept.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    }
  });

  thorough("a run that nobody hears of any more has lost contact, in the list and in its health", { timeout: 150_000 }, async () => {
    const logger = await Logger.open(it.server.address, { workspace: "lab", project: "silent", run_name: "run" });
    await logger.log((await logger.declare(["loss"]))[0], 0, [1]);
    logger.leave();
    const status = async () => (await (await it.page.request.get(`${it.server.url}/api/v1/runs/${logger.id}`)).json()).status;
    // The server waits for a minute.
    for (let looks = 0; looks < 90 && (await status()) !== "lost_contact"; looks++) await new Promise((done) => setTimeout(done, 1000));
    await it.open("&page=health", "silent");
    await it.page.locator(".health .status.lost_contact", { hasText: "Lost contact" }).waitFor();
    await it.page.locator(".run .status.lost_contact", { hasText: "Lost contact" }).waitFor();
    await it.page.locator(".health").getByText(/last contact \d+ (s|min) ago/).waitFor();
  });
});
