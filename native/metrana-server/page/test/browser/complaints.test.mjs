// What people complain of in the pages of other trackers, each as a test named after it: the project and the number of the
// thread. One server, one browser and two projects serve them all.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Logger } from "../data.mjs";
import { startServer } from "../server.mjs";
import { newPage, startBrowser, thorough, until } from "./browser.mjs";

const timeout = 60_000;
const RUNS = 130;
const STEPS = 50;
const METRICS = 300;

describe("complaints about other pages", { timeout: 240_000 }, () => {
  let server, browser, page, context, complaints, many, wide;

  before(async () => {
    server = await startServer("--open");
    browser = await startBrowser();
    many = [];
    for (let run = 0; run < RUNS; run++) {
      const logger = await Logger.open(server.address, { workspace: "lab", project: "many", run_name: `run-${run}` });
      await logger.attributes({ "config/lr": run % 2, "config/model": run % 4 < 2 ? "small" : "large" });
      const [loss, other] = await logger.declare(["loss", "other"]);
      await logger.log(loss, 0, Array.from({ length: STEPS }, () => run));
      await logger.log(other, 0, [1, 2, 3]);
      many.push({ logger, loss });
    }
    wide = await Logger.open(server.address, { workspace: "lab", project: "wide", run_name: "run" });
    const series = await wide.declare(Array.from({ length: METRICS }, (_, metric) => `layer-${metric % 10}/weight-${metric}`));
    await wide.send({ series: series.map((id) => ({ series_id: id, point_batches: [{ first_step: "0", values: [1, 2], timestamp_millis: "1" }] })) });
  }, { timeout });
  after(async () => {
    for (const { logger } of many ?? []) logger.leave();
    wide?.leave();
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    ({ page, context, complaints } = await newPage(browser, server.url));
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });

  const open = (project, more = "") => page.goto(`${server.url}/?workspace=lab&project=${project}${more}`);
  const chart = (metric) => page.locator(`article.chart[aria-label="${metric}"]`);
  const drawn = (metric, count) => until(`${metric} has ${count} points`, async () => {
    const now = await chart(metric).locator(".plot").getAttribute("data-points");
    return now === String(count) || now;
  });
  const lines = (metric, count) => until(`${metric} has ${count} lines`, async () => {
    const now = await chart(metric).locator(".plot").getAttribute("data-lines");
    return now === String(count) || now;
  });
  const nodes = () => page.evaluate(() => document.querySelectorAll("*").length);

  test("trackio#573: all runs selected, and each tick fetches and builds everything anew", { timeout }, async () => {
    await open("many", "&runs=all");
    await drawn("loss", RUNS * STEPS);
    await chart("loss").locator("canvas").evaluate((canvas) => (canvas.isTheSame = true));
    const asked = [];
    page.on("request", (request) => request.url().endsWith("/buckets") && asked.push(JSON.parse(request.postData())));
    await many[3].logger.log(many[3].loss, STEPS, [3]);
    await drawn("loss", RUNS * STEPS + 1);
    assert.deepEqual(asked.flatMap(({ series }) => series.map(({ run }) => run)).filter((run) => run !== many[3].logger.id), [], "other runs are not asked for");
    assert.ok(asked.every(({ from }) => from > 0), "nor what lies far back");
    assert.equal(await chart("loss").locator("canvas").evaluate((canvas) => canvas.isTheSame), true, "the chart is the one that was there");
  });

  test("mlflow#2719, #21841, pluto-server#366: more than a hundred runs lag, and the page grows with them", { timeout }, async () => {
    await open("many", "&runs=all");
    await page.locator(".plot[data-points] canvas").first().waitFor();
    const all = await nodes();
    assert.ok(all < 800, `${all} elements for ${RUNS} runs`);
    await chart("loss").locator(".u-over").hover();
    await chart("loss").locator(".tooltip").getByText(/and \d+ more/).waitFor();
  });

  test("mlflow#24012, tensorboard#2310: charts out of sight are made, and the browser gives up", { timeout }, async () => {
    await open("wide");
    await page.locator("article.chart .uplot").first().waitFor();
    const { canvases, cards, inSight } = await page.evaluate(() => ({
      canvases: document.querySelectorAll("canvas").length,
      cards: document.querySelectorAll("article.chart").length,
      inSight: [...document.querySelectorAll("article.chart")].filter((card) => card.getBoundingClientRect().top < innerHeight + 400).length,
    }));
    assert.ok(canvases <= inSight && cards > canvases * 2, `${canvases} canvases of ${cards} charts, ${inSight} in sight`);
  });

  thorough("aim#1897, #2753, wandb#504: a project with many metrics is slow", { timeout }, async () => {
    await open("wide");
    await page.locator("article.chart .uplot").first().waitFor();
    const some = await page.locator("article.chart").count();
    assert.ok(some <= 120, `${some} frames at first`);
    await page.getByRole("button", { name: /Show more sections/ }).scrollIntoViewIfNeeded();
    await until("more comes when one scrolls there", async () => (await page.locator("article.chart").count()) > some);
    await open("wide", "&metrics=weight-29[0-9]");
    await until("only the metrics that match have charts", async () => (await page.locator("article.chart").count()) === 10);
    await page.getByRole("searchbox", { name: "Filter metrics" }).fill("^layer-3/weight-(3|13)$");
    await until("names are matched whole", async () => (await page.locator("article.chart").count()) === 2);
  });

  test("wandb#3404, #6672: a group takes a hundred of its runs only", { timeout }, async () => {
    await open("many", "&runs=all&group=config/lr");
    await chart("loss").locator(".u-over").hover();
    await chart("loss").locator(".tooltip").getByText(`lr: 0 (${RUNS / 2})`).waitFor();
    await chart("loss").locator(".tooltip").getByText(`lr: 1 (${RUNS / 2})`).waitFor();
  });

  thorough("wandb#5634: no standard deviation of a group", { timeout }, async () => {
    await open("many", "&runs=all&group=config/lr&spread=deviation&metrics=loss");
    await lines("loss", 2);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "loss as CSV" }).click({ force: true });
    const row = (await readFile(await (await coming).path(), "utf8")).split("\r\n").find((row) => row.startsWith("lr: 0")).split(",").slice(-4, -1).map(Number);
    const values = Array.from({ length: RUNS / 2 }, (_, index) => 2 * index);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    for (const [index, value] of [mean - deviation, mean + deviation, mean].entries()) assert.ok(Math.abs(row[index] - value) < 1e-3, `${row} and ${mean} ± ${deviation}`);
  });

  test("wandb#2680, #1355: one key groups, and runs and their mean are not seen together", { timeout }, async () => {
    await open("many", "&runs=all&metrics=loss");
    await page.getByRole("combobox", { name: "Group by" }).selectOption("config/lr");
    await lines("loss", 2);
    await page.getByRole("combobox", { name: "Group by" }).selectOption("config/model");
    await lines("loss", 4);
    await page.getByLabel("Runs, too").check();
    await lines("loss", 4 + RUNS);
    await page.getByRole("button", { name: "Do not group by model" }).click();
    await lines("loss", 2 + RUNS);
    await page.waitForURL(/group=config%2Flr&.*members=1/);
  });

  thorough("wandb#2870: filters are lost", { timeout }, async () => {
    await open("many", "&find=^run-1[0-2].$&metrics=^loss$&runs=all&smooth=0.5&log=1");
    await drawn("loss", 30 * STEPS);
    await page.reload();
    await drawn("loss", 30 * STEPS);
    assert.equal(await page.getByLabel("Smoothing").inputValue(), "0.5");
    assert.equal(await page.getByRole("checkbox", { name: "Log y" }).isChecked(), true);
  });

  thorough("wandb#5681: columns of a comparison cannot be searched", { timeout }, async () => {
    await open("many", "&page=compare");
    await page.getByRole("row", { name: /^config\/model/ }).waitFor();
    await page.getByRole("searchbox", { name: "Filter rows" }).fill("lr$");
    await until("one row is left", async () => (await page.getByRole("region", { name: "Attributes" }).locator("tbody tr").count()) === 1);
  });

  thorough("trackio#363: the latest run is hard to find", { timeout }, async () => {
    await open("many");
    await drawn("loss", 10 * STEPS);
    await page.getByRole("button", { name: "Latest" }).click();
    await drawn("loss", STEPS);
    assert.equal(await page.getByRole("checkbox", { name: `Show run-${RUNS - 1}` }).isChecked(), true);
  });

  thorough("pluto-server#466: elements and listeners that are left behind while runs are live", { timeout }, async () => {
    const id = many[5].logger.id;
    await open("many", `&runs=${id}`);
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.enable");
    let points = Number(await chart("loss").locator(".plot[data-points]").getAttribute("data-points"));
    const tick = async (count) => {
      for (let at = 0; at < count; at++) {
        await many[5].logger.log(many[5].loss, points, [5]);
        points += 1;
        await drawn("loss", points);
      }
      await session.send("HeapProfiler.collectGarbage");
      return session.send("Memory.getDOMCounters");
    };
    const before = await tick(3);
    const behind = await tick(12);
    assert.ok(behind.nodes <= before.nodes + 10, `${before.nodes} nodes became ${behind.nodes}`);
    assert.ok(behind.jsEventListeners <= before.jsEventListeners + 5, `${before.jsEventListeners} listeners became ${behind.jsEventListeners}`);
  });

  test("aim#3135, #3215: a list of many runs is slow, with a question for each", { timeout }, async () => {
    const asked = [];
    page.on("request", (request) => request.url().includes("/api/v1/") && asked.push(new URL(request.url()).pathname));
    await open("many", "&runs=all&metrics=^loss$");
    await lines("loss", RUNS);
    for (const path of ["/api/v1/runs", "/api/v1/series"]) assert.ok(asked.filter((one) => one === path).length <= 3, `${path}: ${asked.join(" ")}`);
    assert.ok(asked.length < 20, `${asked.length} questions for ${RUNS} runs: ${asked.join(" ")}`);
    assert.ok((await page.locator(".run").count()) < 50, "only rows in sight are made");
    await page.getByRole("searchbox", { name: "Filter runs" }).fill("run-12$");
    await until("the list follows the filter", async () => (await page.locator(".run").allTextContents()).every((text) => text.startsWith("run-12")) && (await page.locator(".run").count()) === 1);
    await drawn("loss", STEPS);
  });

  test("stable-baselines hill-a#450, DLR-RM#462, rl-baselines3-zoo#491, bluesky-gym#48: environments are seen as their mean only", { timeout }, async () => {
    const logger = await Logger.open(server.address, { workspace: "lab", project: "worlds", run_name: "run" });
    const [reward] = await logger.declare(["reward"], { scale: "ENVIRONMENT_STEP" });
    // All alike but one, which a mean would hide.
    for (let step = 0; step < 10; step++) await logger.logEnvironments(reward, step, Array.from({ length: 8 }, (_, environment) => Array(4).fill(environment === 5 ? -7 : 1)), 0);
    await open("worlds", "&page=environments");
    const map = page.locator('canvas.heat[data-cells="80"]');
    await map.waitFor();
    const told = async (row) => {
      const box = await map.boundingBox();
      await map.hover({ position: { x: box.width / 2, y: (box.height * (row + 0.5)) / 8 } });
      return page.locator("output.pointed").textContent();
    };
    assert.match(await told(5), /^env-5, step \d: −7$/);
    assert.match(await told(4), /^env-4, step \d: 1$/);
    await map.click({ position: { x: 50, y: ((await map.boundingBox()).height * 5.5) / 8 } });
    await page.getByRole("group", { name: "Environment env-5" }).locator(".uplot").waitFor();
    await page.getByRole("group", { name: "Episode 0 of env-5" }).locator('.plot[data-steps="40"]').waitFor();
    await logger.close();
  });

  test("trackio#6: a zoom holds for one chart only", { timeout }, async () => {
    await open("many", "&metrics=loss|other");
    await drawn("loss", 10 * STEPS);
    await chart("loss").getByRole("img", { name: "loss: curves" }).focus();
    await page.keyboard.press("+");
    const stretch = (metric) => chart(metric).locator(".plot").evaluate(({ dataset: { from, to } }) => `${from} ${to}`);
    await until("both are zoomed alike", async () => (await stretch("loss")) === (await stretch("other")) && (await stretch("loss")) !== `0 ${STEPS - 1}`);
  });

  test("trackio#646, #647: smoothing has a coarse range, and leans towards where a curve began", { timeout }, async () => {
    const { logger } = many[0];
    const [jump] = await logger.declare(["jump"]);
    await logger.log(jump, 0, [0, ...Array(400).fill(10)]);
    await open("many", `&metrics=jump&runs=${logger.id}`);
    await drawn("jump", 401);
    const slider = page.getByLabel("Smoothing");
    assert.deepEqual(await slider.evaluate(({ min, max, step }) => [min, max, step]), ["0", "0.99", "0.01"]);
    await slider.fill("0.99");
    const box = await chart("jump").locator(".u-over").boundingBox();
    await page.mouse.move(box.x + box.width * 0.1, box.y + 40);
    // A moving mean from the first value on would have come to 3.3 of 10 by there.
    await until("it has left its beginning", async () => Number(await chart("jump").locator(".nearest .value").first().textContent()) > 9);
  });
});
