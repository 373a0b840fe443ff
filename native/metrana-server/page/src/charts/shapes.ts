import type { DrawnLine } from "./model.ts";
import type { Projection } from "./projection.ts";

/** What a line is drawn with. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** As the points themselves look: of each bucket the first, the least, the greatest and the last, so that no peak is lost. */
export function drawExact(pen: Pen, { curve }: DrawnLine, project: Projection) {
  const { count, firstX, lastX, first, last, min, max } = curve;
  let isBegun = false;
  const to = (x: number, y: number) => {
    if (isBegun) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    isBegun = true;
  };
  for (let place = 0; place < count.length; place++) {
    const points = count[place] as number;
    if (points === 0) continue;
    const left = project.x(firstX[place] as number);
    to(left, project.y(first[place] as number));
    if (points === 1) continue;
    const right = project.x(lastX[place] as number);
    if (points > 2) {
      const middle = (left + right) / 2;
      to(middle, project.y(min[place] as number));
      to(middle, project.y(max[place] as number));
    }
    to(right, project.y(last[place] as number));
  }
}

/** The same with less detail, for many lines over each other, of which only the peaks can be told apart. */
export function drawPeaks(pen: Pen, { curve }: DrawnLine, project: Projection) {
  const { count, firstX, first, last, lastX, min, max } = curve;
  let isBegun = false;
  for (let place = 0; place < count.length; place++) {
    const points = count[place] as number;
    if (points === 0) continue;
    const x = project.x(firstX[place] as number);
    const y = project.y((points > 2 ? min : first)[place] as number);
    if (isBegun) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    isBegun = true;
    if (points > 2) pen.lineTo(x, project.y(max[place] as number));
    else if (points === 2) pen.lineTo(project.x(lastX[place] as number), project.y(last[place] as number));
  }
}

/** The mean of each bucket, smoothed. */
export function drawMean(pen: Pen, { values, curve }: DrawnLine, xs: Float64Array, project: Projection) {
  let isBegun = false;
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (!Number.isFinite(value)) continue;
    const x = project.x(centre(curve.firstX[place], curve.lastX[place], xs[place]));
    if (isBegun) pen.lineTo(x, project.y(value));
    else pen.moveTo(x, project.y(value));
    isBegun = true;
  }
}

/** What lies between the least and the greatest. */
export function bandPath({ curve }: DrawnLine, project: Projection): Path2D {
  const path = new Path2D();
  const { count, min, max, firstX, lastX } = curve;
  const filled = [...count.keys()].filter((place) => (count[place] as number) > 0);
  const x = (place: number) => project.x(((firstX[place] as number) + (lastX[place] as number)) / 2);
  for (const place of filled) path.lineTo(x(place), project.y(max[place] as number));
  for (const place of filled.reverse()) path.lineTo(x(place), project.y(min[place] as number));
  path.closePath();
  return path;
}

export function dotsPath({ curve, values }: DrawnLine, xs: Float64Array, project: Projection, radius: number): Path2D {
  const path = new Path2D();
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (!Number.isFinite(value)) continue;
    const [x, y] = [project.x(centre(curve.firstX[place], curve.lastX[place], xs[place])), project.y(value)];
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  return path;
}

/** Whether so many points fall together that their own line would be a solid block; the mean then lies above it. */
export function isDense({ curve: { count } }: DrawnLine): boolean {
  let [filled, points] = [0, 0];
  for (let place = 0; place < count.length; place++) {
    points += count[place] as number;
    if ((count[place] as number) > 0) filled += 1;
  }
  return points > 3 * filled;
}

/** Few points are shown as points: a line between them says too much, and one alone would not be seen. */
export function isSparse({ curve: { count } }: DrawnLine, width: number): boolean {
  let filled = 0;
  for (let place = 0; place < count.length; place++) {
    if ((count[place] as number) > 1) return false;
    filled += count[place] as number;
  }
  return filled > 0 && filled < width / 14;
}

const centre = (first = NaN, last = NaN, otherwise = NaN) => {
  const middle = (first + last) / 2;
  return Number.isNaN(middle) ? otherwise : middle;
};
