import { getJson } from "./request.ts";
import type { Value, Whole } from "./types.ts";

/** How often values fell between two edges. */
export interface Histogram {
  step: number;
  edges: number[];
  /** Of each bin: how many, or with densities how many a unit of its width. */
  bins: number[];
  isDensity: boolean;
}

export interface Scatter {
  step: number;
  xs: number[];
  ys: number[];
  zs: number[] | null;
}

interface Part {
  offset: number;
  limit: number;
  /** Only each so manieth. */
  every?: number;
}

export async function readHistograms(run: string, series: string, part: Part, signal: AbortSignal): Promise<{ total: number; histograms: Histogram[] }> {
  type Written = { step: Whole; bin_edges: Value[]; counts?: Whole[]; densities?: Value[] };
  const { total, histograms } = await getJson<{ total: Whole; histograms: Written[] }>(path(run, series, "histograms", part), signal);
  const read = ({ step, bin_edges, counts, densities }: Written) => ({
    step: Number(step),
    edges: bin_edges.map(Number),
    bins: (counts ?? densities ?? []).map(Number),
    isDensity: densities !== undefined,
  });
  return { total: Number(total), histograms: histograms.map(read) };
}

export async function readScatters(run: string, series: string, part: Part, signal: AbortSignal): Promise<{ total: number; scatters: Scatter[] }> {
  type Written = { step: Whole; xs: Value[]; ys: Value[]; zs?: Value[] };
  const { total, scatters } = await getJson<{ total: Whole; scatters: Written[] }>(path(run, series, "scatters", part), signal);
  const read = ({ step, xs, ys, zs }: Written) => ({ step: Number(step), xs: xs.map(Number), ys: ys.map(Number), zs: zs?.map(Number) ?? null });
  return { total: Number(total), scatters: scatters.map(read) };
}

function path(run: string, series: string, kind: string, { offset, limit, every = 1 }: Part): string {
  const query = new URLSearchParams({ offset: String(offset), limit: String(limit), every: String(every) });
  return `/api/v1/runs/${encodeURIComponent(run)}/series/${encodeURIComponent(series)}/${kind}?${query}`;
}
