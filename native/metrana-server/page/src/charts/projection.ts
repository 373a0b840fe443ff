import type uPlot from "uplot";

/** From values to pixels of the canvas. uPlot has this too; here it is asked for a million times a frame. */
export interface Projection {
  width: number;
  x(value: number): number;
  y(value: number): number;
}

/** @param box Where the plot lies among the pixels. */
export function makeProjection(u: uPlot, { logX, logY }: { logX: boolean; logY: boolean }, box: uPlot.BBox = u.bbox): Projection {
  const { left, top, width, height } = box;
  const along = scale(u.scales["x"], logX);
  const up = scale(u.scales["y"], logY);
  return {
    width,
    x: (value) => left + along(value) * width,
    y: (value) => top + (1 - up(value)) * height,
  };
}

/** How far beyond the edge something is drawn that lies beyond it: canvases do not take every number. */
const FAR = 50;

function scale(of: uPlot.Scale | undefined, isLog: boolean): (value: number) => number {
  const [from, to] = [of?.min ?? 0, of?.max ?? 1];
  if (!isLog) {
    const length = to - from || 1;
    return (value) => Math.max(-FAR, Math.min(FAR, (value - from) / length));
  }
  const begin = Math.log10(from);
  const length = Math.log10(to) - begin || 1;
  // What a logarithm does not know lies below everything.
  return (value) => (value > 0 ? Math.max(-FAR, Math.min(FAR, (Math.log10(value) - begin) / length)) : -FAR);
}
