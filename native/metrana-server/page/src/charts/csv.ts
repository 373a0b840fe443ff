import { type Curve, FLAG_INFINITY, FLAG_NAN, FLAG_NEGATIVE_INFINITY } from "../api/curves.ts";
import { type Bands, type HeatMap, type Measure, PERCENTILES } from "../api/environments.ts";
import type { Scatter } from "../api/kinds.ts";
import type { Density } from "./density.ts";
import { bucketWidth } from "./grid.ts";
import type { ChartModel } from "./model.ts";

const HEAD = ["line", "from_x", "to_x", "count", "first", "last", "min", "max", "mean", "flags"];
const FLAG_NAMES = [[FLAG_NAN, "nan"], [FLAG_INFINITY, "inf"], [FLAG_NEGATIVE_INFINITY, "-inf"]] as const;

/** What a chart shows as comma-separated values: a row for each bucket of each line. What is no number counts in the last column only. */
export function csvOf({ lines, xs }: Pick<ChartModel, "lines" | "xs">): string {
  return table(HEAD, lines.flatMap(({ name, curve }) => Array.from(curve.count, (_, place) => rowOf(name, curve, xs, place)).filter((row) => row !== null)));
}

function rowOf(name: string, { count, flags, firstX, lastX, first, last, min, max, sum }: Curve, xs: Float64Array, place: number): Cell[] | null {
  const [of, flag] = [count[place]!, flags[place]!];
  if (of === 0 && flag === 0) return null;
  const marks = FLAG_NAMES.filter(([bit]) => flag & bit).map(([, text]) => text).join(" ");
  // Where nothing is a number, all that is known of the place is its bucket.
  if (of === 0) return [name, xs[place]!, xs[place]!, 0, "", "", "", "", "", marks];
  const numbers = [firstX, lastX, count, first, last, min, max].map((column) => column[place]!);
  return [name, ...numbers, sum[place]! / of, marks];
}

/** A row for each bucket, a column for each percentile. */
export function csvOfBands({ grid, curves }: Bands): string {
  const width = bucketWidth(grid);
  const rows = Array.from({ length: grid.buckets }, (_, place) => [grid.from + place * width, grid.from + (place + 1) * width, ...curves.map((curve) => curve[place]!)]);
  return table(["from_x", "to_x", ...PERCENTILES.map((percent) => `p${percent}`)], rows.filter((row) => !row.slice(2).every(Number.isNaN)));
}

/** A row for each cell that has something. */
export function csvOfHeatMap({ grid, environments, cells }: HeatMap, measure: Measure): string {
  const width = bucketWidth(grid);
  const rows = environments.flatMap((name, row) => Array.from(cells.subarray(row * grid.buckets, (row + 1) * grid.buckets), (value, column): Cell[] => [name, grid.from + column * width, grid.from + (column + 1) * width, value]));
  return table(["environment", "from_rl_step", "to_rl_step", measure], rows.filter((row) => !Number.isNaN(row[3])));
}

/** A row for each cell that holds a share of the values. */
export function csvOfDensity({ columns, rows, steps, values, shares }: Density): string {
  const [width, height] = [(steps[1] - steps[0]) / columns, (values[1] - values[0]) / rows];
  const cells: Cell[][] = [];
  for (let column = 0; column < columns; column++) {
    for (let row = rows - 1; row >= 0; row--) {
      const share = shares[row * columns + column]!;
      const low = values[0] + (rows - 1 - row) * height;
      if (share > 0) cells.push([steps[0] + column * width, steps[0] + (column + 1) * width, low, low + height, share]);
    }
  }
  return table(["from_step", "to_step", "from_value", "to_value", "share"], cells);
}

export function csvOfScatter({ step, xs, ys, zs }: Scatter): string {
  return table(["step", "x", "y", ...(zs ? ["z"] : [])], xs.map((x, place) => [step, x, ys[place]!, ...(zs ? [zs[place]!] : [])]));
}

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[head, ...rows].map((row) => row.map(cell).join()).join("\r\n")}\r\n`;
}

/** Names come from programs: a table calculator would take one that begins like a formula for one. */
function cell(value: Cell): string {
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) && value !== "-inf" ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
