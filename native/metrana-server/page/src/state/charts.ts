import { computed } from "@preact/signals";
import type { LineId } from "../api/curves.ts";
import type { Series, SeriesKind } from "../api/types.ts";
import { matcher } from "./matcher.ts";
import { seriesOf, shown } from "./runs.ts";
import { view } from "./view.ts";

/** A curve on a chart: a series of a run. */
export interface Line extends LineId {
  key: string;
  labels: string;
  /** The how-manieth series of its run on this chart it is. */
  variant: number;
  world: Series["world"];
  /** Whether points may come at any step, so that news are not only at the end. */
  anywhere: boolean;
}

export interface ChartSpec {
  /** Metric and scale: one in each project. */
  key: string;
  metric: string;
  scale: string;
  kind: SeriesKind;
  lines: Line[];
}

export interface Section {
  name: string;
  charts: ChartSpec[];
}

export const metricMatcher = computed(() => matcher(view.value.metricFilter));

/** Everything that the shown runs hold, in sections by what stands before the last slash. */
const allSections = computed(() => sectionsOf(shown.value.map((run) => run.run_id), seriesOf.value));

export const sections = computed(() => {
  const { matches } = metricMatcher.value;
  return allSections.value
    .map((section) => ({ ...section, charts: section.charts.filter((chart) => matches(chart.metric)) }))
    .filter((section) => section.charts.length > 0);
});

export const charts = computed(() => allSections.value.flatMap((section) => section.charts));

export const OWN_SECTION = "metrics";
/** Figures about the machine, which are last. */
export const isSystem = (section: string) => section === "system" || section.startsWith("system/");

export function sectionsOf(runs: readonly string[], series: ReadonlyMap<string, Series[]>): Section[] {
  const specs = new Map<string, ChartSpec>();
  for (const run of runs) {
    for (const one of series.get(run) ?? []) {
      // Of the others no curve can be drawn, and a question that names one is refused as a whole.
      if (one.kind !== "float") continue;
      const key = `${one.metric}|${one.scale}`;
      let spec = specs.get(key);
      if (!spec) specs.set(key, (spec = { key, metric: one.metric, scale: one.scale, kind: one.kind, lines: [] }));
      const before = spec.lines.at(-1);
      spec.lines.push({
        run,
        series: one.id,
        key: `${run}:${one.id}`,
        labels: Object.entries(one.labels).map(([name, value]) => `${name}=${value}`).join(" "),
        variant: before?.run === run ? before.variant + 1 : 0,
        world: one.world,
        anywhere: one.ordering === "absolute_unordered",
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
  const names = new Intl.Collator("en", { numeric: true });
  return [...found]
    .map(([name, charts]) => ({ name, charts: charts.sort((a, b) => names.compare(a.key, b.key)) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || names.compare(a.name, b.name));
}

const rank = (name: string) => (name === OWN_SECTION ? 0 : isSystem(name) ? 2 : 1);

/** The part of a metric's name that its section does not say. */
export const shortName = (metric: string) => metric.slice(Math.max(0, metric.lastIndexOf("/") + 1)) || metric;

export const scaleName = (scale: string) => scale.toLowerCase().replaceAll("_", " ");
