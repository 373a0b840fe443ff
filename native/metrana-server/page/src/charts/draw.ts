import type uPlot from "uplot";
import { FLAG_INFINITY, FLAG_NAN, FLAG_NEGATIVE_INFINITY } from "../api/curves.ts";
import type { ChartModel, DrawnLine } from "./model.ts";
import { makeProjection, type Projection } from "./projection.ts";

/** Draws all lines of a chart onto its canvas. */
export function drawLines(u: uPlot, model: ChartModel, highlighted: string | null, inks: { mark: string }) {
  const { ctx, bbox } = u;
  const pixel = devicePixelRatio || 1;
  const project = makeProjection(u, model);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  for (const mark of model.marks) drawMark(ctx, project.x(mark.x), bbox, inks.mark, pixel);
  // The one that is pointed at lies above the others.
  const isCrowded = model.lines.length > CROWD;
  const order = highlighted ? [...model.lines].sort((a, b) => Number(isOf(a, highlighted)) - Number(isOf(b, highlighted))) : model.lines;
  for (const line of order) {
    ctx.globalAlpha = highlighted && !isOf(line, highlighted) ? 0.25 : 1;
    drawLine(ctx, line, model, project, pixel * (highlighted && isOf(line, highlighted) ? 2.2 : isCrowded ? 1 : 1.4), pixel, isCrowded);
  }
  ctx.globalAlpha = 1;
  for (const line of model.lines) drawFlags(ctx, line, model, project, bbox, pixel);
  ctx.restore();
}

/** So many lines hide each other. */
const CROWD = 50;

const isOf = (line: DrawnLine, run: string) => line.key.startsWith(run);

function drawLine(ctx: CanvasRenderingContext2D, line: DrawnLine, model: ChartModel, project: Projection, width: number, pixel: number, isCrowded: boolean) {
  const isSmooth = model.smoothing > 0;
  // With its peaks a line says all; a mean above each of a crowd would only cost time.
  const isDouble = isSmooth || (isDense(line) && !isCrowded);
  ctx.setLineDash(line.dash.map((length) => length * pixel));
  ctx.fillStyle = ctx.strokeStyle = line.faint;
  if (line.isBand) ctx.fill(bandPath(line, project));
  else if (isDouble) {
    ctx.lineWidth = pixel;
    ctx.stroke(exactPath(line, project));
  }
  ctx.fillStyle = ctx.strokeStyle = line.colour;
  ctx.lineWidth = width;
  ctx.stroke(line.isBand || isDouble ? meanPath(line, model, project) : exactPath(line, project, isCrowded));
  ctx.setLineDash([]);
  if (isSparse(line, project.width / pixel)) ctx.fill(dots(line, model, project, width * 1.6));
}

/** Whether so many points fall together that their own line would be a solid block; the mean then lies above it. */
function isDense({ curve: { count } }: DrawnLine): boolean {
  let [filled, points] = [0, 0];
  for (const many of count) {
    points += many;
    if (many > 0) filled += 1;
  }
  return points > 3 * filled;
}

/** As the points themselves look: of each bucket the first, the least, the greatest and the last, so that no peak is lost. */
function exactPath({ curve }: DrawnLine, project: Projection, isCrowded = false): Path2D {
  const path = new Path2D();
  const { count, firstX, lastX, first, last, min, max } = curve;
  let isBegun = false;
  const to = (x: number, y: number) => {
    if (isBegun) path.lineTo(x, y);
    else path.moveTo(x, y);
    isBegun = true;
  };
  for (let place = 0; place < count.length; place++) {
    const points = count[place] as number;
    if (points === 0) continue;
    const left = project.x(firstX[place] as number);
    if (isCrowded && points > 2) {
      // Where lines lie over each other only their peaks can be told apart.
      to(left, project.y(min[place] as number));
      to(left, project.y(max[place] as number));
      continue;
    }
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
  return path;
}

function meanPath({ values, curve }: DrawnLine, model: ChartModel, project: Projection): Path2D {
  const path = new Path2D();
  let isBegun = false;
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (!Number.isFinite(value)) continue;
    const x = project.x(centre(curve.firstX[place], curve.lastX[place], model.xs[place]));
    if (isBegun) path.lineTo(x, project.y(value));
    else path.moveTo(x, project.y(value));
    isBegun = true;
  }
  return path;
}

