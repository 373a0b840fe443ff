import { MEASURES, type Measure } from "../api/environments.ts";
import type { Series } from "../api/types.ts";
import { nameOf, seriesOf, shown } from "../state/runs.ts";
import { change, view } from "../state/view.ts";
import { BandChart } from "./band-chart.tsx";
import { HeatMapChart } from "./heat-map.tsx";

const isOfEnvironments = (series: Series) => series.kind === "float" && series.world === "rl" && (series.environments?.length ?? 0) > 0;
const titleOf = ({ metric, labels }: Series) => [metric, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)].join(" ");

/** One series of one run over its environments. */
export function EnvironmentsPage() {
  const candidates = shown.value.filter((run) => (seriesOf.value.get(run.run_id) ?? []).some(isOfEnvironments));
  if (candidates.length === 0) {
    return <p class="notice" role="status">The shown runs have no metrics of environments. They come with <code>run.LogEnvironmentStep</code> and <code>run.LogEpisode</code>.</p>;
  }
  const { cell } = view.value;
  const run = candidates.find((one) => one.run_id === cell?.run) ?? candidates[0]!;
  const all = (seriesOf.value.get(run.run_id) ?? []).filter(isOfEnvironments);
  const series = all.find((one) => one.id === cell?.metric) ?? all[0]!;
  const measure = MEASURES.find((one) => one === cell?.measure) ?? "mean";
  const choose = (wish: Partial<{ run: string; metric: string; measure: Measure }>) =>
    change({ cell: { run: run.run_id, metric: series.id, measure, ...wish } });
  return (
    <div class="stack">
      <div class="toolbar">
        <label>
          <span>Run</span>
          <select value={run.run_id} onChange={(event) => choose({ run: event.currentTarget.value, metric: "" })}>
            {candidates.map((one) => <option key={one.run_id} value={one.run_id}>{nameOf(one)}</option>)}
          </select>
        </label>
        <label>
          <span>Metric</span>
          <select value={series.id} onChange={(event) => choose({ metric: event.currentTarget.value })}>
            {all.map((one) => <option key={one.id} value={one.id}>{titleOf(one)}</option>)}
          </select>
        </label>
        <label>
          <span>Of each cell the</span>
          <select value={measure} onChange={(event) => choose({ measure: event.currentTarget.value as Measure })}>
            {MEASURES.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
      </div>
      <HeatMapChart run={run.run_id} series={series} measure={measure} />
      <BandChart run={run.run_id} series={series} />
    </div>
  );
}
