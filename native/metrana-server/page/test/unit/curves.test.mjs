import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { merge, isGrown, lastFilled, extentOf } = await load("charts/merge.ts");
const { means, smoothed } = await load("charts/smooth.ts");
const { groupCurve } = await load("charts/group.ts");
const { csvOf } = await load("charts/csv.ts");
const { paint, limits, PALETTE } = await load("charts/palette.ts");
const { rangeOf } = await load("charts/span.ts");
const { append, endOf } = await load("charts/append.ts");
const { progressOf, along } = await load("charts/returns.ts");

/** A curve with one point a bucket; null: none. */
function curve(values) {
  const numbers = Float32Array.from(values, (value) => value ?? NaN);
  const x = Float64Array.from(values, (value, place) => (value === null ? NaN : place));
  return {
    count: Float64Array.from(values, (value) => (value === null ? 0 : 1)),
    flags: new Uint8Array(values.length),
    firstX: x, lastX: x.slice(), first: numbers, last: numbers.slice(), min: numbers.slice(), max: numbers.slice(), sum: numbers.slice(),
  };
}

test("a piece goes where it belongs, and only news are news", () => {
  const all = curve([1, 2, 3, null, null]);
  assert.equal(lastFilled(all), 2);
  assert.equal(isGrown(all, curve([3, null]), 2), false);
  assert.equal(isGrown(all, curve([3, 4]), 2), true);
  assert.equal(isGrown(all, curve([3.5, null]), 2), true);
  merge(all, curve([3, 4]), 2);
  assert.deepEqual([...all.last], [1, 2, 3, 4, NaN]);
  assert.equal(lastFilled(all), 3);
  merge(all, curve([5, 6, 7, 8]), 3);
  assert.deepEqual([...all.last], [1, 2, 3, 5, 6], "what lies beyond the grid is left out");
});

test("a flag alone counts as something", () => {
  const flagged = curve([1, null]);
  const piece = curve([null]);
  piece.flags[0] = 1;
  assert.equal(isGrown(flagged, piece, 1), true);
  merge(flagged, piece, 1);
  assert.equal(lastFilled(flagged), 1);
});

test("an extent is from the first point of all to the last", () => {
  assert.deepEqual(extentOf([curve([null, 1, null]), curve([null, null, null, 2])]), [1, 3]);
  assert.equal(extentOf([curve([null])]), null);
});

test("smoothing changes no constant, skips gaps and does not lean towards where it began", () => {
  assert.deepEqual([...smoothed(Float64Array.of(5, NaN, 5, 5), 0.9)].filter(Number.isFinite).map((value) => value.toFixed(9)), Array(3).fill("5.000000000"));
  assert.equal(smoothed(Float64Array.of(10, 0), 0.5)[1].toFixed(6), (10 / 3).toFixed(6));
  const values = Float64Array.of(1, 2);
  assert.equal(smoothed(values, 0), values);
});

test("a group is the mean of its members, however many points each has", () => {
  const [one, other] = [curve([1, null, 3]), curve([3, null, null])];
  one.count[0] = 100;
  one.sum[0] = 100;
  const group = groupCurve([one, other], 3);
  assert.deepEqual([...means(group)], [2, NaN, 3]);
  assert.deepEqual([group.min[0], group.max[0]], [1, 3]);
  assert.deepEqual([...group.count], [2, 0, 1]);
});

test("a table calculator takes no name for a formula", () => {
  const line = { name: '=1+1,"x"', curve: curve([0.5]) };
  assert.equal(csvOf({ lines: [line] }).split("\r\n")[1], '"\'=1+1,""x""",0,0,1,0.5,0.5,0.5,0.5,0.5,');
});

test("a peak of one point is within what is drawn", () => {
  const spike = curve([1, 1, 1]);
  spike.max[1] = 1000;
  const [low, high] = rangeOf({ lines: [{ curve: spike, values: means(spike) }], xs: Float64Array.of(0.5, 1.5, 2.5), stretch: [0, 3], logY: false, smoothing: 0.9 });
  assert.ok(high > 1000 && low < 1);
});

test("cells without a number are clear, the least and the greatest have the ends of the palette", () => {
  const cells = Float32Array.of(0, NaN, 10);
  assert.deepEqual(limits(cells), [0, 10]);
  const pixels = new Uint32Array(paint(cells, 0, 10).buffer);
  assert.deepEqual([...pixels], [PALETTE[0], 0, PALETTE[255]]);
  assert.equal(limits(Float32Array.of(NaN)), null);
});

test("the deviation of a group is that of its members' means", () => {
  const group = groupCurve([curve([1, 5]), curve([3, null])], 2, "deviation");
  assert.deepEqual([...group.first], [2, 5]);
  assert.deepEqual([group.min[0], group.max[0]].map((value) => value.toFixed(5)), [2 - Math.SQRT2, 2 + Math.SQRT2].map((value) => value.toFixed(5)));
  assert.deepEqual([group.min[1], group.max[1]], [5, 5], "of one alone no deviation is known");
});

test("returns lie where the steps of all environments had come to", () => {
  const [returns, steps] = [curve([null, 10, null, 30]), curve([1, 1, 1, 1])];
  steps.count.set([100, 50, 100, 150]);
  const progress = progressOf(steps);
  assert.deepEqual([...progress], [100, 150, 250, 400]);
  const laid = along(returns, progress, { from: 0, to: 400, buckets: 4 });
  assert.deepEqual([...laid.count], [0, 1, 0, 1]);
  assert.deepEqual([laid.firstX[1], laid.sum[1], laid.firstX[3], laid.sum[3]], [150, 10, 400, 30]);
});

test("what lies behind the end of a curve goes into its bucket, or one looks closer", () => {
  const grid = { from: 0, to: 32, buckets: 4 };
  const last = curve([1, 2, null, null]);
  last.firstX.set([3, 9, NaN, NaN]);
  last.lastX.set([3, 9, NaN, NaN]);
  const end = (count, firstX, lastX, first, lastValue, min, max, sum, flags = 0) => ({
    count: Float64Array.of(count), flags: Uint8Array.of(flags), firstX: Float64Array.of(firstX), lastX: Float64Array.of(lastX), first: Float32Array.of(first), last: Float32Array.of(lastValue), min: Float32Array.of(min), max: Float32Array.of(max), sum: Float32Array.of(sum),
  });
  assert.equal(endOf(last), 10);
  assert.equal(append(last, grid, end(0, NaN, NaN, NaN, NaN, NaN, NaN, NaN)), "none");
  assert.equal(append(last, grid, end(2, 10, 12, 7, -1, -1, 7, 6)), "grown");
  assert.deepEqual([last.count[1], last.first[1], last.last[1], last.min[1], last.max[1], last.sum[1], last.firstX[1], last.lastX[1]], [3, 2, -1, -1, 7, 8, 9, 12]);
  assert.equal(append(last, grid, end(1, 17, 17, 4, 4, 4, 4, 4)), "grown", "a bucket that was empty");
  assert.deepEqual([last.count[2], last.first[2], last.sum[2], endOf(last)], [1, 4, 4, 18]);
  assert.equal(append(last, grid, end(5, 18, 25, 1, 1, 1, 1, 5)), "outgrown", "the last bucket is kept free");
  assert.equal(append(last, grid, end(1, 18, 18, 1, 1, 1, 1, 1, 1)), "unclear", "nobody knows where the NaN lies");
  const early = curve([1, null, null, null]);
  assert.equal(append(early, grid, end(5, 6, 9, 1, 1, 1, 1, 5)), "unclear", "over two buckets");
});
