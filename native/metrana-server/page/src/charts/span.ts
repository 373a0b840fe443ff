import type { ChartModel } from "./model.ts";

/** From the least value in sight to the greatest, with some air, so that no peak is cut. */
export function rangeOf({ lines, xs, logY, smoothing, stretch: [left, right] }: ChartModel): [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  const take = (value: number) => {
    if (!Number.isFinite(value) || (logY && value <= 0)) return;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  };
  const half = xs.length > 1 ? ((xs[1] as number) - (xs[0] as number)) / 2 : 0;
  for (const { curve, values } of lines) {
    for (let place = 0; place < xs.length; place++) {
      const x = xs[place] as number;
      if (x + half < left || x - half > right || !curve.count[place]) continue;
      take(curve.min[place] as number);
      take(curve.max[place] as number);
      if (smoothing > 0) take(values[place] as number);
    }
  }
  if (least > greatest) return logY ? [0.1, 10] : [0, 1];
  if (logY) return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(greatest * 1.0001))];
  const air = (greatest - least) * 0.05 || Math.abs(greatest) * 0.1 || 1;
  return [least - air, greatest + air];
}
