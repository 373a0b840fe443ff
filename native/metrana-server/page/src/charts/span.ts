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
  const first = xs.findIndex((x) => x + half >= left);
  const [begin, end] = [first < 0 ? xs.length : first, xs.findLastIndex((x) => x - half <= right) + 1];
  for (const line of lines) {
    const { count, min, max } = line.curve;
    const values = smoothing > 0 ? line.values : null;
    for (let place = begin; place < end; place++) {
      if (!count[place]) continue;
      take(min[place] as number);
      take(max[place] as number);
      if (values) take(values[place] as number);
    }
  }
  if (least > greatest) return logY ? [0.1, 10] : [0, 1];
  if (logY) return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(greatest * 1.0001))];
  const air = (greatest - least) * 0.05 || Math.abs(greatest) * 0.1 || 1;
  return [least - air, greatest + air];
}
