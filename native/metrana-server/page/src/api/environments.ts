import { COLUMNS_TYPE, readColumns } from "./columns.ts";
import type { Grid, LineId } from "./curves.ts";
import { sendJson } from "./request.ts";
import type { Axis } from "./types.ts";

export const MEASURES = ["mean", "min", "max", "last", "count"] as const;
export type Measure = (typeof MEASURES)[number];

/** A row for each environment, a column for each bucket of training steps. A cell without points is NaN. */
export interface HeatMap {
  grid: Grid;
  environments: string[];
  cells: Float32Array;
}

export const PERCENTILES = [5, 25, 50, 75, 95] as const;

/** How far the environments of a series lie apart: a curve for each percentile. */
export interface Bands {
  grid: Grid;
  starts: Float64Array;
  curves: Float32Array[];
}

export async function readHeatMap(
  line: LineId,
  wish: { buckets: number; measure: Measure; from?: number; to?: number },
  signal: AbortSignal,
): Promise<HeatMap> {
  const columns = await ask("/api/v1/heat-map", { ...line, ...wish }, signal);
  const { from, to, buckets, environments } = columns.head as unknown as Grid & { environments: string[] };
  return { grid: { from, to, buckets }, environments, cells: columns.f32("cells") };
}

export async function readBands(
  line: LineId,
  wish: { buckets: number; x: Axis; from?: number; to?: number },
  signal: AbortSignal,
): Promise<Bands> {
  const columns = await ask("/api/v1/bands", { ...line, ...wish, percentiles: PERCENTILES }, signal);
  const { from, to, buckets } = columns.head as unknown as Grid;
  const all = columns.f32("curves");
  const curves = PERCENTILES.map((_, row) => all.slice(row * buckets, (row + 1) * buckets));
  return { grid: { from, to, buckets }, starts: columns.f64("starts"), curves };
}

async function ask(path: string, body: object, signal: AbortSignal) {
  const response = await sendJson("POST", path, { ...body, numbers: "f32" }, { signal, headers: { accept: COLUMNS_TYPE } });
  return readColumns(await response.arrayBuffer());
}
