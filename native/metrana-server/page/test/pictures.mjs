// Makes the pictures of the page that the documents show: node test/pictures.mjs FOLDER
// They are of runs that are made up, and look the same each time.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { smallPng } from "./small-png.mjs";
import { Logger, random } from "./data.mjs";
import { startServer } from "./server.mjs";
import { newPage, startBrowser } from "./browser/browser.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("where to? node test/pictures.mjs FOLDER");
const [STEPS, RL_STEPS, ENVIRONMENTS] = [3000, 150, 48];
const PROJECT = "?workspace=lab&project=walker";

const server = await startServer("--open");
const browser = await startBrowser();
try {
  const runs = [];
  for (const [index, [name, lr]] of [["ppo-baseline", 3e-4], ["ppo-wide", 3e-4], ["ppo-high-lr", 1e-3], ["ppo-high-lr-wide", 1e-3]].entries()) runs.push(await run(index, name, lr));
  await picture("page-charts", { colorScheme: "light", viewport: { width: 1280, height: 880 } }, `${PROJECT}&metrics=train/&smooth=0.6&columns=3`, ".plot[data-points] canvas", 5);
  const { series } = await (await fetch(`${server.url}/api/v1/runs/${runs[0].id}/series`)).json();
  const reward = series.find(({ metric }) => metric === "reward").id;
  const map = `&page=environments&map=${runs[0].id}&map=${reward}&map=mean`;
  await picture("page-environments", { colorScheme: "dark", viewport: { width: 1280, height: 860 } }, PROJECT + map, "canvas.heat", 1);
  await picture("page-episode", { colorScheme: "light", viewport: { width: 1100, height: 800 } }, `${PROJECT}${map}&environment=env-7&episode=9`, ".plot[data-steps] canvas", 1, ".episodes");
  await picture("page-phone", { colorScheme: "dark", viewport: { width: 390, height: 720 } }, `${PROJECT}&metrics=train/|return&smooth=0.6`, ".plot[data-points] canvas", 2);
  for (const { logger } of runs) logger.leave();
} finally {
  await browser.close();
  await server.stop();
}

async function picture(name, options, path, what, count, part) {
  const { page, context, complaints } = await newPage(browser, server.url, options);
  await page.goto(`${server.url}/${path}`);
  await page.locator(what).nth(count - 1).waitFor();
  await page.waitForFunction(() => !document.querySelector('[data-loading="true"]'));
  if (part) await page.locator(part).evaluate((element) => element.scrollIntoView());
  // Until charts that came into sight are drawn.
  await page.waitForTimeout(800);
  const picture = await page.screenshot();
  const plain = await browser.newPage();
  await writeFile(join(folder, `${name}.png`), await smallPng(plain, picture));
  await plain.close();
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
  await context.close();
}

async function run(index, name, lr) {
  const logger = await Logger.open(server.address, { workspace: "lab", project: "walker", run_name: name });
  const noise = random(11 + index);
  const wild = () => noise() + noise() + noise() - 1.5;
  await logger.attributes({ "config/lr": lr, "config/width": index % 2 ? 256 : 64, "sys/tags": index % 2 ? ["wide"] : ["baseline"], "annotation/1700000000000-1-1/text": "learning rate lowered", "annotation/1700000000000-1-1/step": 1800 });
  const fast = 500 + 300 * index;
  const names = ["train/policy_loss", "train/value_loss", "train/entropy", "train/kl", "train/clip_fraction", "speed/steps_per_second"];
  const ids = await logger.declare(names);
  const shapes = [
    (step) => -0.05 * Math.exp(-step / fast) + 0.01 * wild(),
    (step) => 4 * Math.exp(-step / fast) + 0.3 + 0.15 * wild(),
    (step) => 1.4 - (0.9 * step) / (step + fast) + 0.03 * wild(),
    (step) => 0.012 + 0.004 * Math.sin(step / 300 + index) + 0.003 * wild(),
    (step) => 0.1 + 0.1 * Math.exp(-step / 900) + 0.02 * wild(),
    () => 41_000 - 4000 * index + 900 * wild(),
  ];
  for (const [at, id] of ids.entries()) await logger.log(id, 0, Array.from({ length: STEPS }, (_, step) => shapes[at](step)));
  const [gradients] = await logger.declare(["train/gradients"]);
  const places = Array.from({ length: 49 }, (_, edge) => (edge - 24) / 24);
  await logger.send({ histogram_series: [{ series_id: gradients, points: Array.from({ length: 200 }, (_, point) => {
    const width = 0.15 + 0.5 * Math.exp(-point / 60);
    return { step: String(point * 15), bin_edges: places, counts: places.slice(1).map((place) => String(Math.round(4000 * Math.exp(-((place / width) ** 2)) * (0.8 + 0.4 * noise())))) };
  }) }] });
  const [embedding] = await logger.declare(["train/embedding"]);
  await logger.send({ scatter_series: [{ series_id: embedding, metadata_labels: { xt: "x", yt: "y" }, points: Array.from({ length: 20 }, (_, point) => {
    const centre = Array.from({ length: 240 }, (_, dot) => (dot % 3) * 2.1);
    const spread = 1.2 - point / 20;
    return { step: String(point * 150), xs: centre.map((angle) => Math.cos(angle) * (0.4 + point / 20) + spread * wild() * 0.5), ys: centre.map((angle) => Math.sin(angle) * (0.4 + point / 20) + spread * wild() * 0.5) };
  }) }] });
  const [reward] = await logger.declare(["reward"], { scale: "ENVIRONMENT_STEP" });
  const [returns] = await logger.declare(["episode_return"], { scale: "EPISODE" });
  const [evaluated] = await logger.declare(["eval/episode_return"], { scale: "EPISODE", labels: { evaluation: "true" } });
  const skill = (rlStep, environment) => (rlStep / (rlStep + 60 + 20 * index)) * (1 + 0.25 * Math.sin(environment / 4)) - (environment % 11 === 5 && rlStep > 90 ? 0.35 : 0);
  for (let rlStep = 0; rlStep < RL_STEPS; rlStep++) {
    const rows = Array.from({ length: ENVIRONMENTS }, (_, environment) => Array.from({ length: 16 }, (_, step) => skill(rlStep, environment) + 0.15 * Math.sin(step / 3 + rlStep) + 0.12 * wild()));
    await logger.logEnvironments(reward, rlStep, rows, Math.floor(rlStep / 10));
    if (rlStep % 10 !== 9) continue;
    const episode = Math.floor(rlStep / 10);
    await logger.logEpisodes(returns, rlStep, episode, Array.from({ length: ENVIRONMENTS }, (_, environment) => 160 * skill(rlStep, environment) + 12 * wild()));
    await logger.logEpisodes(evaluated, rlStep, episode, Array.from({ length: 4 }, (_, environment) => 175 * skill(rlStep, environment) + 6 * wild()));
  }
  if (index < 3) await logger.close();
  return { id: logger.id, logger };
}
