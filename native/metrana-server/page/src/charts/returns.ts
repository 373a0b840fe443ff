import { type Curve, type Grid, emptyCurve } from "../api/curves.ts";

/** How far something had come at the end of each bucket of training steps: how many points there were until then. */
export function progressOf({ count }: Pick<Curve, "count">): Float64Array {
  let sum = 0;
  return count.map((points) => (sum += points));
}

/**
 * A curve along training steps, laid along something that grew with them, such as the steps of all environments: what lies in
 * a bucket of training steps goes to where that had come by its end.
 */
export function along(curve: Curve, progress: Float64Array, grid: Grid): Curve {
  const { buckets, from, to } = grid;
  const width = (to - from) / buckets || 1;
  const laid = emptyCurve(buckets);
  for (let place = 0; place < curve.count.length; place++) {
    const x = progress[place] ?? 0;
    const into = Math.max(0, Math.min(buckets - 1, Math.floor((x - from) / width)));
    laid.flags[into]! |= curve.flags[place] ?? 0;
    const points = curve.count[place] ?? 0;
    if (points === 0) continue;
    const isFirst = laid.count[into] === 0;
    laid.count[into]! += points;
    laid.sum[into] = (isFirst ? 0 : laid.sum[into]!) + curve.sum[place]!;
    laid.min[into] = isFirst ? curve.min[place]! : Math.min(laid.min[into]!, curve.min[place]!);
    laid.max[into] = isFirst ? curve.max[place]! : Math.max(laid.max[into]!, curve.max[place]!);
    if (isFirst) [laid.firstX[into], laid.first[into]] = [x, curve.first[place]!];
    [laid.lastX[into], laid.last[into]] = [x, curve.last[place]!];
  }
  return laid;
}
