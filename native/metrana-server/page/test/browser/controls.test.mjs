// What is chosen with the mouse or the keyboard, on charts that show that it is so.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { STEPS, tell } from "../story.mjs";
import { thorough, until } from "./browser.mjs";
import { desk } from "./desk.mjs";

const timeout = 60_000;

describe("controls", { timeout: 240_000 }, () => {
  const it = desk("walker", tell);
  const loss = () => it.open(`&metrics=loss&runs=${it.told.first.id}`);
  const tooltip = () => it.chart("train/loss").locator(".tooltip");
  const value = async () => Number(await tooltip().locator(".nearest .value").first().textContent());
  const picture = () => it.chart("train/loss").locator(".uplot canvas").evaluate((canvas) => canvas.toDataURL());

  test("the x axis goes from the first point to the last, in its own measure", { timeout }, async () => {
    await loss();
    await it.drawn("train/loss", STEPS);
    const run = await (await it.page.request.get(`${it.server.url}/api/v1/runs/${it.told.first.id}`)).json();
    const choose = async (axis, isSo) => {
      await it.page.getByLabel("X axis").selectOption(axis);
      await it.drawn("train/loss", STEPS);
      await until(`the chart goes along ${axis}`, async () => isSo(await it.stretch("train/loss")) || it.stretch("train/loss"));
    };
    const created = Number(run.created_at_millis);
    await choose("wall_time", ([from, to]) => from >= created - 1000 && to <= created + 60_000 && to >= from);
    await choose("relative_time", ([from, to]) => from >= -1000 && to <= 60_000 && to >= from);
    await choose("rl_step", ([from, to]) => from === 0 && to === STEPS - 1);
    await choose("step", ([from, to]) => from === 0 && to === STEPS - 1);
    await it.point("train/loss", 0.5);
    const step = Number((await tooltip().locator(".quiet").first().textContent()).replaceAll(",", ""));
    assert.ok(Math.abs(step - STEPS / 2) < 32, `step ${step} in the middle`);
  });

  test("smoothing takes a peak down, and logarithms move what is drawn", { timeout }, async () => {
    await loss();
    await it.drawn("train/loss", STEPS);
    // A pixel has more than one bucket: the one with the peak is close by.
    let peak = 0;
    await until("the peak is in the mean", async () => {
      for (let step = 1150; step < 1320; step += 10) {
        await it.point("train/loss", (peak = step / STEPS));
        await tooltip().waitFor();
        if ((await value()) > 1.5) return true;
      }
      return false;
    });
    const before = await value();
    await it.page.getByLabel("Smoothing").fill("0.9");
    await it.point("train/loss", peak, 0.4);
    await until("it is less", async () => (await value()) < before / 1.5 || value());
    await it.page.getByLabel("Smoothing").fill("0");
    const linear = await picture();
    await it.page.getByLabel("Log y").check();
    await until("the picture is another one", async () => (await picture()) !== linear);
    const logarithmic = await picture();
    await it.page.getByLabel("Log x").check();
    await until("and another one", async () => (await picture()) !== logarithmic);
    await it.point("train/loss", 0.5, 0.3);
    await until("the middle is where the logarithm says", async () => {
      const step = Number((await tooltip().locator(".quiet").first().textContent()).replaceAll(",", ""));
      return (step > 30 && step < 130) || step;
    });
  });

  test("keys find the filters, turn the y axis, pause and end a zoom", { timeout }, async () => {
    await it.open(`&metrics=loss&runs=${it.told.first.id}&range=1000_2000`);
    await until("it is zoomed", async () => (await it.stretch("train/loss")).join() === "1000,2000" || it.stretch("train/loss"));
    await it.page.keyboard.press("l");
    await until("the y axis is logarithmic", () => it.page.getByLabel("Log y").isChecked());
    await it.page.keyboard.press("0");
    await until("the zoom has ended", async () => (await it.stretch("train/loss")).join() === `0,${STEPS - 1}` || it.stretch("train/loss"));
    await it.page.keyboard.press("p");
    await it.page.getByRole("button", { name: /Paused/ }).waitFor();
    await it.page.keyboard.press("p");
    await it.page.getByRole("button", { name: /Live/ }).waitFor();
    const focused = () => it.page.evaluate(() => document.activeElement.id);
    await it.page.keyboard.press("/");
    assert.equal(await focused(), "metric-filter");
    await it.page.keyboard.press("l");
    assert.equal(await it.page.getByLabel("Log y").isChecked(), true, "what is typed is no command");
    await it.page.keyboard.press("Escape");
    await it.page.keyboard.press("r");
    assert.equal(await focused(), "run-filter");
  });

  test("a chart is read and zoomed by keyboard", { timeout }, async () => {
    await loss();
    await it.drawn("train/loss", STEPS);
    await it.page.getByRole("img", { name: "train/loss: curves" }).focus();
    const said = it.chart("train/loss").getByRole("status");
    const step = async () => Number((await said.locator(".quiet").first().textContent()).replaceAll(",", ""));
    await it.page.keyboard.press("ArrowRight");
    await said.getByText("baseline").waitFor();
    assert.ok((await step()) < 16);
    await it.page.keyboard.press("ArrowRight");
    await until("it is at the next bucket", async () => ((await step()) > 16 && (await step()) < 32) || step());
    await it.page.keyboard.press("End");
    await until("it is at the end", async () => (await step()) > STEPS - 17 || step());
    await it.page.keyboard.press("Home");
    for (let count = 0; count < 125; count++) await it.page.keyboard.press("ArrowRight");
    await it.page.keyboard.press("+");
    await until("half of it is seen, around the middle", async () => {
      const [from, to] = await it.stretch("train/loss");
      return (Math.abs(to - from - STEPS / 2) < 2 && Math.abs((from + to) / 2 - STEPS / 2) < 32) || [from, to];
    });
    await it.page.waitForURL(/range=/);
    await it.page.keyboard.press("-");
    await until("all of it is seen", async () => {
      const [from, to] = await it.stretch("train/loss");
      return (from < 32 && to - from > STEPS - 66) || [from, to];
    });
  });

  thorough("dark and light is the person's, and is kept; charts a row are the view's", { timeout }, async () => {
    await loss();
    await it.drawn("train/loss", STEPS);
    const theme = () => it.page.evaluate(() => document.documentElement.dataset.theme);
    assert.equal(await theme(), "light");
    await it.page.getByRole("button", { name: "Dark colours" }).click();
    await until("it is dark", async () => (await theme()) === "dark");
    await it.page.reload();
    await it.page.getByRole("button", { name: "Light colours" }).waitFor();
    assert.equal(await theme(), "dark");
    assert.ok(!/dark|theme/.test(it.page.url()));
    await it.open("&metrics=^train/");
    await it.chart("train/loss").waitFor();
    await it.page.getByLabel("Columns").selectOption("1");
    await until("charts are below each other", async () => {
      const boxes = await it.page.locator("article.chart").evaluateAll((charts) => charts.map((chart) => chart.getBoundingClientRect().left));
      return new Set(boxes).size === 1 || boxes;
    });
    await it.page.waitForURL(/columns=1/);
  });

  thorough("the URL holds the line of a histogram, and the line and the step of a scatter", { timeout }, async () => {
    await it.open("&metrics=gradients|embedding");
    const runOf = (metric) => it.page.getByLabel(`Run of ${metric}`);
    await runOf("gradients").selectOption({ label: "wide" });
    await runOf("embedding").selectOption({ label: "baseline" });
    const slider = it.page.getByRole("slider", { name: "Time of embedding" });
    await slider.focus();
    await it.page.keyboard.press("Home");
    await until("the first step is shown", async () => (await it.plot("embedding").getAttribute("data-step")) === "0");
    await it.page.keyboard.press("ArrowRight");
    await until("the second step is shown", async () => (await it.plot("embedding").getAttribute("data-step")) === "100");
    await it.page.waitForURL(/line=.*at=/);
    await it.page.reload();
    await until("it is so again", async () => (await it.plot("embedding").getAttribute("data-step")) === "100");
    const label = (select) => select.evaluate(({ selectedOptions: [option] }) => option.textContent);
    assert.deepEqual([await label(runOf("gradients")), await label(runOf("embedding"))], ["wide", "baseline"]);
  });

  test("a zoom redraws what is there at once, and asks for finer buckets when it has rested", { timeout }, async () => {
    await it.page.addInitScript(() => {
      globalThis.asked = [];
      const { fetch } = globalThis;
      globalThis.fetch = (...of) => {
        if (String(of[0]).endsWith("/buckets")) globalThis.asked.push(performance.now());
        return fetch(...of);
      };
    });
    await loss();
    await it.drawn("train/loss", STEPS);
    await until("all is read", async () => (await it.plot("train/loss").getAttribute("data-loading")) === "false");
    await it.plot("train/loss").evaluate((plot) => {
      globalThis.asked.length = 0;
      new MutationObserver(() => (globalThis.redrawn ??= performance.now())).observe(plot, { attributeFilter: ["data-from"] });
      addEventListener("mouseup", () => (globalThis.released = performance.now()), { capture: true });
    });
    await it.point("train/loss", 0.25);
    await it.page.mouse.down();
    await it.point("train/loss", 0.5);
    await it.page.mouse.up();
    await until("finer buckets are asked for", () => it.page.evaluate(() => globalThis.asked.length > 0));
    const { released, redrawn, asked } = await it.page.evaluate(() => ({ released: globalThis.released, redrawn: globalThis.redrawn, asked: globalThis.asked }));
    assert.ok(redrawn < asked[0], `drawn at ${redrawn}, asked at ${asked}`);
    assert.ok(asked[0] - released >= 99, `asked ${asked[0] - released} ms after the mouse`);
  });
});
