import type { Curve, Grid } from "../api/curves.ts";
import { bucketWidth } from "./grid.ts";
import { lastFilled } from "./merge.ts";

/** What became of a curve: nothing new; it has grown; it goes on beyond its grid; or one has to look closer. */
export type Growth = "none" | "grown" | "outgrown" | "unclear";

/** The whole step from which on everything is new, where a curve only grows at its end. */
export function endOf(curve: Curve): number {
  const last = lastFilled(curve);
  return last < 0 ? 0 : (curve.lastX[last] ?? NaN) + 1;
}

/** Puts what lies behind a curve's end, as one bucket, to it. What spans several of its buckets, or is no number, is unclear. */
export function append(curve: Curve, grid: Grid, end: Curve): Growth {
  if (end.flags[0]) return "unclear";
  if (!end.count[0]) return "none";
  const [firstX, lastX] = [end.firstX[0]!, end.lastX[0]!];
  const bucket = Math.floor((firstX - grid.from) / bucketWidth(grid));
  if (lastX >= grid.to - bucketWidth(grid)) return "outgrown";
  if (bucket < 0 || bucket !== Math.floor((lastX - grid.from) / bucketWidth(grid))) return "unclear";
  const isFirst = curve.count[bucket] === 0;
  if (isFirst) [curve.firstX[bucket], curve.first[bucket]] = [firstX, end.first[0]!];
  curve.min[bucket] = isFirst ? end.min[0]! : Math.min(curve.min[bucket]!, end.min[0]!);
  curve.max[bucket] = isFirst ? end.max[0]! : Math.max(curve.max[bucket]!, end.max[0]!);
  curve.sum[bucket] = (isFirst ? 0 : curve.sum[bucket]!) + end.sum[0]!;
  curve.count[bucket]! += end.count[0];
  [curve.lastX[bucket], curve.last[bucket]] = [lastX, end.last[0]!];
  return "grown";
}
