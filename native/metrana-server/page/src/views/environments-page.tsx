import { MEASURES, type Measure } from "../api/environments.ts";
import type { Series } from "../api/types.ts";
import { nameOf, seriesOf, shown } from "../state/runs.ts";
import { seriesTitle } from "../state/series-title.ts";
import { change, view } from "../state/view.ts";
import { BandChart } from "./band-chart.tsx";
import { EnvironmentCurve } from "./environment-curve.tsx";
import { EpisodeBrowser } from "./episode-browser.tsx";
import { HeatMapChart } from "./heat-map.tsx";
import { ReturnsChart } from "./returns-chart.tsx";

const isOfEnvironments = (series: Series) => series.kind === "float" && series.world === "rl" && (series.environments?.length ?? 0) > 0;

/** One series of one run over its environments; one environment of it; one episode of that. */
export function EnvironmentsPage() {
  const candidates = shown.value.filter((run) => (seriesOf.value.get(run.run_id) ?? []).some(isOfEnvironments));
  if (candidates.length === 0) {
    return <p class="notice" role="status">The shown runs have no metrics of environments. They come with <code>run.LogEnvironmentStep</code> and <code>run.LogEpisode</code>.</p>;
  }
  const { cell, range, environment: wanted } = view.value;
  const run = candidates.find((one) => one.run_id === cell?.run) ?? candidates[0]!;
  const all = (seriesOf.value.get(run.run_id) ?? []).filter(isOfEnvironments);
  const series = all.find((one) => one.id === cell?.metric) ?? all[0]!;
  const measure = MEASURES.find((one) => one === cell?.measure) ?? "mean";
  const environments = series.environments ?? [];
  const environment = wanted !== null && all.some((one) => one.environments?.includes(wanted)) ? wanted : null;
  const choose = (wish: Partial<{ run: string; metric: string; measure: Measure }>) =>
    change({ cell: { run: run.run_id, metric: series.id, measure, ...wish }, ...(wish.run ? { environment: null, episode: null } : {}) });
  return (
    <div class="stack">
      <ReturnsChart />
      <div class="toolbar">
        <label>
          <span>Run</span>
          <select value={run.run_id} onChange={(event) => choose({ run: event.currentTarget.value, metric: "-" })}>
            {candidates.map((one) => <option key={one.run_id} value={one.run_id}>{nameOf(one)}</option>)}
          </select>
        </label>
        <label>
          <span>Metric</span>
          <select value={series.id} onChange={(event) => choose({ metric: event.currentTarget.value })}>
            {all.map((one) => <option key={one.id} value={one.id}>{seriesTitle(one)}</option>)}
          </select>
        </label>
        <label>
          <span>Of each cell the</span>
          <select value={measure} onChange={(event) => choose({ measure: event.currentTarget.value as Measure })}>
            {MEASURES.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
        <label>
          <span>Environment</span>
          <select value={environment ?? ""} onChange={(event) => change({ environment: event.currentTarget.value || null, episode: null })}>
            <option value="">all</option>
            {environments.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
        {range && <button type="button" class="primary" onClick={() => change({ range: null })}>Reset zoom</button>}
      </div>
      <HeatMapChart run={run.run_id} series={series} measure={measure} />
      {environment !== null && (
        <article class="chart" aria-label={`${environment} alone`}>
          {environments.includes(environment) && (
            <EnvironmentCurve run={run.run_id} series={series} environment={environment} onClose={() => change({ environment: null, episode: null })} />
          )}
          <EpisodeBrowser key={`${run.run_id} ${environment}`} run={run.run_id} environment={environment} series={all} />
        </article>
      )}
      <BandChart run={run} series={series} />
    </div>
  );
}
