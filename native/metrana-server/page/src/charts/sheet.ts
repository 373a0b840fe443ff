import type uPlot from "uplot";
import type { ChartModel, DrawnLine } from "./model.ts";
import { makeProjection } from "./projection.ts";
import { Polyline, Raster } from "./raster.ts";
import { drawExact, drawMean, drawPeaks, isDense } from "./shapes.ts";

/** So many lines hide each other. */
const CROWD = 24;

export const isCrowded = ({ lines }: ChartModel) => lines.length > CROWD;

/** How thick lines are. */
export const thicknessOf = (model: ChartModel) => (isCrowded(model) ? 1 : 1.4);

/** Whether a line is on the sheet; bands and dashes are left to the canvas. */
export const isOnSheet = (line: DrawnLine) => !line.isBand && line.dash.length === 0;

/** The solid lines of a chart as one picture, which is kept as long as nothing about it changes. */
export class Sheet {
  #raster = new Raster(0, 0);
  #picture: HTMLCanvasElement | null = null;
  #model: ChartModel | null = null;
  #place = "";

  /** The picture of all its lines, as large as the plot. */
  draw(u: uPlot, model: ChartModel, pixel: number): HTMLCanvasElement {
    const [width, height] = [Math.max(1, Math.round(u.bbox.width)), Math.max(1, Math.round(u.bbox.height))];
    const { x, y } = u.scales;
    const place = [width, height, x?.min, x?.max, y?.min, y?.max].join();
    if (this.#picture && this.#model === model && this.#place === place) return this.#picture;
    [this.#model, this.#place] = [model, place];
    if (this.#raster.width !== width || this.#raster.height !== height) this.#raster = new Raster(width, height);
    else this.#raster.clear();
    const project = makeProjection(u, model, { left: 0, top: 0, width, height });
    const lines = model.lines.filter(isOnSheet);
    learn(lines.flatMap((line) => [line.faint, line.colour]));
    const polyline = new Polyline();
    const stroke = (colour: string, thickness: number) => {
      this.#raster.ink(pixels.get(colour) ?? 0, thickness);
      this.#raster.stroke(polyline);
    };
    const drawPoints = isCrowded(model) ? drawPeaks : drawExact;
    for (const line of lines) {
      const isDouble = model.smoothing > 0 || (!isCrowded(model) && isDense(line));
      polyline.clear();
      drawPoints(polyline, line, project);
      stroke(isDouble ? line.faint : line.colour, pixel * (isDouble ? 1 : thicknessOf(model)));
      if (!isDouble) continue;
      polyline.clear();
      drawMean(polyline, line, model.xs, project);
      stroke(line.colour, pixel * thicknessOf(model));
    }
    return (this.#picture = this.#show(width, height));
  }

  #show(width: number, height: number): HTMLCanvasElement {
    const picture = this.#picture ?? document.createElement("canvas");
    if (picture.width !== width || picture.height !== height) [picture.width, picture.height] = [width, height];
    // Charts are mostly of one size: with each news of each chart there would be garbage.
    if (image.width !== width || image.height !== height) image = new ImageData(width, height);
    this.#raster.copyTo(new Uint32Array(image.data.buffer));
    picture.getContext("2d")?.putImageData(image, 0, 0);
    return picture;
  }
}

let image = new ImageData(1, 1);

/** Colours of CSS as pixels: the browser knows best what they look like. */
const pixels = new Map<string, number>();
const MOST_COLOURS = 4096;

/** Makes pixels of colours, all with one look at a canvas. */
function learn(colours: readonly string[]) {
  const all = [...new Set(colours)];
  let unknown = all.filter((colour) => !pixels.has(colour));
  if (unknown.length === 0) return;
  if (pixels.size + unknown.length > MOST_COLOURS) {
    pixels.clear();
    unknown = all;
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [unknown.length, 1];
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  if (!ctx) return;
  for (const [place, colour] of unknown.entries()) {
    ctx.fillStyle = colour;
    ctx.fillRect(place, 0, 1, 1);
  }
  const seen = new Uint32Array(ctx.getImageData(0, 0, unknown.length, 1).data.buffer);
  for (const [place, colour] of unknown.entries()) pixels.set(colour, seen[place] ?? 0);
}
