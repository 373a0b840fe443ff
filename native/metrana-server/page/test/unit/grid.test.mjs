import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../data.mjs";
import { load } from "./load.mjs";

const { gridFor, part, bucketWidth } = await load("charts/grid.ts");

test("a grid holds its stretch, with buckets that begin at multiples of a power of two", () => {
  const next = random(3);
  for (let round = 0; round < 2000; round++) {
    const from = Math.floor((next() - 0.2) * 10 ** (next() * 12));
    const to = from + Math.floor(next() * 10 ** (next() * 12));
    for (const isWhole of [true, false]) {
      const grid = gridFor(from, to, isWhole, 256);
      const width = bucketWidth(grid);
      assert.ok(grid.from <= from && to < grid.to, `${from} to ${to}: ${JSON.stringify(grid)}`);
      assert.ok(Number.isInteger(Math.log2(width)), `${from} to ${to}: ${width}`);
      assert.equal(grid.from % width === 0, true);
      assert.ok(!isWhole || width >= 1);
    }
  }
});

test("a stretch that grows keeps its buckets until they are too many", () => {
  const before = gridFor(0, 900, true);
  assert.deepEqual(gridFor(0, 1000, true), before);
  assert.equal(bucketWidth(gridFor(0, 100_000, true)) % bucketWidth(before), 0);
});

test("a part of a grid lies on its buckets", () => {
  const grid = gridFor(128, 5000, true);
  const piece = part(grid, 10, 14);
  assert.equal(bucketWidth(piece), bucketWidth(grid));
  assert.equal(piece.from, grid.from + 10 * bucketWidth(grid));
  assert.equal(piece.buckets, 4);
});

test("a single place has a grid too", () => {
  for (const at of [0, 7, 1e15]) assert.ok(gridFor(at, at, true).to > at);
  assert.ok(gridFor(0.25, 0.25, false).to > 0.25);
});
