import { type Curve, emptyCurve } from "../api/curves.ts";

/**
 * Many curves as one: in each bucket the mean of their means, whatever the number of their points; and as least and greatest
 * those of all, or one standard deviation of the means below and above.
 */
export function groupCurve(curves: readonly Curve[], buckets: number, spread: "range" | "deviation" = "range"): Curve {
  const group = emptyCurve(buckets);
  for (const curve of curves) {
    for (let place = 0; place < buckets; place++) {
      group.flags[place]! |= curve.flags[place] ?? 0;
      const points = curve.count[place] ?? 0;
      if (points === 0) continue;
      const mean = (curve.sum[place] ?? NaN) / points;
      group.sum[place] = group.count[place] ? group.sum[place]! + mean : mean;
      group.count[place]! += 1;
      group.firstX[place] = least(group.firstX[place], curve.firstX[place]);
      group.lastX[place] = greatest(group.lastX[place], curve.lastX[place]);
      group.min[place] = least(group.min[place], curve.min[place]);
      group.max[place] = greatest(group.max[place], curve.max[place]);
    }
  }
  for (let place = 0; place < buckets; place++) {
    group.first[place] = group.last[place] = group.count[place] ? group.sum[place]! / group.count[place]! : NaN;
  }
  if (spread === "deviation") deviate(group, curves);
  return group;
}

function deviate(group: Curve, curves: readonly Curve[]) {
  for (let place = 0; place < group.count.length; place++) {
    const mean = group.first[place]!;
    let squares = 0;
    for (const { count, sum } of curves) if (count[place]) squares += (sum[place]! / count[place]! - mean) ** 2;
    // Of one curve nothing is known about how far others would lie from it: its band has no width.
    const deviation = group.count[place]! > 1 ? Math.sqrt(squares / (group.count[place]! - 1)) : 0;
    [group.min[place], group.max[place]] = [mean - deviation, mean + deviation];
  }
}

const least = (known = NaN, value = NaN) => (Number.isNaN(known) ? value : Math.min(known, value));
const greatest = (known = NaN, value = NaN) => (Number.isNaN(known) ? value : Math.max(known, value));
