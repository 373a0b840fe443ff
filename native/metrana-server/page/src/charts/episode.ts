import type { Curve } from "../api/curves.ts";
import type { EpisodePoints } from "../api/episodes.ts";
import type { ChartModel, Mark } from "./model.ts";

/** More lines than this would hide the curve. */
const MOST_MARKS = 40;

/** One episode, step by step, with a mark where the training took a step within it. */
export function episodeModel(name: string, { values, rlSteps }: EpisodePoints, ink: { colour: string; faint: string }): ChartModel {
  const curve = curveOf(values);
  const begins = rlSteps.flatMap((step, place) => (place > 0 && step !== rlSteps[place - 1] ? [{ x: place, text: `rl step ${step}` }] : []));
  return {
    axis: "step",
    xs: curve.firstX,
    stretch: [0, Math.max(1, values.length - 1)],
    lines: [{ key: name, name, ...ink, dash: [], curve, values: Float64Array.from(values), isBand: false }],
    marks: begins.length <= MOST_MARKS ? begins : ([] as Mark[]),
    logX: false,
    logY: false,
    smoothing: 0,
  };
}

/** A bucket for each value. */
function curveOf(values: readonly number[]): Curve {
  const numbers = Float32Array.from(values, (value) => (Number.isFinite(value) ? value : NaN));
  const x = Float64Array.from(values, (_, place) => place);
  return {
    count: Float64Array.from(values, (value) => Number(Number.isFinite(value))),
    flags: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : value === Infinity ? 2 : value === -Infinity ? 4 : 0)),
    firstX: x, lastX: x, first: numbers, last: numbers, min: numbers, max: numbers, sum: numbers,
  };
}
