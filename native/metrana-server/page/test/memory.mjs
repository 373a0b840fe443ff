// Whether the page's memory stays flat while runs are live.
//   node test/memory.mjs                 ten minutes
//   node test/memory.mjs --minutes 2     fewer; the first is only to warm up
//   node test/memory.mjs --write         also keeps the result in docs/performance/page.json
import assert from "node:assert/strict";
import { Logger, random } from "./data.mjs";
import { machine, record } from "./record.mjs";
import { startServer } from "./server.mjs";
import { newPage, startBrowser } from "./browser/browser.mjs";

const given = process.argv.indexOf("--minutes");
const MINUTES = given > 0 ? Number(process.argv[given + 1]) : 10;
const [RUNS, SERIES, BEFORE] = [20, 8, 2000];
const MINUTE = 60_000;
/** What may come on top: caches that are not full after a minute, and the noise of the measurement. */
const [MORE, MORE_MB, MORE_NODES] = [1.1, 1, 50];

const server = await startServer("--open");
const browser = await startBrowser();
try {
  const loggers = [];
  const noise = random(5);
  for (let run = 0; run < RUNS; run++) {
    const logger = await Logger.open(server.address, { workspace: "memory", project: "live", run_name: `run-${run}` });
    const series = await logger.declare(Array.from({ length: SERIES }, (_, one) => `part-${one % 2}/metric-${one}`));
    for (const id of series) await logger.log(id, 0, Array.from({ length: BEFORE }, () => noise()));
    loggers.push({ logger, series });
  }
  const { page, complaints } = await newPage(browser, server.url);
  await page.goto(`${server.url}/?workspace=memory&project=live&runs=all`);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("HeapProfiler.enable");
  const begin = performance.now();
  let ticks = 0;
  const live = async (until) => {
    while (performance.now() - begin < until) {
      const at = performance.now();
      await Promise.all(loggers.map(({ logger, series }) =>
        logger.send({ series: series.map((id) => ({ series_id: id, point_batches: [{ first_step: String(BEFORE + ticks), values: [noise()], timestamp_millis: String(Date.now()) }] })) })));
      ticks += 1;
      await new Promise((done) => setTimeout(done, Math.max(0, 1000 - (performance.now() - at))));
    }
  };
  /** What is left when everything is thrown away that nobody holds. */
  const taken = async () => {
    for (let time = 0; time < 3; time++) await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    return { mb: of("JSHeapUsedSize") / 1e6, nodes: of("Nodes"), listeners: of("JSEventListeners") };
  };
  const all = [];
  for (let minute = 1; minute <= MINUTES; minute++) {
    await live(minute * MINUTE);
    all.push(await taken());
    const { mb, nodes, listeners } = all.at(-1);
    console.log(`minute ${minute}: ${mb.toFixed(2)} MB, ${nodes} nodes, ${listeners} listeners after ${ticks} ticks`);
  }
  const wanted = RUNS * (BEFORE + ticks);
  await page.waitForFunction((wanted) => document.querySelector(`.plot[data-points="${wanted}"]`), String(wanted));
  const [first, last] = [all[0], all.at(-1)];
  assert.ok(last.mb <= first.mb * MORE + MORE_MB, `${first.mb.toFixed(1)} MB after a minute became ${last.mb.toFixed(1)} MB`);
  assert.ok(last.nodes <= first.nodes + MORE_NODES, `${first.nodes} nodes became ${last.nodes}`);
  assert.ok(last.listeners <= first.listeners + MORE_NODES, `${first.listeners} listeners became ${last.listeners}`);
  assert.deepEqual(complaints, []);
  if (process.argv.includes("--write")) {
    const mb = (of) => Number(of.mb.toFixed(1));
    const what = `${MINUTES} minutes of live updates, ${RUNS} runs × ${SERIES} series, a tick a second: memory of the page's objects`;
    await record({ memory: { what, minutes: MINUTES, ticks, after_a_minute_mb: mb(first), at_the_end_mb: mb(last), each_minute_mb: all.map(mb), nodes: [first.nodes, last.nodes], machine: machine(browser) } });
  }
  for (const { logger } of loggers) logger.leave();
} finally {
  await browser.close();
  await server.stop();
}
