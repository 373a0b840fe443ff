import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { placeAfter, pointsUntil } = await load("charts/clock.ts");
const places = (...buckets) => ({
  count: Float64Array.from(buckets, ([count]) => count),
  firstX: Float64Array.from(buckets, ([, first]) => first),
  lastX: Float64Array.from(buckets, ([, , last]) => last),
});

test("points until a moment are those of whole buckets and, evenly, some of the one it lies in", () => {
  const time = places([1, 100, 100], [0, NaN, NaN], [11, 200, 300], [5, 400, 400]);
  assert.deepEqual([99, 100, 199, 200, 250, 300, 399, 400, 9e9].map((moment) => pointsUntil(time, moment)), [0, 1, 1, 2, 7, 12, 12, 17, 17]);
});

test("a curve's place after so many points is that of the last one of them", () => {
  const along = places([3, 0, 2], [0, NaN, NaN], [1, 10, 10]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((points) => placeAfter(along, points)), [0, 0, 1, 2, 10, 10]);
  assert.equal(placeAfter(places([0, NaN, NaN]), 3), null);
});
