import { computed } from "@preact/signals";
import { trained } from "./evaluation.ts";
import { matcher } from "./matcher.ts";
import { seriesOf, shown } from "./runs.ts";
import { ordered, sectionsOf } from "./sections.ts";
import { view } from "./view.ts";

export const metricMatcher = computed(() => matcher(view.value.metricFilter));

/** Everything that the shown runs hold, in sections by what stands before the last slash. */
const allSections = computed(() => sectionsOf(shown.value.map((run) => run.run_id), seriesOf.value, isApart.value));

const isApart = computed(() => view.value.apart);
const order = computed(() => view.value.order);

/** Whether there are metrics of an evaluation that belong to one of the training. */
export const hasEvaluation = computed(() => {
  const names = new Set(shown.value.flatMap((run) => (seriesOf.value.get(run.run_id) ?? []).map((series) => series.metric)));
  return [...names].some((name) => trained(name, (other) => names.has(other)) !== null);
});

export const sections = computed(() => {
  const { matches } = metricMatcher.value;
  return allSections.value
    .map((section) => ({ ...section, charts: ordered(section.charts.filter((chart) => matches(chart.metric)), order.value) }))
    .filter((section) => section.charts.length > 0);
});

export const charts = computed(() => allSections.value.flatMap((section) => section.charts));
