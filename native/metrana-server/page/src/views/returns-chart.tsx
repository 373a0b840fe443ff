import { useMemo } from "preact/hooks";
import { readCurves, type Curve } from "../api/curves.ts";
import { isOfEpisodes } from "../api/episodes.ts";
import type { Run, Series } from "../api/types.ts";
import { gridFor } from "../charts/grid.ts";
import { prepare } from "../charts/prepare.ts";
import { along, progressOf } from "../charts/returns.ts";
import { useAsked } from "../state/asked.ts";
import type { Line } from "../state/sections.ts";
import { isEvaluation, labelsText, trained } from "../state/evaluation.ts";
import { nameOf, places, seriesOf, shown } from "../state/runs.ts";
import { isDark } from "../state/theme.ts";
import { change, view } from "../state/view.ts";
import { Problem } from "../ui/problem.tsx";
import { CurveCanvas } from "./curve-canvas.tsx";

const BUCKETS = 256;
const MOST_RUNS = 200;

/** What returns are drawn along. */
const ALONGS = { steps: "environment steps", episodes: "episodes", rl_step: "RL steps", time: "wall time", relative: "relative time" } as const;
type Along = keyof typeof ALONGS;
const AXES = { steps: "rl_step", episodes: "rl_step", rl_step: "rl_step", time: "wall_time", relative: "relative_time" } as const;

interface Source {
  run: Run;
  line: Line;
  /** What counts the steps of its environments; null: nothing does. */
  steps: Series | null;
  /** Of an evaluation: the returns of the training, whose episodes are counted. */
  training: Series | null;
}

/** Metrics with a point for each episode. */
function metricsOf(runs: readonly Run[]): string[] {
  const names = new Set(runs.flatMap((run) => seriesOfEpisodes(run).map((series) => series.metric)));
  return [...names].filter((name) => trained(name, (other) => names.has(other)) === null).sort((a, b) => Number(b.includes("return")) - Number(a.includes("return")) || a.localeCompare(b));
}

const all = (run: Run) => (seriesOf.value.get(run.run_id) ?? []).filter((series) => series.kind === "float" && series.world === "rl");
const seriesOfEpisodes = (run: Run) => all(run).filter(isOfEpisodes);

function sourcesOf(runs: readonly Run[], metric: string): Source[] {
  return runs.flatMap((run) => {
    const steps = all(run).find((series) => !isOfEpisodes(series) && !isEvaluation(series.labels) && !series.metric.startsWith("eval/")) ?? null;
    const own = seriesOfEpisodes(run);
    const training = own.find((series) => series.metric === metric && !isEvaluation(series.labels)) ?? null;
    return own
      .filter((series) => series.metric === metric || trained(series.metric, (name) => name === metric) === metric)
      .map((series, variant) => {
        const evaluation = isEvaluation(series.labels) || series.metric !== metric;
        const labels = evaluation ? labelsText({ evaluation: "true", ...series.labels }) : labelsText(series.labels);
        const line = { run: run.run_id, series: series.id, key: `${run.run_id}:${series.id}`, labels, variant: evaluation ? Math.max(1, variant) : variant, world: series.world, anywhere: false, points: 0 };
        return { run, line, steps, training: evaluation ? training : series };
      });
  });
}

/** Returns of all shown runs, those of training and of evaluation together, along what one likes to measure progress by. */
export function ReturnsChart() {
  const runs = shown.value.slice(0, MOST_RUNS);
  const metrics = metricsOf(runs);
  const chosen = view.value.returns;
  const metric = metrics.find((one) => one === chosen?.metric) ?? metrics[0] ?? "";
  const way = (chosen && chosen.along in ALONGS ? chosen.along : "steps") as Along;
  const sources = metric ? sourcesOf(runs, metric) : [];
  const counters = way === "steps" || way === "episodes" ? sources.map((source) => (way === "steps" ? source.steps : source.training)) : [];
  const lines = [...sources.map(({ line }) => ({ run: line.run, series: line.series })), ...counters.flatMap((counter, place) => (counter ? [{ run: sources[place]!.line.run, series: counter.id }] : []))];
  const key = lines.length > 0 ? `${way} ${lines.map((line) => `${line.run}:${line.series}`).join()}` : null;
  const asked = useAsked(key, runs.map((run) => run.run_id), async (signal) => ({ way, sources, counters, ...(await readCurves(lines, { x: AXES[way], buckets: BUCKETS }, signal)) }));
  const { value, error } = asked.value;
  const { smoothing, logX, logY } = view.value;
  const model = useMemo(() => value && draw(value, { smoothing, logX, logY }), [value, smoothing, logX, logY, isDark.value]);
  if (metrics.length === 0) return null;
  const choose = (wish: Partial<{ metric: string; along: string }>) => change({ returns: { metric, along: way, ...wish } });
  return (
    <article class="chart" aria-label="Returns">
      <header class="wrap">
        <h3>Returns</h3>
        <select aria-label="Metric of episodes" value={metric} onChange={(event) => choose({ metric: event.currentTarget.value })}>
          {metrics.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
        <label><span class="quiet">over</span>{" "}
          <select aria-label="Returns over" value={way} onChange={(event) => choose({ along: event.currentTarget.value })}>
            {Object.entries(ALONGS).map(([name, title]) => <option key={name} value={name}>{title}</option>)}
          </select>
        </label>
      </header>
      {error && <Problem error={error} />}
      <div class="plot" data-lines={model?.lines.length} data-along={value?.way} data-to={model?.stretch[1]}>
        <CurveCanvas model={model} zooms={false} />
        {!value && !error && <p class="over" role="status">Loading…</p>}
      </div>
    </article>
  );
}

interface Read {
  way: Along;
  sources: Source[];
  counters: (Series | null)[];
  grid: { from: number; to: number; buckets: number };
  curves: Curve[];
}

function draw({ way, sources, counters, grid, curves }: Read, look: { smoothing: number; logX: boolean; logY: boolean }) {
  let counted = sources.length;
  const progress = sources.map((_, place) => (counters[place] ? progressOf(curves[counted++]!) : null));
  const isCounted = way === "steps" || way === "episodes";
  const last = Math.max(1, ...progress.map((sum) => sum?.at(-1) ?? 0));
  const on = isCounted ? gridFor(0, last, true) : grid;
  const laid = sources.flatMap(({ line }, place) => {
    const [curve, sum] = [curves[place], progress[place]];
    if (!curve || (isCounted && !sum)) return [];
    return [[line.key, isCounted && sum ? along(curve, sum, on) : curve] as const];
  });
  const spec = { key: "returns", metric: "returns", scale: "", form: "curves" as const, extent: null, lines: sources.map(({ line }) => line) };
  const extent = isCounted ? ([0, last] as const) : ([grid.from, grid.to] as const);
  return prepare(spec, { x: isCounted ? "step" : AXES[way], grid: on, extent, curves: new Map(laid) }, {
    runs: new Map(sources.map(({ run }) => [run.run_id, run])), nameOf, places: places.peek(), dark: isDark.peek(), ...look, zoom: null, marks: [],
    look: { groupOf: null, spread: "range", members: false },
  });
}
