import type { Curve } from "../api/curves.ts";
import type { Axis } from "../api/types.ts";

/** A line of a chart, ready to draw. */
export interface DrawnLine {
  key: string;
  name: string;
  colour: string;
  /** Of the stretch between minimum and maximum, and of what smoothing left out. */
  faint: string;
  dash: number[];
  curve: Curve;
  /** The mean of each bucket, smoothed. */
  values: Float64Array;
  /** A group of runs: the mean with a band from the least to the greatest. */
  isBand: boolean;
}

/** A moment that somebody noted. */
export interface Mark {
  x: number;
  text: string;
}

export interface ChartModel {
  axis: Axis;
  xs: Float64Array;
  /** What is seen of the axis. */
  stretch: readonly [number, number];
  lines: DrawnLine[];
  marks: readonly Mark[];
  logX: boolean;
  logY: boolean;
  smoothing: number;
}

/** How many points are in it. */
export function pointsOf({ lines }: ChartModel): number {
  let points = 0;
  for (const { curve: { count } } of lines) for (let place = 0; place < count.length; place++) points += count[place]!;
  return points;
}

/** Whether there is anything to see, be it that something is no number. */
export const hasSomething = ({ lines }: ChartModel) =>
  lines.some(({ curve }) => curve.count.some((count) => count > 0) || curve.flags.some((flag) => flag > 0));
