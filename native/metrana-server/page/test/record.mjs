// Where what was measured of the page is kept: docs/performance/page.json, and from it the table in docs/performance.md.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

const docs = join(import.meta.dirname, "../../../../docs");
const file = join(docs, "performance/page.json");
const round = (value) => Number(value.toPrecision(3));

/** What it was measured on. */
export const machine = (browser) => ({
  processor: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  node: process.version,
  browser: browser.version(),
  load: round(loadavg()[0]),
  date: new Date().toISOString().slice(0, 16) + "Z",
});

/** Keeps a part of the record and leaves the others as they are. */
export async function record(part) {
  const kept = { ...JSON.parse(await readFile(file, "utf8")), ...part };
  kept.figures = kept.figures.map((row) => ({ ...row, least: round(row.least), median: round(row.median) }));
  await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`);
  const table = [
    "| what | aim | here, least / median |",
    "|---|---|---|",
    ...kept.figures.map(({ what, unit, goal, least, median }) => `| ${what} | ${goal} ${unit} | ${least} / ${median} ${unit} |`),
    ...(kept.memory ? [`| ${kept.memory.what} | flat | ${kept.memory.after_a_minute_mb} MB after a minute, ${kept.memory.at_the_end_mb} MB at the end |`] : []),
  ].join("\n");
  const path = join(docs, "performance.md");
  const text = await readFile(path, "utf8");
  const place = /(<!-- page figures -->\n)[^]*?(\n<!-- end of page figures -->)/;
  assert.match(text, place, "docs/performance.md has a place for them");
  await writeFile(path, text.replace(place, `$1${table}$2`));
}