function bandPath({ curve }: DrawnLine, project: Projection): Path2D {
  const path = new Path2D();
  const { count, min, max, firstX, lastX } = curve;
  const filled = [...count.keys()].filter((place) => (count[place] as number) > 0);
  const x = (place: number) => project.x(((firstX[place] as number) + (lastX[place] as number)) / 2);
  for (const place of filled) path.lineTo(x(place), project.y(max[place] as number));
  for (const place of filled.reverse()) path.lineTo(x(place), project.y(min[place] as number));
  path.closePath();
  return path;
}

/** Few points are shown as points: a line between them says too much, and one alone would not be seen. */
function isSparse({ curve }: DrawnLine, width: number): boolean {
  let filled = 0;
  for (const points of curve.count) {
    if (points > 1) return false;
    filled += points;
  }
  return filled > 0 && filled < width / 14;
}

function dots({ curve, values }: DrawnLine, model: ChartModel, project: Projection, radius: number): Path2D {
  const path = new Path2D();
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (!Number.isFinite(value)) continue;
    const [x, y] = [project.x(centre(curve.firstX[place], curve.lastX[place], model.xs[place])), project.y(value)];
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  return path;
}

const centre = (first = NaN, last = NaN, otherwise = NaN) => {
  const middle = (first + last) / 2;
  return Number.isNaN(middle) ? otherwise : middle;
};

/** What is no number: a cross for NaN, a wedge at the edge that an infinity lies beyond. */
function drawFlags(
  ctx: CanvasRenderingContext2D,
  { curve: { flags }, colour }: DrawnLine,
  { xs }: ChartModel,
  project: Projection,
  bbox: uPlot.BBox,
  pixel: number,
) {
  const size = 3.5 * pixel;
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 1.5 * pixel;
  const [top, bottom] = [bbox.top + size + 2 * pixel, bbox.top + bbox.height - size - 2 * pixel];
  let free = -Infinity;
  for (let place = 0; place < flags.length; place++) {
    const flag = flags[place] as number;
    if (flag === 0) continue;
    const x = project.x(xs[place] as number);
    // Where many are beside each other some are enough.
    if (x < free) continue;
    free = x + 2.5 * size;
    ctx.beginPath();
    if (flag & FLAG_NAN) {
      ctx.moveTo(x - size, top - size);
      ctx.lineTo(x + size, top + size);
      ctx.moveTo(x + size, top - size);
      ctx.lineTo(x - size, top + size);
      ctx.stroke();
    }
    if (flag & FLAG_INFINITY) wedge(ctx, x, top, size, -1);
    if (flag & FLAG_NEGATIVE_INFINITY) wedge(ctx, x, bottom, size, 1);
  }
}

function wedge(ctx: CanvasRenderingContext2D, x: number, y: number, size: number, way: number) {
  ctx.beginPath();
  ctx.moveTo(x, y + way * size);
  ctx.lineTo(x - size, y - way * size);
  ctx.lineTo(x + size, y - way * size);
  ctx.fill();
}

function drawMark(ctx: CanvasRenderingContext2D, x: number, bbox: uPlot.BBox, ink: string, pixel: number) {
  ctx.strokeStyle = ctx.fillStyle = ink;
  ctx.lineWidth = pixel;
  ctx.setLineDash([3 * pixel, 3 * pixel]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
  wedge(ctx, x, bbox.top + 3 * pixel, 4 * pixel, 1);
}
