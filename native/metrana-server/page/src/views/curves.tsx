import { computed, signal, useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { prepare } from "../charts/prepare.ts";
import { hasSomething, pointsOf } from "../charts/model.ts";
import { marksAlong } from "../state/annotations.ts";
import type { ChartSpec } from "../state/sections.ts";
import { type ChartState, retry, watch } from "../state/curves.ts";
import { nameOf, places, runs } from "../state/runs.ts";
import { isDark } from "../state/theme.ts";
import { view } from "../state/view.ts";
import { Problem } from "../ui/problem.tsx";
import { CurveFoot } from "./chart-foot.tsx";
import { CurveCanvas } from "./curve-canvas.tsx";
import { groupOf } from "./group-choice.tsx";

const NOT_YET = signal<ChartState>({ data: null, error: null, isLoading: true });
const runsById = computed(() => new Map((runs.value.value ?? []).map((run) => [run.run_id, run])));
/** What of the view changes the lines of a chart; the rest of it must not draw them anew. */
const look = computed(() => {
  const { smoothing, logX, logY, range, x, spread, members } = view.value;
  return JSON.stringify({ smoothing, logX, logY, range, x, spread, members });
});

/** The curves of a chart, kept up to date. */
export function Curves({ spec }: { spec: ChartSpec }) {
  const source = useSignal(NOT_YET);
  const picture = useRef<() => HTMLCanvasElement | null>(null);
  const now = useSignal(spec);
  now.value = spec;
  // Not after the frame: what is asked for now is there a frame earlier.
  useLayoutEffect(() => {
    const { state, leave } = watch(spec);
    source.value = state;
    return leave;
  }, [spec]);

  const model = useComputed(() => {
    const { data } = source.value.value;
    if (!data) return null;
    const { smoothing, logX, logY, range, x, spread, members } = JSON.parse(look.value) as ReturnType<typeof view.peek>;
    return prepare(now.value, data, {
      runs: runsById.value,
      nameOf,
      places: places.value,
      dark: isDark.value,
      smoothing,
      logX,
      logY,
      zoom: data.x === x ? range : null,
      look: { groupOf: groupOf.value, spread, members },
      marks: marksAlong(data.x, now.value.lines[0]?.world ?? "std").value,
    });
  }).value;
  const { data, error, isLoading } = source.value.value;
  const isEmpty = model !== null && !hasSomething(model);

  return (
    <>
      <div class="plot" data-points={model ? pointsOf(model) : undefined} data-lines={model?.lines.length} data-loading={isLoading} data-from={model?.stretch[0]} data-to={model?.stretch[1]}>
        <CurveCanvas label={spec.metric} model={isEmpty ? null : model} zooms handle={picture} />
        {!data && !error && <p class="over" role="status">Loading…</p>}
        {isEmpty && <p class="over">No points on this axis{view.value.range ? " in this stretch" : ""}.</p>}
      </div>
      {error && <Problem error={error} retry={retry} />}
      <CurveFoot title={spec.metric} model={model} canvas={picture} />
    </>
  );
}
