import { COLUMNS_TYPE, readColumns } from "./columns.ts";
import { sendJson } from "./request.ts";
import type { Axis } from "./types.ts";

/** A series of a run. */
export interface LineId {
  run: string;
  series: string;
  /** Those that are drawn together; without it all. */
  environments?: readonly string[];
}

/** Buckets of one width, beginning at `from`. */
export interface Grid {
  from: number;
  to: number;
  buckets: number;
}

/** A curve on a grid: a place in each column for each bucket. Where `count` is 0 the numbers are NaN. */
export interface Curve {
  count: Float64Array;
  flags: Uint8Array;
  firstX: Float64Array;
  lastX: Float64Array;
  first: Float32Array;
  last: Float32Array;
  min: Float32Array;
  max: Float32Array;
  sum: Float32Array;
}

export const FLAG_NAN = 1;
export const FLAG_INFINITY = 2;
export const FLAG_NEGATIVE_INFINITY = 4;

/** How many series the server takes in one question. */
const MOST_LINES = 4096;

/** Reads many curves on one grid. Without `from` and `to` it spans all their points. */
export async function readCurves(
  lines: readonly LineId[],
  wish: { x: Axis; buckets: number; from?: number; to?: number },
  signal: AbortSignal,
): Promise<{ grid: Grid; curves: Curve[] }> {
  const body = { ...wish, numbers: "f32", series: lines.slice(0, MOST_LINES).map(({ run, series, environments }) => ({ run, series, environments })) };
  const response = await sendJson("POST", "/api/v1/buckets", body, { signal, headers: { accept: COLUMNS_TYPE } });
  const columns = readColumns(await response.arrayBuffer());
  const { from, to, buckets } = columns.head as unknown as Grid;
  const all = {
    count: columns.counts("count"),
    flags: columns.bytes("flags"),
    firstX: columns.f64("first_x"),
    lastX: columns.f64("last_x"),
    first: columns.f32("first"),
    last: columns.f32("last"),
    min: columns.f32("min"),
    max: columns.f32("max"),
    sum: columns.f32("sum"),
  };
  const curves = body.series.map((_, row) => cut(all, row * buckets, (row + 1) * buckets));
  return { grid: { from, to, buckets }, curves };
}

/** Some buckets of a curve, in memory of their own, so that a short piece does not keep a long answer. */
export function cut(curve: Curve, begin: number, end: number): Curve {
  return {
    count: curve.count.slice(begin, end),
    flags: curve.flags.slice(begin, end),
    firstX: curve.firstX.slice(begin, end),
    lastX: curve.lastX.slice(begin, end),
    first: curve.first.slice(begin, end),
    last: curve.last.slice(begin, end),
    min: curve.min.slice(begin, end),
    max: curve.max.slice(begin, end),
    sum: curve.sum.slice(begin, end),
  };
}
