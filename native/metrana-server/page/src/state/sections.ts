import type { LineId } from "../api/curves.ts";
import type { Series, SeriesKind } from "../api/types.ts";
import { lazily } from "../charts/lazily.ts";
import { labelsText, trained } from "./evaluation.ts";
import type { Order } from "./url.ts";

/** A curve on a chart: a series of a run. */
export interface Line extends LineId {
  key: string;
  labels: string;
  /** The how-manieth series of its run on this chart it is. */
  variant: number;
  world: Series["world"];
  /** Whether points may come at any step, so that news are not only at the end. */
  anywhere: boolean;
  points: number;
}

export interface ChartSpec {
  /** Metric and scale: one in each project. */
  key: string;
  metric: string;
  scale: string;
  form: Form;
  lines: Line[];
  /** From the first step of its lines to the last one, as far as the list of series says it; null where it does not. */
  extent: readonly [number, number] | null;
}

/** How series are shown. Without any points it is not known yet. */
export type Form = "curves" | "histograms" | "scatters";
const FORMS: Record<SeriesKind, Form | null> = {
  undefined: null,
  float: "curves",
  histogram: "histograms",
  density_histogram: "histograms",
  scatter: "scatters",
  scatter_3d: "scatters",
};

export interface Section {
  name: string;
  charts: ChartSpec[];
}

export const OWN_SECTION = "metrics";
/** Figures about the machine, which are last. */
export const isSystem = (section: string) => section === "system" || section.startsWith("system/");

/**
 * @param isApart Whether metrics of an evaluation have charts of their own, also where the training has the same metric.
 */
export function sectionsOf(runs: readonly string[], series: ReadonlyMap<string, Series[]>, isApart = true): Section[] {
  const specs = new Map<string, ChartSpec>();
  const known = new Set(isApart ? [] : runs.flatMap((run) => (series.get(run) ?? []).map((one) => `${one.metric}|${one.scale}`)));
  for (const run of runs) {
    for (const one of series.get(run) ?? []) {
      const form = FORMS[one.kind];
      if (!form) continue;
      const partner = isApart || form !== "curves" ? null : trained(one.metric, (metric) => known.has(`${metric}|${one.scale}`));
      const metric = partner ?? one.metric;
      const key = [metric, one.scale, ...(form === "curves" ? [] : [form])].join("|");
      let spec = specs.get(key);
      if (!spec) specs.set(key, (spec = { key, metric, scale: one.scale, form, lines: [], extent: [0, 0] }));
      // As many points as steps up to the last one: they are all there, from 0 on.
      const isWhole = one.world === "std" && one.last_step !== null && Number(one.points) === Number(one.last_step) + 1;
      spec.extent = isWhole && spec.extent ? [0, Math.max(spec.extent[1], Number(one.last_step))] : null;
      const before = spec.lines.at(-1);
      spec.lines.push({
        run,
        series: one.id,
        key: `${run}:${one.id}`,
        labels: labelsText(partner ? { ...one.labels, evaluation: "true" } : one.labels),
        variant: before?.run === run ? before.variant + 1 : 0,
        world: one.world,
        anywhere: one.ordering === "absolute_unordered",
        points: Number(one.points),
      });
    }
  }
  const found = new Map<string, ChartSpec[]>();
  for (const spec of specs.values()) {
    const slash = spec.metric.lastIndexOf("/");
    const name = slash > 0 ? spec.metric.slice(0, slash) : OWN_SECTION;
    const charts = found.get(name);
    if (charts) charts.push(spec);
    else found.set(name, [spec]);
  }
  return [...found]
    .map(([name, charts]) => ({ name, charts: charts.sort((a, b) => names().compare(a.key, b.key)) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || names().compare(a.name, b.name));
}

const names = lazily(() => new Intl.Collator("en", { numeric: true }));

const rank = (name: string) => (name === OWN_SECTION ? 0 : isSystem(name) ? 2 : 1);

/** The part of a metric's name that its section does not say. */
export const shortName = (metric: string) => metric.slice(Math.max(0, metric.lastIndexOf("/") + 1)) || metric;

export const scaleName = (scale: string) => scale.toLowerCase().replaceAll("_", " ");

/** By name; or those with most points first; or those that came last first. */
export function ordered(charts: ChartSpec[], order: Order): ChartSpec[] {
  if (order === "name") return charts;
  const points = (chart: ChartSpec) => chart.lines.reduce((sum, line) => sum + line.points, 0);
  const newest = (chart: ChartSpec) => Math.max(...chart.lines.map((line) => Number(line.series)));
  const weight = order === "points" ? points : newest;
  return [...charts].sort((a, b) => weight(b) - weight(a) || names().compare(a.key, b.key));
}
