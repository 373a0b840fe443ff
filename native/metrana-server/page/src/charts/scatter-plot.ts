import uPlot from "uplot";
import type { Scatter } from "../api/kinds.ts";
import { short } from "./format.ts";
import { PALETTE } from "./palette.ts";
import { makeProjection } from "./projection.ts";

/** The space that dots are in: it does not move while one looks from step to step. */
export interface Frame {
  x: readonly [number, number];
  y: readonly [number, number];
  z: readonly [number, number];
}

export interface ScatterLook {
  ink: string;
  grid: string;
  /** Of dots that have no third coordinate. */
  dot: string;
  titles: Record<string, string>;
}

const FONT = '11px system-ui, "Segoe UI", sans-serif';
const LINEAR = { logX: false, logY: false };

/** Dots on a canvas, within uPlot's axes. A third coordinate is a colour. */
export class ScatterPlot {
  readonly #plot: uPlot;
  readonly #host: HTMLElement;
  readonly #look: ScatterLook;
  #scatter: Scatter;
  #frame: Frame;

  constructor(host: HTMLElement, scatter: Scatter, frame: Frame, look: ScatterLook) {
    [this.#host, this.#scatter, this.#frame, this.#look] = [host, scatter, frame, look];
    this.#plot = new uPlot(this.#options(), [[...frame.x], [null, null]], host);
  }

  update(scatter: Scatter, frame: Frame) {
    this.#scatter = scatter;
    this.#frame = frame;
    this.#plot.setData([[...frame.x], [null, null]], false);
    this.#plot.setScale("x", { min: frame.x[0], max: frame.x[1] });
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width > 0 && height > 0) this.#plot.setSize({ width, height });
  }

  canvas(): HTMLCanvasElement {
    return this.#plot.ctx.canvas;
  }

  destroy() {
    this.#plot.destroy();
  }

  #options(): uPlot.Options {
    const { ink, grid, titles } = this.#look;
    const axis = (title: string | undefined) => ({
      stroke: ink, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 4 },
      values: (_: uPlot, values: (number | null)[]) => values.map((value) => (value === null ? null : short(value))),
      ...(title ? { label: title, labelFont: FONT, labelSize: 16 } : {}),
    });
    return {
      width: Math.max(50, this.#host.clientWidth),
      height: Math.max(50, this.#host.clientHeight),
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: () => [...this.#frame.x] }, y: { range: () => [...this.#frame.y] } },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [{ ...axis(titles["x"]), size: 26, space: 60 }, { ...axis(titles["y"]), size: 52, space: 28 }],
      hooks: { draw: [(u) => this.#draw(u)] },
    };
  }

  #draw(u: uPlot) {
    const { ctx, bbox } = u;
    const project = makeProjection(u, LINEAR);
    const { xs, ys, zs } = this.#scatter;
    const [low, high] = this.#frame.z;
    const radius = (xs.length > 2000 ? 1.5 : 2.5) * (devicePixelRatio || 1);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.fillStyle = this.#look.dot;
    for (let place = 0; place < xs.length; place++) {
      const [x, y] = [xs[place] as number, ys[place] as number];
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      if (zs) ctx.fillStyle = colourOf(((zs[place] ?? NaN) - low) / (high - low || 1));
      ctx.beginPath();
      ctx.arc(project.x(x), project.y(y), radius, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.restore();
  }
}

function colourOf(share: number): string {
  if (!Number.isFinite(share)) return "transparent";
  const pixel = PALETTE[Math.round(Math.max(0, Math.min(1, share)) * (PALETTE.length - 1))]!;
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

/** A frame for these dots, and for those that another one is for. */
export function frameOf({ xs, ys, zs }: Scatter, before: Frame | null): Frame {
  const span = (values: readonly number[], known: readonly [number, number] | undefined, air: number): readonly [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (low > high) return known ?? [0, 1];
    const room = (high - low) * air || (air ? Math.abs(high) * 0.1 || 1 : 0);
    [low, high] = [low - room, high + room];
    return known ? [Math.min(low, known[0]), Math.max(high, known[1])] : [low, high];
  };
  return { x: span(xs, before?.x, 0.05), y: span(ys, before?.y, 0.05), z: span(zs ?? [], before?.z, 0) };
}
