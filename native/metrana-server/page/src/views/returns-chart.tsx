import { useMemo, useRef } from "preact/hooks";
import { readCurves, type Curve } from "../api/curves.ts";
import { isOfEpisodes } from "../api/episodes.ts";
import type { Run, Series } from "../api/types.ts";
import { pointsUntil } from "../charts/clock.ts";
import { gridFor } from "../charts/grid.ts";
import type { Mark } from "../charts/model.ts";
import { prepare } from "../charts/prepare.ts";
import { along, progressOf } from "../charts/returns.ts";
import { marksOf, momentOf, notesOf } from "../state/annotations.ts";
import { useAsked } from "../state/asked.ts";
import { clockOf } from "../state/clocks.ts";
import type { Line } from "../state/sections.ts";
import { isEvaluation, labelsText, trained } from "../state/evaluation.ts";
import { nameOf, places, seriesOf, shown } from "../state/runs.ts";
import { isDark } from "../state/theme.ts";
import { change, view } from "../state/view.ts";
import { LeftOut } from "../ui/left-out.tsx";
import { Problem } from "../ui/problem.tsx";
import { CurveFoot } from "./chart-foot.tsx";
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
  const marks = value ? marksFor(value) : [];
  const model = useMemo(() => value && draw(value, { smoothing, logX, logY }, marks), [value, smoothing, logX, logY, isDark.value, JSON.stringify(marks)]);
  const picture = useRef<() => HTMLCanvasElement | null>(null);
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
        <span class="spring" />
        <CurveFoot title={metric} isInRow model={model} canvas={picture} along={ALONGS[way]} />
      </header>
      {error && <Problem error={error} />}
      <div class="plot" data-lines={model?.lines.length} data-along={value?.way} data-from={model?.stretch[0]} data-to={model?.stretch[1]}>
        <CurveCanvas label={metric} model={model} zooms={false} handle={picture} />
        {!value && !error && <p class="over" role="status">Loading…</p>}
      </div>
      <LeftOut of={shown.value.length} shown={MOST_RUNS} what="runs are drawn" hint="Untick some to see others." />
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

/** What was noted of the runs; along what is counted, where that had come by then. */
function marksFor({ way, sources, counters }: Read): Mark[] {
  return sources.flatMap(({ run }, place) => {
    if (sources.findIndex((source) => source.run === run) !== place) return [];
    if (way !== "steps" && way !== "episodes") return [...marksOf(run, AXES[way], "rl").value];
    const counter = counters[place];
    return counter ? notesOf(run).flatMap((note) => {
      const clock = clockOf({ run: run.run_id, series: counter.id }, AXES[way], momentOf(note, run));
      return clock ? [{ x: pointsUntil(clock.time, momentOf(note, run)), text: note.text }] : [];
    }) : [];
  });
}

function draw({ way, sources, counters, grid, curves }: Read, look: { smoothing: number; logX: boolean; logY: boolean }, marks: readonly Mark[]) {
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
    runs: new Map(sources.map(({ run }) => [run.run_id, run])), nameOf, places: places.peek(), dark: isDark.peek(), ...look, zoom: null, marks,
    look: { groupOf: null, spread: "range", members: false },
  });
}
