import type uPlot from "uplot";
import { FLAG_INFINITY, FLAG_NAN, FLAG_NEGATIVE_INFINITY } from "../api/curves.ts";
import type { ChartModel, DrawnLine } from "./model.ts";
import { makeProjection, type Projection } from "./projection.ts";
import { isOnSheet, type Sheet, thicknessOf } from "./sheet.ts";
import { bandPath, dotsPath, drawExact, drawMean, isDense, isSparse, type Pen } from "./shapes.ts";

/** Draws all lines of a chart onto its canvas. */
export function drawLines(u: uPlot, model: ChartModel, sheet: Sheet, highlighted: string | null, inks: { mark: string }) {
  const { ctx, bbox } = u;
  const pixel = devicePixelRatio || 1;
  const project = makeProjection(u, model);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  for (const mark of model.marks) drawMark(ctx, project.x(mark.x), bbox, inks.mark, pixel);
  ctx.globalAlpha = highlighted ? BEHIND : 1;
  if (model.lines.some(isOnSheet)) ctx.drawImage(sheet.draw(u, model, pixel), Math.round(bbox.left), Math.round(bbox.top));
  const alone = model.lines.filter((line) => !isOnSheet(line) || isOf(line, highlighted));
  // The one that is pointed at lies above the others.
  const order = highlighted ? [...alone].sort((a, b) => Number(isOf(a, highlighted)) - Number(isOf(b, highlighted))) : alone;
  for (const line of order) {
    ctx.globalAlpha = highlighted && !isOf(line, highlighted) ? BEHIND : 1;
    drawLine(ctx, line, model, project, pixel * (isOf(line, highlighted) ? 2.2 : thicknessOf(model)), pixel);
  }
  for (const line of model.lines) {
    ctx.globalAlpha = highlighted && !isOf(line, highlighted) ? BEHIND : 1;
    drawDots(ctx, line, model, project, pixel);
  }
  ctx.globalAlpha = 1;
  for (const line of model.lines) drawFlags(ctx, line, model, project, bbox, pixel);
  ctx.restore();
}

/** How much is seen of lines while another one is pointed at. */
const BEHIND = 0.25;

const isOf = (line: DrawnLine, run: string | null) => run !== null && line.key.startsWith(run);

function drawLine(ctx: CanvasRenderingContext2D, line: DrawnLine, model: ChartModel, project: Projection, width: number, pixel: number) {
  const isDouble = model.smoothing > 0 || isDense(line);
  ctx.setLineDash(line.dash.map((length) => length * pixel));
  ctx.fillStyle = ctx.strokeStyle = line.faint;
  if (line.isBand) ctx.fill(bandPath(line, project));
  else if (isDouble) {
    ctx.lineWidth = pixel;
    ctx.stroke(pathOf((pen) => drawExact(pen, line, project)));
  }
  ctx.strokeStyle = line.colour;
  ctx.lineWidth = width;
  ctx.stroke(pathOf((pen) => (line.isBand || isDouble ? drawMean(pen, line, model.xs, project) : drawExact(pen, line, project))));
  ctx.setLineDash([]);
}

function drawDots(ctx: CanvasRenderingContext2D, line: DrawnLine, model: ChartModel, project: Projection, pixel: number) {
  if (!isSparse(line, project.width / pixel)) return;
  ctx.fillStyle = line.colour;
  ctx.fill(dotsPath(line, model.xs, project, DOT * pixel));
}

const DOT = 2.2;

function pathOf(draw: (pen: Pen) => void): Path2D {
  const path = new Path2D();
  draw(path);
  return path;
}

/** What is no number: a cross for NaN, a wedge at the edge that an infinity lies beyond. */
function drawFlags(
  ctx: CanvasRenderingContext2D,
  { curve: { flags }, colour }: DrawnLine,
  { xs }: ChartModel,
  project: Projection,
  bbox: uPlot.BBox,
  pixel: number,
) {
  // Colours are costly to set, and most lines have nothing to mark.
  if (!flags.some(Boolean)) return;
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
