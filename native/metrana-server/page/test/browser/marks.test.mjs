// What somebody noted while a run went on is a mark on every axis, at the place where the run was at that time.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Logger } from "../data.mjs";
import { thorough, until } from "./browser.mjs";
import { desk } from "./desk.mjs";

const timeout = 60_000;
const RL_STEPS = 20;
const ENVIRONMENTS = 4;
/** Steps of an environment in a step of the training, and steps of the training in an episode. */
const [WITHIN, LENGTH] = [5, 5];
/** How long after its first point something is noted, in steps of the training of a second each. */
const NOTED = 10;

/** A run whose points came a second apart, and a note of something that happened in between. */
async function tell(address) {
  const run = await Logger.open(address, { workspace: "lab", project: "noted", run_name: "run" });
  const begin = Date.now();
  const [loss] = await run.declare(["loss"]);
  const [reward] = await run.declare(["reward"], { scale: "ENVIRONMENT_STEP" });
  const [returns] = await run.declare(["return"], { scale: "EPISODE" });
  for (let step = 0; step < RL_STEPS; step++) {
    const [now, episode] = [begin + step * 1000, Math.floor(step / LENGTH)];
    await run.log(loss, step * 10, [Math.sin(step)], now);
    await run.logEnvironments(reward, step, Array.from({ length: ENVIRONMENTS }, (_, place) => Array(WITHIN).fill(step + place)), episode, now);
    if (step % LENGTH === LENGTH - 1) await run.logEpisodes(returns, step, episode, Array(ENVIRONMENTS).fill(step), now);
  }
  const noted = begin + NOTED * 1000 + 1;
  await run.attributes({ [`annotation/${noted}-1-1/text`]: "learning rate lowered" });
  await run.close();
  return { id: run.id, reward, noted };
}

describe("marks", { timeout: 240_000 }, () => {
  const it = desk("noted", tell, { colorScheme: "light" });

  /** Finds the dashed line on the canvas, and hears of it where the mouse points at it. */
  async function marked(chart, place) {
    const plot = chart.locator(".plot").first();
    await plot.locator("canvas").waitFor();
    await plot.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const column = async () => (await it.pixels(plot.locator(".uplot canvas"))).evaluate(({ data, width, height }) => {
      const counts = new Array(width).fill(0);
      for (let at = 0; at < data.length; at += 4) {
        // The colour of marks is brown, also where half of it covers a line of the grid.
        const [red, green, blue, alpha] = data.slice(at, at + 4);
        if (alpha > 60 && red > green && green > blue && red - blue > 40) counts[(at / 4) % width] += 1;
      }
      const most = Math.max(...counts);
      return most > height / 5 ? (counts.indexOf(most) + counts.lastIndexOf(most) + 1) / 2 : null;
    });
    await until("there is a dashed line", async () => (await column()) !== null);
    const [from, to] = [Number(await plot.getAttribute("data-from")), Number(await plot.getAttribute("data-to"))];
    const [over, canvas] = [await plot.locator(".u-over").boundingBox(), await plot.locator(".uplot canvas").boundingBox()];
    const seen = (await column()) + canvas.x;
    const value = from + ((seen - over.x) / over.width) * (to - from);
    const pixel = (to - from) / over.width;
    assert.ok(Math.abs(value - place) < Math.max(2 * pixel, 0.001), `at ${value} instead of ${place}, of ${from} to ${to}`);
    await it.page.mouse.move(seen, over.y + over.height / 2);
    await chart.locator(".tooltip").getByText("learning rate lowered").waitFor();
  }

  const { chart } = it;

  for (const [axis, metric, place] of [
    ["step", "loss", NOTED * 10],
    ["rl_step", "reward", NOTED],
    ["episode", "reward", Math.floor(NOTED / LENGTH)],
    ["wall_time", "loss", null],
    ["relative_time", "loss", null],
  ]) {
    (axis === "step" || axis === "episode" ? test : thorough)(`a curve along ${axis}`, { timeout }, async () => {
      await it.open(`&metrics=^${metric}$&x=${axis}`);
      const { created_at_millis: created } = await (await it.page.request.get(`${it.server.url}/api/v1/runs/${it.told.id}`)).json();
      await marked(chart(metric), place ?? it.told.noted - (axis === "wall_time" ? 0 : Number(created)));
    });
  }

  for (const [axis, place] of [["rl_step", NOTED], ["episode", Math.floor(NOTED / LENGTH)]]) {
    (axis === "rl_step" ? test : thorough)(`bands along ${axis}`, { timeout }, async () => {
      await it.open(`&page=environments&x=${axis}&map=${it.told.id}&map=${it.told.reward}&map=mean`);
      await marked(chart("reward: bands over environments"), place);
    });
  }

  for (const [along, place] of [
    ["steps", (NOTED + 1) * ENVIRONMENTS * WITHIN],
    ["episodes", Math.floor((NOTED + 1) / LENGTH) * ENVIRONMENTS],
    ["rl_step", NOTED],
    ["time", null],
  ]) {
    (along === "steps" ? test : thorough)(`returns over ${along}`, { timeout }, async () => {
      await it.open(`&page=environments&returns=return&returns=${along}`);
      await marked(chart("Returns"), place ?? it.told.noted);
    });
  }
});
