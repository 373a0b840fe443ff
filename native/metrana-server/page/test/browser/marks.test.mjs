// What somebody noted while a run went on is a mark on every axis, at the place where the run was at that time.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Logger } from "../data.mjs";
import { startServer } from "../server.mjs";
import { newPage, startBrowser, until } from "./browser.mjs";

const timeout = 60_000;
const RL_STEPS = 20;
const ENVIRONMENTS = 4;
/** Steps of an environment in a step of the training, and steps of the training in an episode. */
const [WITHIN, LENGTH] = [5, 5];
/** How long after its first point something is noted, in steps of the training of a second each. */
const NOTED = 10;

describe("marks", { timeout: 240_000 }, () => {
  let server, browser, run, reward, begin, page, context, complaints;

  before(async () => {
    server = await startServer("--open");
    browser = await startBrowser();
    run = await Logger.open(server.address, { workspace: "lab", project: "noted", run_name: "run" });
    begin = Date.now();
    const [loss] = await run.declare(["loss"]);
    [reward] = await run.declare(["reward"], { scale: "ENVIRONMENT_STEP" });
    const [returns] = await run.declare(["return"], { scale: "EPISODE" });
    for (let step = 0; step < RL_STEPS; step++) {
      const now = begin + step * 1000;
      await run.log(loss, step * 10, [Math.sin(step)], now);
      await run.logEnvironments(reward, step, Array.from({ length: ENVIRONMENTS }, (_, place) => Array(WITHIN).fill(step + place)), Math.floor(step / LENGTH), now);
      if (step % LENGTH === LENGTH - 1) await run.logEpisodes(returns, step, Math.floor(step / LENGTH), Array(ENVIRONMENTS).fill(step), now);
    }
    // A bit later, so that the points of that moment have come.
    await run.attributes({ [`annotation/${begin + NOTED * 1000 + 1}-1-1/text`]: "learning rate lowered" });
  }, { timeout });
  after(async () => {
    run?.leave();
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    ({ page, context, complaints } = await newPage(browser, server.url, { colorScheme: "light" }));
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });

  /** Finds the dashed line on the canvas, and hears of it where the mouse points at it. */
  async function marked(chart, place) {
    const plot = chart.locator(".plot").first();
    await plot.locator("canvas").waitFor();
    await plot.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const column = () => plot.locator(".uplot canvas").evaluate((canvas) => {
      const { width, height } = canvas;
      // A copy, because browsers warn of many looks at one that they draw on.
      const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      const counts = new Array(width).fill(0);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const at = 4 * (y * width + x);
          // The colour of marks is brown, also where half of it covers a line of the grid.
          if (data[at + 3] > 60 && data[at] > data[at + 1] && data[at + 1] > data[at + 2] && data[at] - data[at + 2] > 40) counts[x] += 1;
        }
      }
      const most = Math.max(...counts);
      return most > height / 5 ? (counts.indexOf(most) + counts.lastIndexOf(most) + 1) / 2 / (canvas.width / canvas.clientWidth) : null;
    });
    await until("there is a dashed line", async () => (await column()) !== null);
    const [from, to] = [Number(await plot.getAttribute("data-from")), Number(await plot.getAttribute("data-to"))];
    const [over, canvas] = [await plot.locator(".u-over").boundingBox(), await plot.locator(".uplot canvas").boundingBox()];
    const seen = (await column()) + canvas.x;
    const value = from + ((seen - over.x) / over.width) * (to - from);
    const pixel = (to - from) / over.width;
    assert.ok(Math.abs(value - place) < Math.max(2 * pixel, 0.001), `at ${value} instead of ${place}, of ${from} to ${to}`);
    await page.mouse.move(seen, over.y + over.height / 2);
    await chart.locator(".tooltip").getByText("learning rate lowered").waitFor();
  }

  const about = async () => (await (await page.request.get(`${server.url}/api/v1/runs/${run.id}`)).json());
  const chart = (name) => page.locator(`article.chart[aria-label="${name}"]`);

  for (const [axis, metric, place] of [
    ["step", "loss", NOTED * 10],
    ["rl_step", "reward", NOTED],
    ["episode", "reward", Math.floor(NOTED / LENGTH)],
    ["wall_time", "loss", null],
    ["relative_time", "loss", null],
  ]) {
    test(`a curve along ${axis}`, { timeout }, async () => {
      await page.goto(`${server.url}/?workspace=lab&project=noted&metrics=^${metric}$&x=${axis}`);
      const noted = begin + NOTED * 1000 + 1;
      await marked(chart(metric), place ?? (axis === "wall_time" ? noted : noted - Number((await about()).created_at_millis)));
    });
  }

  for (const [axis, place] of [["rl_step", NOTED], ["episode", Math.floor(NOTED / LENGTH)]]) {
    test(`bands along ${axis}`, { timeout }, async () => {
      await page.goto(`${server.url}/?workspace=lab&project=noted&page=environments&x=${axis}&map=${run.id}&map=${reward}&map=mean`);
      await marked(chart("reward: bands over environments"), place);
    });
  }

  for (const [along, place] of [
    ["steps", (NOTED + 1) * ENVIRONMENTS * WITHIN],
    ["episodes", Math.floor((NOTED + 1) / LENGTH) * ENVIRONMENTS],
    ["rl_step", null],
    ["time", null],
  ]) {
    test(`returns over ${along}`, { timeout }, async () => {
      await page.goto(`${server.url}/?workspace=lab&project=noted&page=environments&returns=return&returns=${along}`);
      await marked(chart("Returns"), place ?? (along === "time" ? begin + NOTED * 1000 + 1 : NOTED));
    });
  }
});
