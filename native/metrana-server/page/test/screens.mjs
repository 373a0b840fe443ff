// Makes a picture of every page at three widths in both themes, for somebody to look at: node test/screens.mjs FOLDER
// Those of one page and one width, light and dark, stand beside each other.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Logger } from "./data.mjs";
import { startServer } from "./server.mjs";
import { EPISODES, tell } from "./story.mjs";
import { newPage, startBrowser } from "./browser/browser.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("where to? node test/screens.mjs FOLDER");
const WIDTHS = { 390: 844, 820: 1180, 1440: 900 };
const THEMES = ["light", "dark"];
const PROJECT = "/?workspace=lab&project=walker";

await mkdir(folder, { recursive: true });
const server = await startServer("--open");
const empty = await startServer("--open");
const browser = await startBrowser();
try {
  const runs = await tell(server.address);
  for (let run = 0; run < 120; run++) {
    const logger = await Logger.open(server.address, { workspace: "lab", project: "sweep", run_name: `trial-${run}` });
    await logger.attributes({ "config/lr": run % 3 });
    const [loss] = await logger.declare(["loss"]);
    await logger.log(loss, 0, Array.from({ length: 400 }, (_, step) => Math.exp(-step / (40 + run)) + 0.02 * Math.sin(step * (run + 1))));
    await logger.close();
  }
  const { series } = await (await fetch(`${server.url}/api/v1/runs/${runs.first.id}/series`)).json();
  const reward = series.find(({ metric }) => metric === "rollout/reward").id;
  const map = `&page=environments&runs=${runs.first.id}&map=${runs.first.id}&map=${reward}&map=mean`;
  const menu = async (page) => {
    const button = page.getByRole("button", { name: "More about baseline" });
    if (!(await button.isVisible())) await page.getByRole("button", { name: "Runs", exact: true }).click();
    await button.click({ force: true });
    await page.getByRole("dialog").waitFor();
  };
  const list = async (page) => {
    const button = page.getByRole("button", { name: "Runs", exact: true });
    if (await button.isVisible()) await button.click();
  };
  const end = (page) => page.locator("#contents").evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await screens("projects", "/", ".card");
  await screens("charts", PROJECT, ".uplot");
  await screens("charts-end", PROJECT, ".uplot", end);
  await screens("charts-kinds", `${PROJECT}&metrics=gradients|embedding|broken`, "canvas");
  await screens("charts-grouped", `${PROJECT}&group=config/lr&members=1&metrics=loss|return`, ".uplot");
  await screens("charts-crowd", "/?workspace=lab&project=sweep&runs=all", ".uplot");
  await screens("charts-none", `${PROJECT}&metrics=nothing-is-called-so`, ".notice");
  await screens("runs", PROJECT, ".uplot", list);
  await screens("run-dialog", PROJECT, ".uplot", menu);
  await screens("full", `${PROJECT}&full=${encodeURIComponent("train/loss|ML_STEP")}`, ".uplot");
  await screens("environments", `${PROJECT}${map}`, "canvas.heat");
  await screens("episode", `${PROJECT}${map}&environment=env-3&episode=${EPISODES - 1}`, ".plot[data-steps] canvas", end);
  await screens("compare", `${PROJECT}&page=compare`, "table");
  await screens("health", `${PROJECT}&page=health`, "table, .tiles");
  await screens("first-steps", "/", "pre", null, empty);
  await writeFile(join(folder, "key"), "only-for-this-picture\n");
  const locked = await startServer("--api-key-file", join(folder, "key"));
  await screens("login", "/", "form", null, locked);
  await locked.stop();
  runs.last.leave();
} finally {
  await browser.close();
  await Promise.all([server.stop(), empty.stop()]);
}
async function screens(name, path, what, then = null, of = server) {
  for (const [width, height] of Object.entries(WIDTHS)) {
    const pictures = [];
    for (const colorScheme of THEMES) {
      const { page, context, complaints } = await newPage(browser, of.url, { viewport: { width: Number(width), height }, colorScheme });
      await page.goto(of.url + path);
      await page.locator(what).first().waitFor();
      await page.waitForFunction(() => !document.querySelector('[data-loading="true"]'));
      await then?.(page);
      // Until charts that came into sight are drawn.
      await page.waitForTimeout(500);
      pictures.push(await page.screenshot());
      // A refusal is how the page learns that it needs a key.
      const wrong = complaints.filter((complaint) => !/401/.test(complaint));
      if (wrong.length > 0) console.error(name, width, colorScheme, wrong);
      await context.close();
    }
    await writeFile(join(folder, `${name}-${width}.png`), await beside(pictures, Number(width), height));
  }
}

/** Pictures of one size beside each other. */
async function beside(pictures, width, height) {
  const page = await browser.newPage({ viewport: { width: pictures.length * (width + 8), height } });
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture.toString("base64")}" style="margin-right:8px">`).join("");
  await page.setContent(`<body style="margin:0;display:flex;background:#888">${images}`);
  const all = await page.screenshot();
  await page.close();
  return all;
}
