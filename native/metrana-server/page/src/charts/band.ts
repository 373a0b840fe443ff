import type { Bands } from "../api/environments.ts";
import type { Curve } from "../api/curves.ts";
import { bucketWidth } from "./grid.ts";
import type { ChartModel, DrawnLine, Mark } from "./model.ts";
import type { Axis } from "../api/types.ts";

const LIGHT = "oklch(0.55 0.17 255)";
const DARK = "oklch(0.76 0.14 255)";

/** The percentiles as two bands, the inner within the outer, and the median. */
export function bandModel({ grid, curves }: Bands, axis: Axis, dark: boolean, zoom: readonly [number, number] | null, marks: readonly Mark[]): ChartModel {
  const [lowest, low, median, high, highest] = curves as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  const width = bucketWidth(grid) || 1;
  const xs = Float64Array.from({ length: grid.buckets }, (_, place) => grid.from + (place + 0.5) * width);
  const colour = dark ? DARK : LIGHT;
  const band = (name: string, min: Float32Array, max: Float32Array, values: Float32Array | null, alpha: number): DrawnLine => ({
    key: name,
    name,
    colour,
    faint: colour.replace(")", ` / ${alpha})`),
    dash: [],
    curve: within(xs, min, max),
    values: values ? Float64Array.from(values) : new Float64Array(xs.length).fill(NaN),
    isBand: true,
  });
  return {
    axis,
    xs,
    stretch: zoom ?? [grid.from, grid.to],
    lines: [band("5 % to 95 %", lowest, highest, null, 0.2), band("median, with 25 % to 75 %", low, high, median, 0.3)],
    marks,
    logX: false,
    logY: false,
    smoothing: 0,
  };
}

/** A curve of which only the least and the greatest are known. */
function within(xs: Float64Array, min: Float32Array, max: Float32Array): Curve {
  return {
    count: Float64Array.from(min, (value) => (Number.isNaN(value) ? 0 : 2)),
    flags: new Uint8Array(xs.length),
    firstX: xs,
    lastX: xs,
    first: min,
    last: max,
    min,
    max,
    sum: min.map((value, place) => value + (max[place] ?? NaN)),
  };
}
