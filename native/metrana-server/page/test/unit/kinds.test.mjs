import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../data.mjs";
import { load } from "./load.mjs";

const { densityOf } = await load("charts/density.ts");
const { Thinned } = await load("charts/thinned.ts");
const { sectionsOf } = await load("state/sections.ts");

const histogram = (step, edges, bins, isDensity = false) => ({ step, edges, bins, isDensity });
const column = (map, at) => Array.from({ length: map.rows }, (_, row) => map.shares[row * map.columns + at]);
const sum = (values) => values.reduce((all, value) => all + value, 0);

test("a column of a density sums up to one, whatever the bins of its histogram", () => {
  const next = random(5);
  const list = Array.from({ length: 40 }, (_, step) => {
    const edges = Array.from({ length: 9 }, () => next() * 10).sort((a, b) => a - b);
    return histogram(step * 3, edges, edges.slice(1).map(() => Math.floor(next() * 50) + 1));
  });
  const map = densityOf(list, 30, 17);
  for (let at = 0; at < map.columns; at++) assert.ok(Math.abs(sum(column(map, at)) - 1) < 1e-5, `column ${at}: ${sum(column(map, at))}`);
});

test("a bin lies where its values are, large ones at the top, and holds until the next histogram", () => {
  const map = densityOf([histogram(0, [0, 1, 2], [1, 3]), histogram(3, [0, 1, 2], [4, 0])], 4, 2);
  assert.deepEqual([map.columns, map.steps, map.values], [4, [0, 4], [0, 2]]);
  assert.deepEqual([0, 1, 2].map((at) => column(map, at)), Array(3).fill([0.75, 0.25]));
  assert.deepEqual(column(map, 3), [0, 1]);
});

test("densities count by the width of their bins, and what is no number is left out", () => {
  const map = densityOf([histogram(0, [0, 1, 4], [1, 1], true), histogram(1, [0, NaN, 4], [NaN, 1])], 2, 4);
  assert.deepEqual(column(map, 0), [0.25, 0.25, 0.25, 0.25]);
  assert.equal(densityOf([histogram(0, [0, 1], [0])], 2, 2), null);
  assert.deepEqual(densityOf([histogram(0, [3, 3], [7])], 2, 3).values, [2.5, 3.5], "all in one place");
});

test("a list that grows is read once, and thinned evenly", async () => {
  let [total, most] = [10, 0];
  const parts = [];
  const read = async (part) => {
    parts.push(part);
    const items = [];
    for (let item = part.offset; item < total && items.length < part.limit; item += part.every) items.push(item);
    return { total, items };
  };
  const list = new Thinned(16);
  for (let round = 0; round < 60; round++) {
    await list.grow(read);
    const every = list.items.length > 1 ? list.items[1] - list.items[0] : 1;
    assert.deepEqual(list.items, Array.from({ length: Math.ceil(total / every) }, (_, place) => place * every));
    most = Math.max(most, list.items.length);
    total += 37;
  }
  assert.ok(most <= 16 && list.items.length > 8, `${list.items.length}`);
  const asked = parts.map(({ offset }) => offset);
  assert.ok(asked.every((offset, place) => place === 0 || offset >= asked[place - 1]), "nothing is read again");
});

const series = (id, metric, more = {}) => ({ id: String(id), metric, scale: "ML_STEP", labels: {}, ordering: "absolute_ordered", world: "std", kind: "float", points: "1", ...more });
const shown = (list, isApart) => sectionsOf(["r"], new Map([["r", list]]), isApart).flatMap(({ charts }) => charts.map(({ metric, lines }) => `${metric}: ${lines.map(({ series, labels }) => `${series} ${labels}`.trim()).join(", ")}`));

test("a metric of an evaluation joins that of the training of the same scale", () => {
  const list = [series(1, "return"), series(2, "eval/return", { labels: { evaluation: "true" } }), series(3, "train/loss"), series(4, "eval/loss"), series(5, "eval/score"), series(6, "eval/return", { scale: "EPISODE" })];
  assert.deepEqual(shown(list, false), ["return: 1, 2 evaluation", "eval/return: 6", "eval/score: 5", "train/loss: 3, 4 evaluation"]);
  assert.deepEqual(shown(list, true).length, 6);
});

test("where a chart's points lie is known without asking, if none is missing", () => {
  const extent = (list) => sectionsOf(["r"], new Map([["r", list]]), true)[0].charts[0].extent;
  const whole = series(1, "a", { points: "100", last_step: "99" });
  assert.deepEqual(extent([whole, series(2, "a", { points: "300", last_step: "299" })]), [0, 299]);
  assert.equal(extent([whole, series(2, "a", { points: "300", last_step: "300" })]), null, "one is missing, be it the first");
  assert.equal(extent([whole, series(2, "a", { points: "1", last_step: "0", world: "rl" })]), null);
});

test("kinds of one metric do not mix", () => {
  const list = [series(1, "a"), series(2, "a", { kind: "histogram" }), series(3, "a", { kind: "density_histogram" }), series(4, "a", { kind: "scatter" }), series(5, "a", { kind: "undefined" })];
  assert.deepEqual(shown(list, true), ["a: 1", "a: 2, 3", "a: 4"]);
});
