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

/** A curve without any points. */
export const emptyCurve = (buckets: number): Curve => ({
  count: new Float64Array(buckets),
  flags: new Uint8Array(buckets),
  firstX: new Float64Array(buckets).fill(NaN),
  lastX: new Float64Array(buckets).fill(NaN),
  first: new Float32Array(buckets).fill(NaN),
  last: new Float32Array(buckets).fill(NaN),
  min: new Float32Array(buckets).fill(NaN),
  max: new Float32Array(buckets).fill(NaN),
  sum: new Float32Array(buckets).fill(NaN),
});

export const FLAG_NAN = 1;
export const FLAG_INFINITY = 2;
export const FLAG_NEGATIVE_INFINITY = 4;

/** How many series the server takes in one question. */
const MOST_LINES = 4096;

export interface CurveWish {
  x: Axis;
  buckets: number;
  from?: number;
  to?: number;
}

/** Reads many curves on one grid. Without `from` and `to` it spans all their points; that goes for one question's worth only. */
export async function readCurves(lines: readonly LineId[], wish: CurveWish, signal: AbortSignal): Promise<{ grid: Grid; curves: Curve[] }> {
  if (lines.length <= MOST_LINES) return readSome(lines, wish, signal);
  const parts = Array.from({ length: Math.ceil(lines.length / MOST_LINES) }, (_, part) => lines.slice(part * MOST_LINES, (part + 1) * MOST_LINES));
  const answers = await Promise.all(parts.map((part) => readSome(part, wish, signal)));
  return { grid: answers[0]!.grid, curves: answers.flatMap(({ curves }) => curves) };
}

async function readSome(lines: readonly LineId[], wish: CurveWish, signal: AbortSignal) {
  const body = { ...wish, numbers: "f32", rows: false, series: lines.map(({ run, series, environments }) => ({ run, series, environments })) };
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
  const curves = lines.map((_, row) => cut(all, row * buckets, (row + 1) * buckets));
  return { grid: { from, to, buckets }, curves };
}

/** Some buckets of a curve, which share its memory: an answer is kept as long as one of its curves. */
export function cut(curve: Curve, begin: number, end: number): Curve {
  return {
    count: curve.count.subarray(begin, end),
    flags: curve.flags.subarray(begin, end),
    firstX: curve.firstX.subarray(begin, end),
    lastX: curve.lastX.subarray(begin, end),
    first: curve.first.subarray(begin, end),
    last: curve.last.subarray(begin, end),
    min: curve.min.subarray(begin, end),
    max: curve.max.subarray(begin, end),
    sum: curve.sum.subarray(begin, end),
  };
}
