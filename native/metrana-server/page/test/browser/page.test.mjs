import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Logger } from "../data.mjs";
import { startServer } from "../server.mjs";
import { EPISODES, HISTOGRAMS, SCATTERS, STEPS, tell } from "../story.mjs";
import { newPage, startBrowser, thorough, until } from "./browser.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const PROJECT = "/?workspace=lab&project=walker";
const timeout = 60_000;

describe("the page", { timeout: 300_000 }, () => {
  let server, browser, runs, page, context, complaints;

  before(async () => {
    server = await startServer("--open");
    browser = await startBrowser();
    runs = await tell(server.address);
  }, { timeout });
  after(async () => {
    runs?.last.leave();
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

  const open = async (more = "") => {
    await page.goto(server.url + PROJECT + more);
    await page.waitForSelector("article.chart, .notice, .card, table");
  };
  const chart = (metric) => page.locator(`article.chart[aria-label="${metric}"]`);
  const points = (metric) => chart(metric).locator(".plot").getAttribute("data-points");
  const drawn = (metric, count) => until(`${metric} has ${count} points`, async () => {
    const now = await points(metric);
    return now === String(count) || now;
  });
  const names = () => page.locator("article.chart h3").allTextContents();

  test("projects lead to their runs and back", { timeout }, async () => {
    await page.goto(server.url);
    await page.getByRole("button", { name: "walker", exact: false }).first().click();
    await page.getByRole("listitem").nth(2).waitFor();
    assert.match(page.url(), /project=walker/);
    await page.goBack();
    await page.getByRole("heading", { name: "Projects" }).waitFor();
  });

  test("every point of every run is on its chart", { timeout }, async () => {
    await open("&metrics=loss|score");
    await drawn("train/loss", 3 * STEPS);
    await drawn("eval/score", 30);
  });

  test("one question brings all charts in view, and those out of view are not asked for", { timeout }, async () => {
    const bodies = [];
    page.on("request", (request) => request.url().endsWith("/buckets") && bodies.push(JSON.parse(request.postData())));
    await open("&columns=1");
    await drawn("speed", 3 * STEPS);
    const wide = bodies.filter((body) => body.buckets > 1);
    assert.ok(wide.every((body) => body.buckets <= 350), "at most 350 buckets");
    const asked = new Set(bodies.flatMap((body) => body.series.map((one) => one.series)));
    assert.ok(asked.size < 7, "not every series was asked for");
    const mounted = await page.locator("article.chart .uplot").count();
    assert.ok(mounted > 0 && mounted < (await page.locator("article.chart").count()), `${mounted} are mounted`);
  });

  test("a peak of a single point among thousands is drawn", { timeout }, async () => {
    await open("&metrics=loss");
    await drawn("train/loss", 3 * STEPS);
    // The topmost tenth of the plot, where only the peak reaches.
    const inked = await chart("train/loss").locator(".uplot canvas").evaluate((canvas) => {
      const ctx = canvas.getContext("2d");
      const [left, top, width, height] = [canvas.width * 0.2, canvas.height * 0.08, canvas.width * 0.5, canvas.height * 0.12];
      const { data } = ctx.getImageData(left, top, width, height);
      let count = 0;
      for (let place = 0; place < data.length; place += 4) {
        const [red, green, blue, alpha] = data.slice(place, place + 4);
        if (alpha > 60 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count += 1;
      }
      return count;
    });
    assert.ok(inked > 5, `${inked} pixels of colour`);
  });

  test("what is no number is marked", { timeout }, async () => {
    await open("&metrics=broken&runs=" + runs.first.id);
    await drawn("train/broken", STEPS - 3);
    const csv = await saved(chart("train/broken").getByRole("button", { name: "as CSV" }));
    assert.match(csv, /^line,from_x,to_x/);
  });

  const saved = async (button) => {
    const coming = page.waitForEvent("download");
    await button.click({ force: true });
    return readFile(await (await coming).path(), "utf8");
  };

  test("curves grow while a program logs, and only what changed is read", { timeout }, async () => {
    const logger = await Logger.open(server.address, { workspace: "lab", project: "growing", run_name: "live" });
    const [loss, other] = await logger.declare(["loss", "other"]);
    await logger.log(loss, 0, Array(600).fill(1));
    await logger.log(other, 0, Array(600).fill(1));
    await page.goto(server.url + "/?workspace=lab&project=growing");
    await drawn("loss", 600);
    await drawn("other", 600);
    const bodies = [];
    page.on("request", (request) => request.url().endsWith("/buckets") && bodies.push(JSON.parse(request.postData())));
    for (let step = 600; step < 620; step++) await logger.log(loss, step, [2]);
    await drawn("loss", 620);
    assert.ok(bodies.length > 0 && bodies.every((body) => body.series.length === 1 && body.series[0].series === loss && body.from > 550), JSON.stringify(bodies));
    // Far beyond the grid that was there.
    await logger.log(loss, 620, Array(20_000).fill(3));
    await drawn("loss", 20_620);
    // A series and a run that were not there before.
    const [late] = await logger.declare(["late"]);
    await logger.log(late, 0, [1, 2, 3]);
    await drawn("late", 3);
    const second = await Logger.open(server.address, { workspace: "lab", project: "growing", run_name: "second" });
    const [again] = await second.declare(["loss"]);
    await second.log(again, 0, [1, 2]);
    await drawn("loss", 20_622);
    await second.close();
    await logger.close();
    await page.getByText("Finished").nth(1).waitFor();
  });

  test("a pause holds still, and what came meanwhile is there afterwards", { timeout }, async () => {
    const logger = await Logger.open(server.address, { workspace: "lab", project: "paused", run_name: "run" });
    const [loss] = await logger.declare(["loss"]);
    await logger.log(loss, 0, [1, 2, 3]);
    await page.goto(server.url + "/?workspace=lab&project=paused");
    await drawn("loss", 3);
    await page.getByRole("button", { name: /Live/ }).click();
    await page.getByRole("button", { name: /Paused/ }).waitFor();
    await logger.log(loss, 3, [4, 5]);
    assert.equal(await points("loss"), "3");
    await page.getByRole("button", { name: /Paused/ }).click();
    await drawn("loss", 5);
    await logger.close();
  });

  test("runs and metrics are filtered by text and by expression, and the URL keeps it", { timeout }, async () => {
    await open();
    await page.getByRole("searchbox", { name: "Filter metrics" }).fill("^train/(loss|entropy)$");
    await until("two charts are left", async () => (await names()).join() === "entropy,loss" || names());
    await page.getByRole("searchbox", { name: "Filter runs" }).fill("baselin");
    await until("one run is left", async () => (await page.locator(".run").count()) === 1);
    await until("the URL has it", async () => page.url().includes("metrics=") && page.url().includes("find=baselin"));
    await page.reload();
    await until("it is so again", async () => (await names()).join() === "entropy,loss" && (await page.locator(".run").count()) === 1);
    await page.getByRole("searchbox", { name: "Filter metrics" }).fill("loss[");
    assert.equal(await page.getByRole("searchbox", { name: "Filter metrics" }).getAttribute("aria-invalid"), "true");
  });

  thorough("a run that is not ticked is not drawn", { timeout }, async () => {
    await open("&metrics=loss");
    await drawn("train/loss", 3 * STEPS);
    await page.getByRole("checkbox", { name: "Show wide" }).uncheck();
    await drawn("train/loss", 2 * STEPS);
    await page.getByRole("button", { name: "Latest" }).click();
    await drawn("train/loss", STEPS);
    await page.getByRole("button", { name: "None" }).click();
    await page.getByText("Choose runs at the side").waitFor();
    await page.getByRole("button", { name: "All", exact: true }).click();
    await drawn("train/loss", 3 * STEPS);
  });

  test("a zoom holds for all charts, brings finer buckets, and ends with a double click", { timeout }, async () => {
    await open("&metrics=train");
    await drawn("train/loss", 3 * STEPS);
    const over = chart("train/loss").locator(".u-over");
    const box = await over.boundingBox();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
    await page.mouse.up();
    for (const metric of ["train/loss", "train/entropy"]) {
      await until(`${metric} has a part only`, async () => {
        const now = Number(await points(metric));
        return (now > 0 && now < 3 * STEPS * 0.5) || now;
      });
    }
    await page.waitForURL(/range=/);
    await over.dblclick();
    await drawn("train/entropy", 3 * STEPS);
  });

  test("the cursor tells values, and is on all charts", { timeout }, async () => {
    await open("&metrics=train/(loss|entropy)");
    await drawn("train/loss", 3 * STEPS);
    await chart("train/loss").locator(".u-over").hover();
    const tooltip = chart("train/loss").locator(".tooltip");
    await tooltip.getByText("baseline").waitFor();
    assert.match(await tooltip.textContent(), /<img src=x onerror=alert\(1\)>/, "text stays text");
    await until("the other chart has the line", () => chart("train/entropy").locator(".u-cursor-x").evaluate((line) => !line.classList.contains("u-off")));
  });

  test("axes, smoothing and logarithms are chosen, drawn and kept", { timeout }, async () => {
    await open("&metrics=loss&runs=" + runs.first.id);
    await drawn("train/loss", STEPS);
    for (const axis of ["wall_time", "relative_time", "rl_step"]) {
      await page.getByLabel("X axis").selectOption(axis);
      await drawn("train/loss", STEPS);
    }
    await page.getByLabel("X axis").selectOption("episode");
    await page.getByText("No points on this axis").waitFor();
    await page.getByLabel("X axis").selectOption("step");
    await page.getByLabel("Smoothing").fill("0.9");
    await page.getByLabel("Log y").check();
    await page.waitForURL(/smooth=0.9/);
    await page.waitForURL(/log=1/);
  });

  thorough("runs become groups by a value of their configuration", { timeout }, async () => {
    await open("&metrics=loss");
    await drawn("train/loss", 3 * STEPS);
    await page.getByLabel("Group by").selectOption("config/lr");
    await chart("train/loss").locator(".u-over").hover();
    await chart("train/loss").locator(".tooltip").getByText("lr: 0.0003 (2)").waitFor();
  });

  thorough("sections fold, and figures of the machine begin folded", { timeout }, async () => {
    await open();
    const system = page.getByRole("button", { name: /^system\/cpu/ });
    assert.equal(await system.getAttribute("aria-expanded"), "false");
    await system.click();
    await chart("system/cpu/utilization").waitFor();
    await page.getByRole("button", { name: /^train \d/ }).click();
    await until("it is folded", async () => (await chart("train/loss").count()) === 0);
    await page.waitForURL(/fold=train/);
  });

  test("series with a point for each episode lie along their episodes", { timeout }, async () => {
    await open("&metrics=return&x=episode&runs=" + runs.first.id);
    await drawn("rollout/return", 16 * EPISODES + EPISODES);
  });

  test("one chart fills the page, and is saved as a picture", { timeout }, async () => {
    await open("&metrics=loss");
    await drawn("train/loss", 3 * STEPS);
    await page.getByRole("button", { name: "train/loss: full screen" }).click();
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "as PNG" }).click();
    const picture = await readFile(await (await coming).path());
    assert.equal(picture.subarray(1, 4).toString(), "PNG");
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.search.includes("full="));
  });

  test("environments are a heat map with one row each, and bands", { timeout }, async () => {
    await open("&page=environments&runs=" + runs.first.id);
    await page.locator(`canvas.heat[data-cells="${16 * 120}"]`).waitFor();
    await page.locator('.plot[data-bands="5"] .uplot').waitFor();
    await page.getByLabel("Of each cell the").selectOption("count");
    await page.getByLabel(/^count of rollout\/reward: from 8 to 8/).waitFor();
    await page.locator("canvas.heat").click({ position: { x: 50, y: 3 } });
    await page.getByRole("group", { name: "Environment env-0" }).locator(".uplot").waitFor();
  });

  thorough("histograms are a heat map over time, thinned and followed", { timeout }, async () => {
    await open("&metrics=gradients&runs=" + runs.last.id);
    const map = chart("gradients").locator("canvas.heat");
    await map.waitFor();
    await chart("gradients").getByText(`Step 0 to ${(HISTOGRAMS - 1) * 4 - ((HISTOGRAMS - 1) % 2) * 4}`).waitFor();
    // They grow wider: at the left the edges are empty, at the right they are not, and the middle is brightest everywhere.
    const lights = await map.evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const light = (x, y) => {
        const place = 4 * (Math.floor(y * canvas.height) * canvas.width + Math.floor(x * canvas.width));
        return data[place] + data[place + 1] + data[place + 2];
      };
      return { middle: [light(0.02, 0.5), light(0.98, 0.5)], above: [light(0.02, 0.3), light(0.98, 0.3)] };
    });
    assert.ok(lights.middle[0] > lights.middle[1], `a narrow distribution is higher: ${JSON.stringify(lights)}`);
    assert.ok(lights.above[1] > lights.above[0], `a wide one reaches further: ${JSON.stringify(lights)}`);
    await map.focus();
    await page.keyboard.press("ArrowDown");
    await chart("gradients").locator("output").getByText(/^step 0, /).waitFor();
    const asked = [];
    page.on("request", (request) => /histograms/.test(request.url()) && asked.push(new URL(request.url()).searchParams));
    const [series] = await runs.last.declare(["gradients"]);
    await runs.last.send({ histogram_series: [{ series_id: series, points: [{ step: "9000", bin_edges: [0, 1], counts: ["5"] }, { step: "9004", bin_edges: [0, 1], counts: ["5"] }] }] });
    await chart("gradients").getByText("Step 0 to 9000").waitFor();
    assert.ok(asked.every((query) => Number(query.get("offset")) >= HISTOGRAMS - 2), "what is known is not read again");
  });

  thorough("dots are looked at from step to step", { timeout }, async () => {
    await open("&metrics=embedding&runs=" + runs.first.id);
    const dots = chart("embedding").locator(`.plot[data-dots="50"]`);
    await until("the last step is shown", async () => (await dots.getAttribute("data-step")) === String((SCATTERS - 1) * 100));
    const slider = page.getByRole("slider", { name: "Time of embedding" });
    await slider.focus();
    await page.keyboard.press("Home");
    await until("the first step is shown", async () => (await dots.getAttribute("data-step")) === "0");
    await page.keyboard.press("ArrowRight");
    await until("the second step is shown", async () => (await dots.getAttribute("data-step")) === "100");
    const inked = await dots.locator("canvas").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let [left, right] = [0, 0];
      for (let place = 0; place < data.length; place += 4) {
        const [red, green, blue, alpha] = data.slice(place, place + 4);
        if (alpha < 100 || Math.max(red, green, blue) - Math.min(red, green, blue) < 60) continue;
        if ((place / 4) % canvas.width < canvas.width * 0.4) left += 1;
        else right += 1;
      }
      return { left, right };
    });
    assert.ok(inked.left > 50 && inked.right === 0, `the frame stays, and early dots are at its left: ${JSON.stringify(inked)}`);
  });

  test("a cell of the heat map leads to its environment, its episode, and each step of that", { timeout }, async () => {
    const series = (await (await page.request.get(`${server.url}/api/v1/runs/${runs.first.id}/series`)).json()).series;
    const reward = series.find(({ metric }) => metric === "rollout/reward").id;
    await open(`&page=environments&runs=${runs.first.id}&map=${runs.first.id}&map=${reward}&map=mean`);
    const map = page.locator(`canvas.heat[data-cells="${16 * 120}"]`);
    await map.waitFor();
    const box = await map.boundingBox();
    // The fourth environment, the 45th step of the training, which lies in the fifth episode.
    await map.click({ position: { x: (box.width * 45.5) / 120, y: (box.height * 3.5) / 16 } });
    await page.getByRole("group", { name: "Environment env-3" }).locator(".uplot").waitFor();
    await page.getByRole("group", { name: "Episode 4 of env-3" }).locator(`.plot[data-steps="80"] .uplot`).waitFor();
    const row = page.getByRole("row", { name: new RegExp(`^${EPISODES - 1} `) });
    assert.match(await row.textContent(), new RegExp(`^${EPISODES - 1}${(EPISODES - 1) * 10 + 9}80${(EPISODES - 1) * 10 + 3}`), "its training step, its length and its return");
    await page.getByRole("button", { name: "0", exact: true }).click();
    await page.getByRole("group", { name: "Episode 0 of env-3" }).locator(`.plot[data-steps="80"]`).waitFor();
    await page.waitForURL(/environment=env-3&episode=0/);
  });

  test("returns are drawn over environment steps, episodes and time, training and evaluation together", { timeout }, async () => {
    await open("&page=environments");
    const plot = page.locator(`article[aria-label="Returns"] .plot[data-lines="6"]`);
    await plot.locator(".uplot").waitFor();
    assert.equal(await plot.getAttribute("data-to"), String(16 * 8 * 120));
    await page.getByLabel("Returns over").selectOption("episodes");
    await until("it is so many episodes", async () => (await plot.getAttribute("data-to")) === String(16 * EPISODES));
    await page.getByLabel("Returns over").selectOption("time");
    await until("it is along the time", async () => Number(await plot.getAttribute("data-to")) > 1e12);
    await page.waitForURL(/returns=rollout%2Freturn&returns=time/);
  });

  thorough("a zoom of the heat map asks for finer cells, and the bands follow", { timeout }, async () => {
    const series = (await (await page.request.get(`${server.url}/api/v1/runs/${runs.first.id}/series`)).json()).series;
    const reward = series.find(({ metric }) => metric === "rollout/reward").id;
    await open(`&page=environments&runs=${runs.first.id}&map=${runs.first.id}&map=${reward}&map=mean`);
    const map = page.locator("canvas.heat");
    await page.locator(`canvas.heat[data-cells="${16 * 120}"]`).waitFor();
    const box = await map.boundingBox();
    await page.mouse.move(box.x + box.width / 4, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/range=(29|30)_6/);
    await until("only what is zoomed to is read", async () => Number(await map.getAttribute("data-cells")) <= 16 * 33 || (await map.getAttribute("data-cells")));
    await until("the bands are of the same stretch", async () => (await page.locator(".plot[data-bands]").getAttribute("data-from")) === new URL(page.url()).searchParams.get("range").split("_")[0]);
    await page.getByRole("button", { name: "Reset zoom" }).click();
    await page.locator(`canvas.heat[data-cells="${16 * 120}"]`).waitFor();
  });

  test("training and evaluation share a chart, and are apart where that is wanted", { timeout }, async () => {
    await open("&metrics=return&runs=" + runs.first.id);
    await drawn("rollout/return", 16 * EPISODES + EPISODES);
    await chart("rollout/return").locator(".u-over").hover();
    await chart("rollout/return").locator(".tooltip").getByText("baseline · evaluation").waitFor();
    await page.getByLabel("Evaluation with training").uncheck();
    await drawn("rollout/return", 16 * EPISODES);
    await drawn("eval/rollout/return", EPISODES);
    await page.waitForURL(/apart=1/);
  });

  thorough("metrics of a section are ordered as one likes", { timeout }, async () => {
    await open("&metrics=^(rollout|train)/&runs=" + runs.first.id);
    await until("they are by name", async () => (await names()).join() === "return,reward,broken,entropy,loss" || names());
    await page.getByLabel("Order").selectOption("points");
    await until("those with most points are first", async () => (await names()).join() === "reward,return,broken,entropy,loss" || names());
    await page.getByLabel("Order").selectOption("newest");
    await until("the newest are first", async () => (await names()).join() === "return,reward,broken,entropy,loss" || names());
    await page.getByLabel("Order").selectOption("points");
    await page.waitForURL(/order=points/);
  });

  test("runs are compared, and their differences alone", { timeout }, async () => {
    await open("&page=compare");
    await page.getByRole("row", { name: "config/optimizer adam adam adam" }).waitFor();
    await page.getByLabel("Differences only").check();
    await until("what is equal is gone", async () => (await page.getByRole("row", { name: /config\/optimizer/ }).count()) === 0);
    await page.getByRole("row", { name: /config\/lr/ }).waitFor();
    await page.getByRole("row", { name: /^train\/loss/ }).getByText("25").first().waitFor();
  });

  test("health tells what was taken in and what was not", { timeout }, async () => {
    const logger = await Logger.open(server.address, { workspace: "lab", project: "sick", run_name: "run" });
    const [loss] = await logger.declare(["loss"]);
    await logger.log(loss, 5, [1, 2, 3]);
    await logger.log(loss, 0, [9, 9]);
    await page.goto(server.url + "/?workspace=lab&project=sick&page=health");
    await page.getByRole("row", { name: /step not greater than the last/ }).getByText("2").waitFor();
    await logger.close();
  });

  test("a run is named, tagged, pinned, hidden and deleted after a warning", { timeout }, async () => {
    const logger = await Logger.open(server.address, { workspace: "lab", project: "edited", run_name: "run-a" });
    await logger.log((await logger.declare(["loss"]))[0], 0, [1]);
    await logger.close();
    await page.goto(server.url + "/?workspace=lab&project=edited");
    await page.getByRole("button", { name: "More about run-a" }).click({ force: true });
    assert.ok((await page.getByRole("textbox", { name: "Name" }).boundingBox()).width > 300, "there is room for a name");
    assert.equal(await page.getByRole("dialog").getByRole("button", { name: "Close" }).evaluate((button) => getComputedStyle(button).opacity), "1");
    await page.getByRole("textbox", { name: "Name" }).fill("the good one");
    await page.getByLabel("Tags").fill("best, kept");
    await page.getByLabel("Notes").fill("<b>note</b>");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".tag", { hasText: "best" }).waitFor();
    await page.getByRole("button", { name: "Keep the good one on top" }).click({ force: true });
    await until("it is pinned", async () => (await page.getByRole("button", { name: "Keep the good one on top" }).getAttribute("aria-pressed")) === "true");
    await page.getByRole("button", { name: "More about the good one" }).click({ force: true });
    assert.equal(await page.getByLabel("Notes").inputValue(), "<b>note</b>");
    await page.getByRole("button", { name: "Hide from the list" }).click();
    await until("it is gone from the list", async () => (await page.locator(".run").count()) === 0);
    await page.getByLabel("Hidden runs, too").check();
    await page.getByRole("button", { name: "More about the good one" }).click({ force: true });
    await page.getByRole("button", { name: "Delete…" }).click();
    await page.getByText("It cannot be undone").waitFor();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("This project has no runs.").first().waitFor();
  });

  thorough("a server without runs shows a program to paste", { timeout }, async () => {
    const empty = await startServer("--open");
    try {
      const other = await newPage(browser, empty.url);
      await other.page.goto(empty.url);
      await other.page.getByText("Run.Start").waitFor();
      assert.deepEqual(other.complaints, []);
      await other.context.close();
    } finally {
      await empty.stop();
    }
  });

  test("without the server the page says so", { timeout }, async () => {
    const mortal = await startServer("--open");
    const other = await newPage(browser, mortal.url);
    await other.page.goto(mortal.url);
    await other.page.getByRole("button", { name: /Live/ }).waitFor();
    await mortal.stop();
    await other.page.getByRole("button", { name: /Disconnected/ }).or(other.page.getByRole("heading", { name: "The server does not answer" })).first().waitFor();
    assert.deepEqual(other.complaints.filter((complaint) => !/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/.test(complaint)), []);
    await other.context.close();
  });

  for (const [where, path] of Object.entries({ projects: "/", charts: PROJECT, environments: `${PROJECT}&page=environments`, compare: `${PROJECT}&page=compare`, health: `${PROJECT}&page=health` })) {
    for (const colorScheme of ["light", "dark"]) {
      // Both themes have the same elements; each page is tried in one of them at least.
      const isShort = colorScheme === (where === "environments" || where === "health" ? "dark" : "light");
      (isShort ? test : thorough)(`everybody can use it: ${where}, ${colorScheme}`, { timeout }, async () => {
        const other = await newPage(browser, server.url, { colorScheme, bypassCSP: true });
        await other.page.goto(server.url + path);
        await other.page.locator(".card, .uplot, canvas.heat, table").first().waitFor();
        await other.page.addScriptTag({ path: axe });
        const { violations } = await other.page.evaluate(() => globalThis.axe.run());
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)]), []);
        await other.context.close();
      });
    }
  }

  for (const width of [390, 820, 1400]) {
    (width === 390 ? test : thorough)(`nothing sticks out at a width of ${width}`, { timeout }, async () => {
      const other = await newPage(browser, server.url, { viewport: { width, height: 844 } });
      for (const name of ["charts", "environments", "compare", "health"]) {
        await other.page.goto(`${server.url}${PROJECT}&page=${name}`);
        await other.page.locator(".uplot, canvas.heat, table, .tiles").first().waitFor();
        assert.ok(await other.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
        const narrow = await other.page.locator("th[scope=row], tbody th").evaluateAll((cells) => cells.filter((cell) => cell.offsetWidth < 90).map((cell) => cell.textContent));
        assert.deepEqual(narrow, [], `${name}: letters below each other`);
      }
      assert.deepEqual(other.complaints, []);
      await other.context.close();
    });
  }
});
