import { useMemo, useRef } from "preact/hooks";
import { readBands } from "../api/environments.ts";
import type { Run, Series } from "../api/types.ts";
import { bandModel } from "../charts/band.ts";
import { csvOfBands } from "../charts/csv.ts";
import { AXIS_NAMES } from "../charts/format.ts";
import { marksOf } from "../state/annotations.ts";
import { useAsked } from "../state/asked.ts";
import { isDark } from "../state/theme.ts";
import { view } from "../state/view.ts";
import { Problem } from "../ui/problem.tsx";
import { CurveFoot } from "./chart-foot.tsx";
import { CurveCanvas } from "./curve-canvas.tsx";

const MOST_BUCKETS = 300;

/** How far the environments of a series lie apart. */
export function BandChart({ run: of, series }: { run: Run; series: Series }) {
  const run = of.run_id;
  const { x, range } = view.value;
  const isWhole = x === "step" || x === "rl_step";
  const length = range ? range[1] - range[0] : Number(series.last_step ?? MOST_BUCKETS) + 1;
  // A bucket for each step, where there are few: between them would be gaps.
  const buckets = isWhole ? Math.max(1, Math.min(MOST_BUCKETS, Math.ceil(length))) : Math.min(MOST_BUCKETS, 100);
  const stretch = range ? { from: range[0], to: range[1] } : {};
  const asked = useAsked(`${run} ${series.id} ${x} ${buckets} ${range}`, [run], async (signal) => ({
    x, bands: await readBands({ run, series: series.id }, { x, buckets, ...stretch }, signal),
  }), series.id);
  const { value, error } = asked.value;
  const marks = marksOf(of, value?.x ?? x, series.world).value;
  const model = useMemo(() => value && bandModel(value.bands, value.x, isDark.value, value.x === x ? range : null, marks), [value, x, range, isDark.value, marks]);
  const picture = useRef<() => HTMLCanvasElement | null>(null);
  return (
    <article class="chart" aria-label={`${series.metric}: bands over environments`}>
      <header>
        <h3>Bands over environments</h3>
        <span class="quiet">5 %, 25 %, median, 75 %, 95 % by {AXIS_NAMES[x].toLowerCase()}</span>
        <span class="spring" />
        <CurveFoot title={`${series.metric}: bands over environments`} isInRow model={model} canvas={picture} csv={() => (value ? csvOfBands(value.bands) : "")} />
      </header>
      {error && <Problem error={error} />}
      <div class="plot" data-bands={value?.bands.curves.length} data-buckets={value?.bands.grid.buckets} data-from={model?.stretch[0]} data-to={model?.stretch[1]}>
        <CurveCanvas label={`${series.metric}: bands`} model={model} zooms handle={picture} />
        {!value && !error && <p class="over" role="status">Loading…</p>}
      </div>
    </article>
  );
}
