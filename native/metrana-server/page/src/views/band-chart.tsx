import { useMemo } from "preact/hooks";
import { readBands } from "../api/environments.ts";
import type { Series } from "../api/types.ts";
import { bandModel } from "../charts/band.ts";
import { AXIS_NAMES } from "../charts/format.ts";
import { useAsked } from "../state/asked.ts";
import { isDark } from "../state/theme.ts";
import { view } from "../state/view.ts";
import { Problem } from "../ui/problem.tsx";
import { CurveCanvas } from "./curve-canvas.tsx";

const MOST_BUCKETS = 300;

/** How far the environments of a series lie apart. */
export function BandChart({ run, series }: { run: string; series: Series }) {
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
  const model = useMemo(() => value && bandModel(value.bands, value.x, isDark.value, value.x === x ? range : null), [value, x, range, isDark.value]);
  return (
    <article class="chart" aria-label={`${series.metric}: bands over environments`}>
      <header>
        <h3>Bands over environments</h3>
        <span class="quiet">5 %, 25 %, median, 75 %, 95 % by {AXIS_NAMES[x].toLowerCase()}</span>
      </header>
      {error && <Problem error={error} />}
      <div class="plot" data-bands={value?.bands.curves.length} data-buckets={value?.bands.grid.buckets} data-from={value?.bands.grid.from}>
        <CurveCanvas model={model} zooms />
        {!value && !error && <p class="over" role="status">Loading…</p>}
      </div>
    </article>
  );
}
