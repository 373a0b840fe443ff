// Measures the page as a person meets it, in a browser without a GPU, and checks that what it showed is right.
//   node test/figures.mjs            prints the figures
//   node test/figures.mjs --write    also writes docs/performance/page.json and the table in docs/performance.md
//   node test/figures.mjs --short    a quarter of the runs, against wide gates: what a test can afford
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Logger, random } from "./data.mjs";
import { machine, record } from "./record.mjs";
import { startServer } from "./server.mjs";
import { newPage, startBrowser } from "./browser/browser.mjs";

const isShort = process.argv.includes("--short");
const ROUNDS = isShort ? 1 : 3;
const [RUNS, SERIES, POINTS] = isShort ? [50, 16, 2000] : [200, 16, 10_000];
const MANY_RUNS = isShort ? 250 : 1000;
const MANY_SERIES = isShort ? 5000 : 20_000;
const [ENVIRONMENTS, RL_STEPS] = isShort ? [256, 500] : [1024, 1000];
const TICKS = isShort ? 3 : 10;
const WORKSPACE = "figures";
const CHILD = join(import.meta.dirname, "../../../../tests/Metrana.TestChild/bin/Debug/net10.0/Metrana.TestChild.dll");

/** What is aimed at. */
const GOALS = {
  firstPaint: { what: `${RUNS} runs × ${SERIES} series × ${POINTS.toLocaleString("en")} points: first paint of all ${SERIES} charts`, unit: "ms", goal: 1000 },
  tickBytes: { what: "the same live, a tick a second: bytes a tick", unit: "kB", goal: 50 },
  tickMillis: { what: "the same: processor time of the page's main thread a tick", unit: "ms", goal: 100 },
  runFilter: { what: `${MANY_RUNS.toLocaleString("en")} runs in the list, filtered: to the next frame`, unit: "ms", goal: 100 },
  seriesFilter: { what: `${MANY_SERIES.toLocaleString("en")} series names filtered by an expression: to the next frame`, unit: "ms", goal: 100 },
  heatMap: { what: `heat map of ${ENVIRONMENTS.toLocaleString("en")} environments × ${RL_STEPS.toLocaleString("en")} steps, answer to picture`, unit: "ms", goal: 150 },
  toPixel: { what: "a point logged in C#, to its pixel", unit: "ms", goal: 1000 },
};
/** How many times the aim is too much in the short form: few where other programs change little. Bytes are a quarter of those of the long form. */
const SHORT_GATES = { tickBytes: 0.5, tickMillis: 3 };
const SHORT_GATE = 6;

const figures = new Map();
const note = (name, value) => {
  const all = figures.get(name) ?? [];
  all.push(value);
  figures.set(name, all);
  if (process.argv.includes("--verbose")) console.error(name, value);
};

const server = await startServer("--open");
const browser = await startBrowser();
try {
  const ticking = await logMany();
  for (let round = 0; round < ROUNDS; round++) await firstPaint(round === ROUNDS - 1 ? ticking : null);
  await filters();
  await heatMap();
  for (let round = 0; round < ROUNDS; round++) await toPixel(round);
} finally {
  await browser.close();
  await server.stop();
}
await report();

/** The runs of the first figures. Each series has a peak of one point, at a place and of a height of its own. */
async function logMany() {
  const loggers = [];
  const noise = random(1);
  for (let run = 0; run < RUNS; run++) {
    const logger = await Logger.open(server.address, { workspace: WORKSPACE, project: "many", run_name: `run-${run}` });
    await logger.attributes({ "config/lr": run % 4 });
    const series = await logger.declare(Array.from({ length: SERIES }, (_, one) => `metric/${one}`));
    for (const [one, id] of series.entries()) {
      const values = Array.from({ length: POINTS }, (_, step) => Math.fround(Math.sin(step / 900 + run / 20) + one + 0.1 * noise()));
      if (run === 7) values[1234] = 100 + one;
      await logger.log(id, 0, values);
    }
    loggers.push({ logger, series });
  }
  return loggers;
}

