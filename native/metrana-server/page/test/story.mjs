// The runs that the tests look at.
import { Logger, random } from "./data.mjs";

export const STEPS = 4000;
export const EPISODES = 12;
export const HISTOGRAMS = 700;
export const SCATTERS = 12;

/** Three runs of one project, one of them still open, with every kind of series and with texts that mean harm. */
export async function tell(address, key) {
  const open = [];
  for (const [index, name] of ["baseline", "wide", "<img src=x onerror=alert(1)>"].entries()) {
    const logger = await Logger.open(address, { workspace: "lab", project: "walker", run_name: name }, key);
    await fill(logger, index);
    open.push(logger);
  }
  const [first, second, last] = open;
  await first.close();
  await second.close("failed: out of memory");
  return { first, second, last };
}

async function fill(logger, index) {
  const noise = random(7 + index);
  await logger.attributes({
    "config/lr": index === 1 ? 1e-3 : 3e-4,
    "config/optimizer": "adam",
    "config/seed": index,
    "sys/tags": index === 0 ? ["baseline"] : ["sweep", "wide"],
    "annotation/1700000000000-1-1/text": "learning rate lowered",
    "annotation/1700000000000-1-1/step": 2500 + index * 100,
  });
  const names = ["train/loss", "train/entropy", "eval/score", "speed", "system/cpu/utilization", "train/broken"];
  const [loss, entropy, score, speed, cpu, broken] = await logger.declare(names);
  const values = (of) => Array.from({ length: STEPS }, (_, step) => of(step));
  await logger.log(loss, 0, values((step) => (step === 1234 ? 25 : Math.exp(-step / (700 + 300 * index)) * 3 + 0.1 + 0.15 * noise())));
  await logger.log(entropy, 0, values((step) => 1.4 - step / STEPS + 0.2 * noise()));
  await logger.log(speed, 0, values(() => 900 + 80 * noise()));
  await logger.log(cpu, 0, values(() => 60 + 20 * noise()));
  await logger.log(broken, 0, values((step) => (step === 3000 ? NaN : step === 3300 ? Infinity : step === 3600 ? -Infinity : Math.sin(step / 200) + index)));
  for (let step = 0; step < STEPS; step += 400) await logger.log(score, step, [step / 40 + 10 * noise() + 5 * index]);
  await fillKinds(logger, noise);
  const [reward] = await logger.declare(["rollout/reward"], { scale: "ENVIRONMENT_STEP" });
  for (let step = 0; step < 120; step++) {
    const rows = Array.from({ length: 16 }, (_, environment) => Array.from({ length: 8 }, () => step / 30 + Math.sin(step / 9 + environment / 2) + noise()));
    await logger.logEnvironments(reward, step, rows, Math.floor(step / 10));
  }
  const scale = "EPISODE";
  const [returns] = await logger.declare(["rollout/return"], { scale });
  const [evaluated] = await logger.declare(["eval/rollout/return"], { scale, labels: { evaluation: "true" } });
  for (let episode = 0; episode < EPISODES; episode++) {
    const rows = Array.from({ length: 16 }, (_, environment) => episode * 10 + environment);
    await logger.logEpisodes(returns, episode * 10 + 9, episode, rows);
    await logger.logEpisodes(evaluated, episode * 10 + 9, episode, [episode * 10 + 5]);
  }
}

/** What is no curve: distributions that grow wider, and dots that move to the right. */
async function fillKinds(logger, noise) {
  const [histogram, scatter] = await logger.declare(["gradients", "embedding"]);
  const points = Array.from({ length: HISTOGRAMS }, (_, step) => {
    const places = Array.from({ length: 33 }, (_, edge) => (edge - 16) / 16);
    const counts = places.slice(1).map((place) => String(Math.round(1000 * Math.exp(-9 * place * place))));
    return { step: String(step * 4), bin_edges: places.map((place) => place * (1 + step / 200)), counts };
  });
  await logger.send({ histogram_series: [{ series_id: histogram, points }] });
  const dots = Array.from({ length: SCATTERS }, (_, step) => ({
    step: String(step * 100),
    xs: Array.from({ length: 50 }, () => step + noise()),
    ys: Array.from({ length: 50 }, () => noise()),
  }));
  await logger.send({ scatter_series: [{ series_id: scatter, metadata_labels: { xt: "time", yt: "place" }, points: dots }] });
}
