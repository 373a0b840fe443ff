// Every chart is saved as a table and as a picture with its title and its legend.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tell } from "../story.mjs";
import { thorough, until } from "./browser.mjs";
import { desk } from "./desk.mjs";

const timeout = 60_000;

describe("saving", { timeout: 240_000 }, () => {
  const it = desk("walker", tell);

  /** Looks at a picture: its size, how much is written above the chart, and how much has a colour below it. */
  async function look(png) {
    return it.page.evaluate(async (encoded) => {
      const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const ctx = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
      ctx.drawImage(bitmap, 0, 0);
      const count = (top, height, counts) => {
        const { data } = ctx.getImageData(0, top, bitmap.width, height);
        let sum = 0;
        for (let at = 0; at < data.length; at += 4) if (counts(Math.max(...data.slice(at, at + 3)), Math.min(...data.slice(at, at + 3)))) sum += 1;
        return sum;
      };
      return {
        width: bitmap.width,
        height: bitmap.height,
        title: count(0, 30, (_, least) => least < 120),
        words: count(bitmap.height - 30, 20, (_, least) => least < 120),
        coloured: count(bitmap.height - 30, 20, (most, least) => most - least > 60),
      };
    }, png.toString("base64"));
  }

  async function both(name, head, { isColoured = true } = {}) {
    const button = (form) => it.page.getByRole("button", { name: `${name} as ${form}`, exact: true });
    await until(`${name} can be saved`, () => button("CSV").isEnabled());
    const rows = (await it.saved(button("CSV"), "utf8")).trimEnd().split("\r\n");
    assert.match(rows[0], head);
    assert.ok(rows.length > 1 && rows.every((row) => !/undefined|\[object/.test(row)), rows.slice(0, 3).join("\n"));
    const png = await look(await it.saved(button("PNG")));
    assert.ok(png.title > 50, `a title: ${JSON.stringify(png)}`);
    assert.ok(png.words > 50, `a legend: ${JSON.stringify(png)}`);
    if (isColoured) assert.ok(png.coloured > 50, `its colours: ${JSON.stringify(png)}`);
    return rows;
  }

  test("curves", { timeout }, async () => {
    await it.open("&metrics=loss");
    const rows = await both("train/loss", /^line,from_x,to_x,count,first,last,min,max,mean,flags$/);
    assert.ok(rows.some((row) => row.startsWith("baseline,") && row.includes(",25,")), "the peak is in it");
  });

  test("histograms", { timeout }, async () => {
    await it.open(`&metrics=gradients&runs=${it.told.first.id}`);
    const rows = await both("gradients", /^from_step,to_step,from_value,to_value,share$/);
    const first = rows.slice(1).filter((row) => row.startsWith("0,"));
    assert.ok(Math.abs(first.reduce((sum, row) => sum + Number(row.split(",")[4]), 0) - 1) < 1e-3, "the shares of a step are one");
  });

  test("scatters", { timeout }, async () => {
    await it.open(`&metrics=embedding&runs=${it.told.first.id}`);
    const rows = await both("embedding", /^step,x,y$/);
    assert.equal(rows.length, 1 + 50);
  });

  thorough("environments: returns, heat map, bands, one environment and its episode", { timeout }, async () => {
    const { series } = await (await it.page.request.get(`${it.server.url}/api/v1/runs/${it.told.first.id}/series`)).json();
    const reward = series.find(({ metric }) => metric === "rollout/reward").id;
    await it.open(`&page=environments&runs=${it.told.first.id}&map=${it.told.first.id}&map=${reward}&map=max&environment=env-3&episode=2`);
    await both("rollout/return", /^line,/);
    const cells = await both("rollout/reward over environments", /^environment,from_rl_step,to_rl_step,max$/);
    assert.equal(cells.length, 1 + 16 * 120);
    await both("rollout/reward: bands over environments", /^from_x,to_x,p5,p25,p50,p75,p95$/);
    await both("rollout/reward of env-3", /^line,/);
    await both("rollout/reward: episode 2", /^line,/);
  });

  test("what is no number is drawn where it came, and is in the table", { timeout }, async () => {
    await it.open(`&metrics=broken&runs=${it.told.first.id}`);
    await it.drawn("train/broken", 3997);
    const [from, to] = await it.stretch("train/broken");
    const pixels = await it.pixels(it.chart("train/broken").locator(".uplot canvas"));
    const box = await it.chart("train/broken").locator(".u-over").boundingBox();
    const canvas = await it.chart("train/broken").locator(".uplot canvas").boundingBox();
    /** Pixels of colour at the upper or the lower edge, around a step. */
    const inked = (step, isBelow) => pixels.evaluate(({ data, width }, { left, top }) => {
      let count = 0;
      for (let y = Math.round(top); y < top + 9; y++) {
        for (let x = Math.round(left) - 6; x <= left + 6; x++) {
          const [red, green, blue, alpha] = data.slice(4 * (y * width + x));
          if (alpha > 60 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count += 1;
        }
      }
      return count;
    }, { left: box.x - canvas.x + ((step - from) / (to - from)) * box.width, top: box.y - canvas.y + (isBelow ? box.height - 10 : 1) });
    const seen = { nan: await inked(3000), infinity: await inked(3300), negative: await inked(3600, true), none: await inked(2000), noneBelow: await inked(3300, true) };
    assert.ok(seen.nan > 8 && seen.infinity > 12 && seen.negative > 12, JSON.stringify(seen));
    assert.ok(seen.none === 0 && seen.noneBelow === 0, `and nowhere else: ${JSON.stringify(seen)}`);
    const rows = (await it.saved(it.page.getByRole("button", { name: "train/broken as CSV" }), "utf8")).trimEnd().split("\r\n").map((row) => row.split(","));
    const flagged = rows.slice(1).filter((row) => row[9] !== "");
    assert.deepEqual(flagged.map((row) => row[9]), ["nan", "inf", "-inf"]);
    // A row tells where its numbers lie: what is none came within a bucket of 16 steps of them.
    for (const [place, step] of [3000, 3300, 3600].entries()) assert.ok(Number(flagged[place][1]) - 16 < step && Number(flagged[place][2]) + 16 > step, `${flagged[place]} has ${step}`);
  });
});