/** From the navigation to the frame in which all charts have all their points. */
async function firstPaint(ticking) {
  const { page, context, complaints } = await newPage(browser, server.url, { viewport: { width: 1700, height: 1250 } });
  page.setDefaultTimeout(120_000);
  const wanted = String(RUNS * POINTS);
  await page.addInitScript(([wanted, charts]) => {
    globalThis.drawnAt = new Promise((done) => {
      const look = () => {
        const drawn = document.querySelectorAll(`.plot[data-points="${wanted}"] canvas`);
        // The frame that shows them comes behind this one's work.
        if (drawn.length >= charts) requestAnimationFrame(() => setTimeout(() => done(performance.now())));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  }, [wanted, SERIES]);
  await page.goto(`${server.url}/?workspace=${WORKSPACE}&project=many&runs=all&columns=4`);
  note("firstPaint", await page.evaluate(() => globalThis.drawnAt));
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "metric/3 as CSV" }).click({ force: true });
  const rows = (await readFile(await (await coming).path(), "utf8")).trim().split("\r\n").slice(1).map((row) => row.split(","));
  assert.equal(rows.reduce((sum, row) => sum + Number(row[3]), 0), RUNS * POINTS, "every point is in a bucket");
  assert.deepEqual([...new Set(rows.filter((row) => Number(row[7]) > 50).map((row) => `${row[0]} ${row[7]}`))], ["run-7 103"], "the peak is there, and nothing else is so high");
  if (ticking) await live(page, ticking);
  assert.deepEqual(complaints, []);
  await context.close();
}

/** A point for every series each second. */
async function live(page, ticking) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  // Of the processor, so that what other programs do meanwhile does not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  let bytes = 0;
  session.on("Network.dataReceived", ({ dataLength, encodedDataLength }) => (bytes += encodedDataLength || dataLength));
  const busy = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  // What the page does by itself, without news, does not count.
  await new Promise((done) => setTimeout(done, 1500));
  const idleFrom = await busy();
  await new Promise((done) => setTimeout(done, 1000));
  const idle = (await busy()) - idleFrom;
  for (let tick = 0; tick < TICKS; tick++) {
    const [begin, before] = [bytes, await busy()];
    const at = performance.now();
    await Promise.all(ticking.flatMap(({ logger, series }, run) =>
      logger.send({ series: series.map((id, one) => ({ series_id: id, point_batches: [{ first_step: String(POINTS + tick), values: [run + one], timestamp_millis: String(Date.now()) }] })) })));
    const wanted = String(RUNS * (POINTS + tick + 1));
    await page.waitForFunction(([wanted, charts]) => document.querySelectorAll(`.plot[data-points="${wanted}"]`).length >= charts, [wanted, SERIES], { polling: 50 });
    await new Promise((done) => setTimeout(done, Math.max(0, 1000 - (performance.now() - at))));
    note("tickBytes", (bytes - begin) / 1000);
    note("tickMillis", Math.max(0, (await busy()) - before - idle));
  }
}

/** A filter is typed; the next frame shows what it leaves. */
async function filters() {
  for (let run = 0; run < MANY_RUNS; run++) {
    const logger = await Logger.open(server.address, { workspace: WORKSPACE, project: "list", run_name: `run-${run}` });
    if (run === MANY_RUNS - 1) {
      for (let from = 0; from < MANY_SERIES; from += 2000) {
        const names = Array.from({ length: Math.min(2000, MANY_SERIES - from) }, (_, one) => `part-${Math.floor((from + one) / 100)}/weight-${from + one}`);
        const series = await logger.declare(names);
        await logger.send({ series: series.map((id) => ({ series_id: id, point_batches: [{ first_step: "0", values: [1], timestamp_millis: "1" }] })) });
      }
    }
    await logger.close();
  }
  const { page, context, complaints } = await newPage(browser, server.url);
  page.setDefaultTimeout(120_000);
  await page.goto(`${server.url}/?workspace=${WORKSPACE}&project=list`);
  await page.locator("article.chart .uplot").first().waitFor();
  const frame = (id, text) => page.evaluate(([id, text]) => new Promise((done) => {
    const field = document.getElementById(id);
    const begin = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
  }), [id, text]);
  for (let round = 0; round < ROUNDS; round++) {
    note("seriesFilter", await frame("metric-filter", "weight-1?77$"));
    const wanted = Array.from({ length: MANY_SERIES }, (_, one) => one).filter((one) => /weight-1?77$/.test(`weight-${one}`)).length;
    assert.equal(await page.locator("article.chart").count(), wanted);
    await frame("metric-filter", "");
    note("runFilter", await frame("run-filter", "^run-1?11$"));
    assert.deepEqual(await page.locator(".run-name > :first-child").allTextContents(), ["run-111", "run-11"]);
    await frame("run-filter", "");
  }
  assert.deepEqual(complaints, []);
  await context.close();
}

