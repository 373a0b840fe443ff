import type { Curve } from "../api/curves.ts";

/** The mean of each bucket; NaN where there is none. */
export function means({ count, sum }: Curve): Float64Array {
  const means = new Float64Array(count.length);
  for (let place = 0; place < means.length; place++) means[place] = count[place]! > 0 ? sum[place]! / count[place]! : NaN;
  return means;
}

/**
 * An exponential moving mean that does not lean towards where it began. Empty buckets neither count nor end it.
 * @param weight From 0, which changes nothing, to less than 1.
 */
export function smoothed(values: Float64Array, weight: number): Float64Array {
  if (weight <= 0) return values;
  let [mean, share] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return NaN;
    mean = weight * mean + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return mean / share;
  });
}
