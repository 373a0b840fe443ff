import { useMemo, useRef } from "preact/hooks";
import { readCurves } from "../api/curves.ts";
import type { Series } from "../api/types.ts";
import type { Mark } from "../charts/model.ts";
import { prepare } from "../charts/prepare.ts";
import { useAsked } from "../state/asked.ts";
import { nameOf, places, runs } from "../state/runs.ts";
import { marksOf } from "../state/annotations.ts";
import { isDark } from "../state/theme.ts";
import { view } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";
import { Problem } from "../ui/problem.tsx";
import { CurveFoot } from "./chart-foot.tsx";
import { CurveCanvas } from "./curve-canvas.tsx";

interface Props {
  run: string;
  series: Series;
  environment: string;
  onClose(): void;
}

const BUCKETS = 300;
const NO_MARKS: readonly Mark[] = [];
const SINGLE = { groupOf: null, spread: "range", members: false } as const;

/** One environment alone. */
export function EnvironmentCurve({ run, series, environment, onClose }: Props) {
  const { x, smoothing, logX, logY, range } = view.value;
  const asked = useAsked(`${run} ${series.id} ${x} ${environment} ${range}`, [run], (signal) =>
    readCurves([{ run, series: series.id, environments: [environment] }], { x, buckets: BUCKETS, ...(range ? { from: range[0], to: range[1] } : {}) }, signal), series.id);
  const { value, error } = asked.value;
  const about = runs.value.value?.find((one) => one.run_id === run);
  const marks = about ? marksOf(about, x, series.world).value : NO_MARKS;
  const model = useMemo(() => {
    const curve = value?.curves[0];
    if (!curve || !about) return null;
    const key = `${run}:${series.id}`;
    const line = { run, series: series.id, key, labels: environment, variant: 0, world: series.world, anywhere: false, points: 0 };
    const spec = { key, metric: series.metric, scale: series.scale, form: "curves" as const, extent: null, lines: [line] };
    const data = { x, grid: value.grid, extent: [value.grid.from, value.grid.to] as const, curves: new Map([[key, curve]]) };
    return prepare(spec, data, { runs: new Map([[run, about]]), nameOf, places: places.value, dark: isDark.value, smoothing, logX, logY, zoom: range, marks, look: SINGLE });
  }, [value, about, smoothing, logX, logY, isDark.value, range, marks]);
  const picture = useRef<() => HTMLCanvasElement | null>(null);
  return (
    <div class="environment" aria-label={`Environment ${environment}`} role="group">
      <div class="row">
        <strong>{environment}</strong>
        <span class="spring" />
        <CurveFoot title={`${series.metric} of ${environment}`} isInRow model={model} canvas={picture} />
        <button type="button" class="icon" aria-label={`Close ${environment}`} onClick={onClose}><Icon name="close" /></button>
      </div>
      {error && <Problem error={error} />}
      <div class="plot"><CurveCanvas label={`${series.metric} of ${environment}`} model={model} zooms handle={picture} /></div>
    </div>
  );
}