async function heatMap() {
  const logger = await Logger.open(server.address, { workspace: WORKSPACE, project: "map", run_name: "run" });
  const [reward] = await logger.declare(["reward"], { scale: "ENVIRONMENT_STEP" });
  for (let step = 0; step < RL_STEPS; step++) {
    await logger.logEnvironments(reward, step, Array.from({ length: ENVIRONMENTS }, (_, environment) => [step === 321 && environment === 123 ? 1e6 : step + environment]), 0);
  }
  await logger.close();
  for (let round = 0; round < ROUNDS; round++) {
    const { page, context, complaints } = await newPage(browser, server.url);
    page.setDefaultTimeout(120_000);
    await page.addInitScript(() => {
      globalThis.answeredAt = 0;
      const ask = globalThis.fetch;
      globalThis.fetch = async (...given) => {
        const response = await ask(...given);
        if (String(given[0]).endsWith("/heat-map")) {
          const read = response.arrayBuffer.bind(response);
          response.arrayBuffer = async () => {
            const buffer = await read();
            globalThis.answeredAt = performance.now();
            return buffer;
          };
        }
        return response;
      };
      const put = CanvasRenderingContext2D.prototype.putImageData;
      globalThis.paintedAt = new Promise((done) => {
        CanvasRenderingContext2D.prototype.putImageData = function (...given) {
          put.apply(this, given);
          if (this.canvas.classList.contains("heat")) requestAnimationFrame(() => setTimeout(() => done(performance.now() - globalThis.answeredAt)));
        };
      });
    });
    await page.goto(`${server.url}/?workspace=${WORKSPACE}&project=map&page=environments`);
    await page.locator(`canvas.heat[data-cells="${ENVIRONMENTS * RL_STEPS}"]`).waitFor();
    note("heatMap", await page.evaluate(() => globalThis.paintedAt));
    const pixel = await page.locator("canvas.heat").evaluate((canvas) => [...canvas.getContext("2d").getImageData(321, 123, 1, 1).data]);
    assert.deepEqual(pixel, [253, 231, 37, 255], "the greatest of all has the end of the palette, at its place");
    assert.deepEqual(complaints, []);
    await context.close();
  }
}

/** From the call in a program of .NET to the frame that shows the point. */
async function toPixel(round) {
  const program = await startProgram(round);
  const { page, context, complaints } = await newPage(browser, server.url);
  await page.goto(`${server.url}/?workspace=local&project=tests&runs=${program.run}`);
  await page.locator('.plot[data-points="100"] .uplot').waitFor();
  // Long enough for the page to have nothing under way.
  await page.waitForTimeout(2000);
  for (let point = 0; point < 5; point++) {
    const seen = page.evaluate((wanted) => new Promise((done) => {
      const look = () => {
        if (document.querySelector(`.plot[data-points="${wanted}"]`)) requestAnimationFrame(() => setTimeout(() => done(Date.now())));
        else requestAnimationFrame(look);
      };
      look();
    }), 101 + point);
    await page.waitForTimeout(700);
    const called = await program.log();
    note("toPixel", (await seen) - called);
  }
  assert.deepEqual(complaints, []);
  await context.close();
  await program.end();
}

/** A program that logs to a run of its own: a hundred points at once, and another one whenever it is told. */
async function startProgram(round) {
  if (!existsSync(CHILD)) throw new Error(`${CHILD} does not exist: dotnet build tests/Metrana.TestChild`);
  const child = spawn("dotnet", [CHILD, "by-line", server.url, `pixel-${round}`], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (what) => {
    const { value, done } = await lines.next();
    assert.ok(!done, "the program ended early");
    const match = what.exec(value);
    // What people read goes to the same place.
    return match ? match[0] : next(what);
  };
  const run = await next(/^[\w-]+$/);
  return {
    run,
    log: async () => {
      child.stdin.write("\n");
      return Number(await next(/^\d{13}$/));
    },
    end: async () => {
      const ended = once(child, "exit");
      child.stdin.end();
      assert.deepEqual(await ended, [0, null], "the program ended well");
    },
  };
}

function report() {
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const rows = Object.entries(GOALS).map(([name, { what, unit, goal }]) => {
    const values = figures.get(name) ?? [];
    assert.ok(values.length > 0, `${name} was not measured`);
    return { name, what, unit, goal, least: Math.min(...values), median: median(values), rounds: values.length };
  });
  for (const { what, unit, goal, least, median, rounds } of rows) {
    console.log(`${what}: ${least.toFixed(1)} / ${median.toFixed(1)} ${unit} (goal ${goal} ${unit}; least / median of ${rounds})`);
  }
  if (isShort) {
    const late = rows.filter(({ name, least, goal }) => least > goal * (SHORT_GATES[name] ?? SHORT_GATE));
    assert.deepEqual(late.map(({ what, least, unit }) => `${what}: ${least} ${unit}`), [], "far beyond what is aimed at");
  }
  if (process.argv.includes("--write")) return record({ machine: machine(browser), figures: rows });
}
