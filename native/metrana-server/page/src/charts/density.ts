import type { Histogram } from "../api/kinds.ts";

/** Histograms side by side: a column for each stretch of steps, a row for each stretch of values, the largest at the top. */
export interface Density {
  columns: number;
  rows: number;
  /** The steps at the left and at the right edge. */
  steps: readonly [number, number];
  /** The values at the lower and at the upper edge. */
  values: readonly [number, number];
  /** Row by row: the share of a column's values that lies there; NaN where no histogram is. */
  shares: Float32Array;
}

/**
 * Lays histograms, whatever their bins, onto one raster. A histogram holds until the next one; what falls into one column is
 * put together. Of a bin that covers several rows each gets its part, so that a column always sums up to one.
 */
export function densityOf(histograms: readonly Histogram[], columns: number, rows: number): Density | null {
  const values = reach(histograms);
  const [first, last] = [histograms[0], histograms.at(-1)];
  if (!values || !first || !last) return null;
  const [low, high] = values;
  const end = last.step + 1;
  columns = Math.min(columns, end - first.step);
  const column = (step: number) => Math.min(columns - 1, Math.floor(((step - first.step) / (end - first.step)) * columns));
  const shares = new Float32Array(columns * rows);
  const weights = new Float64Array(columns);
  const height = (high - low) / rows;
  histograms.forEach((histogram, place) => {
    const masses = massesOf(histogram);
    const total = masses.reduce((sum, mass) => sum + mass, 0);
    if (!(total > 0)) return;
    const begin = column(histogram.step);
    const until = place + 1 < histograms.length ? Math.max(begin + 1, column(histograms[place + 1]!.step)) : columns;
    for (let to = begin; to < until; to++) weights[to]! += 1;
    masses.forEach((mass, bin) => {
      const [from, upTo] = [histogram.edges[bin]!, histogram.edges[bin + 1]!];
      if (!(mass > 0)) return;
      const [lowest, highest] = [rowOf(from, low, height, rows), rowOf(upTo, low, height, rows)];
      for (let row = lowest; row <= highest; row++) {
        const [bottom, top] = [low + row * height, low + (row + 1) * height];
        const part = upTo > from ? Math.max(0, Math.min(upTo, top) - Math.max(from, bottom)) / (upTo - from) : row === lowest ? 1 : 0;
        if (part === 0) continue;
        for (let to = begin; to < until; to++) shares[(rows - 1 - row) * columns + to]! += (part * mass) / total;
      }
    });
  });
  for (let place = 0; place < shares.length; place++) shares[place] = weights[place % columns] ? shares[place]! / weights[place % columns]! : NaN;
  return { columns, rows, steps: [first.step, end], values, shares };
}

const rowOf = (value: number, low: number, height: number, rows: number) => Math.max(0, Math.min(rows - 1, Math.floor((value - low) / height)));

/** What lies in each bin. Bins that are not finite, and counts that are none, are left out. */
function massesOf({ edges, bins, isDensity }: Histogram): number[] {
  return bins.map((value, bin) => {
    const [from, to] = [edges[bin] ?? NaN, edges[bin + 1] ?? NaN];
    const mass = isDensity ? value * (to - from) : value;
    return Number.isFinite(mass) && Number.isFinite(from) && Number.isFinite(to) && mass > 0 ? mass : 0;
  });
}

/** From the least edge of a bin that holds something to the greatest. */
function reach(histograms: readonly Histogram[]): readonly [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const histogram of histograms) {
    massesOf(histogram).forEach((mass, bin) => {
      if (mass === 0) return;
      low = Math.min(low, histogram.edges[bin]!);
      high = Math.max(high, histogram.edges[bin + 1]!);
    });
  }
  if (low > high) return null;
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}
