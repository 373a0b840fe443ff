import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { readView, writeView } = await load("state/url.ts");
const { matcher } = await load("state/matcher.ts");
const { readColumns } = await load("api/columns.ts");
const { short, duration, whole, bytes } = await load("charts/format.ts");

test("a view comes back whole from its URL", () => {
  const view = {
    ...readView(""),
    project: { organization: "a&b", workspace: "lab/1", project: "<p>" },
    page: "compare", runs: ["0a", "ff"], withHidden: true, runFilter: "a|b", metricFilter: "loss$", x: "wall_time", logX: true, logY: true,
    smoothing: 0.25, range: [1.5, 2e12], columns: 3, folded: ["train/deep", "x y"], full: "loss|ML_STEP", groups: ["config/lr", "config/seed"], differencesOnly: true,
    cell: { run: "0a", metric: "12", measure: "max" }, environment: "env/1", episode: 0, returns: { metric: "episode_return", along: "episodes" },
    apart: true, spread: "deviation", members: true, order: "points", lines: { "grad|ML_STEP|histograms": "0a:3" }, moments: { "dots|ML_STEP|scatters": 0 },
  };
  assert.deepEqual(readView(writeView(view)), view);
  assert.equal(writeView(readView("")), "");
});

test("no run and no choice of runs are told apart", () => {
  assert.equal(readView("").runs, null);
  assert.deepEqual(readView(writeView({ ...readView(""), runs: [] })).runs, []);
  assert.equal(readView(writeView({ ...readView(""), runs: "all" })).runs, "all");
});

test("what makes no sense in a URL is left out", () => {
  const view = readView("?x=sideways&smooth=7&range=5_1&runs=zz.0f&page=admin&columns=-3&range=NaN_1");
  assert.deepEqual([view.x, view.smoothing, view.range, view.runs, view.page, view.columns], ["step", 0.99, null, ["0f"], "charts", 0]);
});

test("a filter is text, or an expression where it looks like one", () => {
  assert.ok(matcher("LOSS").matches("train/loss"));
  assert.ok(matcher("^train/.*loss$").matches("train/a_loss") && !matcher("^loss").matches("train/loss"));
  const broken = matcher("loss[");
  assert.ok(broken.problem && broken.matches("loss[0]"));
  assert.ok(matcher("a.b").matches("a.b") && !matcher("a.b").matches("axb"), "a dot alone is a dot");
});

test("columns are read where they lie", () => {
  const head = JSON.stringify({ from: 1, columns: [{ name: "n", type: "u64", count: 1, offset: 0 }, { name: "v", type: "f32", count: 2, offset: 8 }] });
  const padded = head.padEnd(Math.ceil(head.length / 8) * 8);
  const bytes = new Uint8Array(16 + padded.length + 16);
  bytes.set(new TextEncoder().encode("MTRCOLS1"));
  new DataView(bytes.buffer).setUint32(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), 16);
  new DataView(bytes.buffer).setBigUint64(16 + padded.length, 5n, true);
  new DataView(bytes.buffer).setFloat32(16 + padded.length + 12, 0.5, true);
  const columns = readColumns(bytes.buffer);
  assert.deepEqual([...columns.counts("n")], [5]);
  assert.deepEqual([...columns.f32("v")], [0, 0.5]);
  assert.throws(() => columns.f64("v"), /no column 'v'/);
  assert.throws(() => readColumns(new ArrayBuffer(4)), /not in columns/);
});

test("numbers are short", () => {
  assert.deepEqual([0.1, 1234.5678, 2.5e6, 1e-7, NaN, -Infinity].map(short), ["0.1", "1234.6", "2.5M", "1.00e−7", "NaN", "−∞"]);
  assert.deepEqual([250, 61_000, 3_720_000].map(duration), ["250 ms", "1 min 01 s", "1 h 02 min"]);
  assert.equal(whole("1234567"), "1 234 567");
  assert.deepEqual([0, 999, 1234, 5.67e9].map(bytes), ["0 B", "999 B", "1.23 kB", "5.67 GB"]);
});
