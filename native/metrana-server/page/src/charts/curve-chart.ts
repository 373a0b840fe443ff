import uPlot from "uplot";
import { drawLines } from "./draw.ts";
import { duration, short } from "./format.ts";
import type { ChartModel } from "./model.ts";
import { Sheet } from "./sheet.ts";
import { rangeOf } from "./span.ts";

export interface Colours {
  ink: string;
  grid: string;
  mark: string;
}

/** What a chart tells its surroundings. */
export interface ChartEvents {
  zoom(from: number, to: number): void;
  reset(): void;
  /** The cursor points at a bucket, at a height in CSS pixels; null: it is elsewhere. */
  point(at: { bucket: number; left: number; top: number; reach: number } | null): void;
}

const FONT = '11px system-ui, "Segoe UI", sans-serif';
const LEAST_DRAG = 4;
const SYNC = "charts";
/** How far up or down a key goes, of the height of the plot. */
const KEY_HEIGHT = 0.1;
/** How far beside a point the mouse may be, in CSS pixels. */
const REACH = 12;

/** A chart of curves on a canvas. uPlot brings the axes, the cursor and the zoom; the lines are drawn by `drawLines`. */
export class CurveChart {
  readonly #host: HTMLElement;
  readonly #events: ChartEvents;
  #plot: uPlot | null = null;
  #kind = "";
  #model: ChartModel;
  #colours: Colours;
  #highlighted: string | null = null;
  /** Where the keyboard points: a bucket, and how high as a share of the plot; null: it does not. */
  #keyed: { bucket: number; height: number } | null = null;
  readonly #sheet = new Sheet();

  constructor(host: HTMLElement, events: ChartEvents, model: ChartModel, colours: Colours) {
    [this.#host, this.#events, this.#model, this.#colours] = [host, events, model, colours];
    this.update(model, colours);
  }

  update(model: ChartModel, colours: Colours) {
    this.#model = model;
    this.#colours = colours;
    const kind = [model.axis, model.logX, model.logY, colours.ink].join();
    const data: uPlot.AlignedData = [model.xs, new Float64Array(model.xs.length)];
    if (!this.#plot || this.#kind !== kind) {
      this.#plot?.destroy();
      this.#kind = kind;
      this.#plot = new uPlot(this.#options(), data, this.#host);
    } else {
      this.#plot.setData(data, false);
    }
    this.#show();
  }

  highlight(run: string | null) {
    if (this.#highlighted === run) return;
    this.#highlighted = run;
    this.#plot?.redraw(false);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width > 0 && height > 0 && this.#plot) this.#plot.setSize({ width, height });
  }

  /** The height of a value in CSS pixels from the top of the plot. */
  height(value: number): number {
    return this.#plot?.valToPos(value, "y") ?? NaN;
  }

  /** What a key does to the chart; whether it does anything. */
  press(key: string): boolean {
    const plot = this.#plot;
    if (!plot) return false;
    if (key === "Escape") {
      // The key has a meaning for the whole page, too.
      if (this.#keyed) this.#point(null);
      return false;
    }
    const { bucket, height } = this.#keyed ?? { bucket: -1, height: 0.5 };
    const filled = this.#filled();
    const [first, last] = [filled[0], filled.at(-1)];
    if (first === undefined || last === undefined) return false;
    switch (key) {
      case "ArrowRight":
        return this.#point({ bucket: bucket < 0 ? first : (filled.find((one) => one > bucket) ?? last), height });
      case "ArrowLeft":
        return this.#point({ bucket: bucket < 0 ? last : (filled.findLast((one) => one < bucket) ?? first), height });
      case "Home":
        return this.#point({ bucket: first, height });
      case "End":
        return this.#point({ bucket: last, height });
      case "ArrowUp":
        return this.#point({ bucket: bucket < 0 ? first : bucket, height: Math.max(0, height - KEY_HEIGHT) });
      case "ArrowDown":
        return this.#point({ bucket: bucket < 0 ? first : bucket, height: Math.min(1, height + KEY_HEIGHT) });
      case "+":
      case "=":
        return this.#zoomBy(0.5);
      case "-":
        return this.#zoomBy(2);
      default:
        return false;
    }
  }

  /** The chart as a picture. */
  canvas(): HTMLCanvasElement | null {
    return this.#plot?.ctx.canvas ?? null;
  }

  destroy() {
    this.#plot?.destroy();
    this.#plot = null;
  }

  #show() {
    const { stretch: [from, to], logX } = this.#model;
    const begin = logX && from <= 0 ? Math.min(1, to / 10) : from;
    this.#plot?.setScale("x", { min: begin, max: to > begin ? to : begin + 1 });
  }

  #point(at: { bucket: number; height: number } | null): true {
    this.#keyed = at;
    const { over } = this.#plot!;
    const left = at ? this.#plot!.valToPos(this.#model.xs[at.bucket]!, "x") : -1;
    this.#plot!.setCursor({ left, top: at ? at.height * over.clientHeight : -1 });
    return true;
  }

  /** The buckets in sight in which there is a value. */
  #filled(): number[] {
    const { xs, lines } = this.#model;
    const { min = -Infinity, max = Infinity } = this.#plot?.scales["x"] ?? {};
    const isFilled = (place: number) => xs[place]! >= min && xs[place]! <= max && lines.some(({ curve }) => curve.count[place]);
    return Array.from(xs, (_, place) => place).filter(isFilled);
  }

  /** Zooms around the place that the keyboard points at, or around the middle. */
  #zoomBy(factor: number): true {
    const { min = 0, max = 1 } = this.#plot?.scales["x"] ?? {};
    const middle = (this.#keyed && this.#model.xs[this.#keyed.bucket]) ?? (min + max) / 2;
    const half = ((max - min) * factor) / 2;
    // The buckets will be others.
    this.#point(null);
    this.#events.zoom(Math.max(Math.min(0, min), middle - half), middle + half);
    return true;
  }

  /** How many buckets lie in so many pixels. */
  #bucketsIn(pixels: number): number {
    const { xs } = this.#model;
    if (!this.#plot || xs.length < 2) return 0;
    const width = Math.abs(this.#plot.valToPos(xs[1]!, "x") - this.#plot.valToPos(xs[0]!, "x"));
    return width > 0 ? Math.floor(pixels / width) : 0;
  }

  #options(): uPlot.Options {
    const { axis, logX, logY } = this.#model;
    const { ink, grid } = this.#colours;
    const look = { stroke: ink, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 4 } };
    const isTime = axis === "wall_time";
    return {
      width: Math.max(50, this.#host.clientWidth),
      height: Math.max(50, this.#host.clientHeight),
      ms: 1,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: isTime, distr: logX && !isTime ? 3 : 1 },
        y: { distr: logY ? 3 : 1, range: () => rangeOf(this.#model) },
      },
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      axes: [
        {
          ...look,
          size: 26,
          space: 60,
          ...(isTime ? {} : { values: (_: uPlot, values: (number | null)[]) => values.map((value) => (value === null ? null : axis === "relative_time" ? duration(value) : short(value))) }),
          ...(axis === "step" || axis === "rl_step" || axis === "episode" ? { incrs: WHOLE_STEPS } : {}),
        },
        { ...look, size: 52, space: 28, values: (_, values) => values.map((value) => (value === null ? null : short(value))) },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        sync: { key: SYNC, setSeries: false, scales: ["x", null], filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
        bind: {
          dblclick: () => () => {
            this.#events.reset();
            return null;
          },
        },
      },
      hooks: {
        draw: [(u) => drawLines(u, this.#model, this.#sheet, this.#highlighted, { mark: this.#colours.mark })],
        setSelect: [
          (u) => {
            const { left, width } = u.select;
            if (width < LEAST_DRAG) return;
            const [from, to] = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            if (from < to) this.#events.zoom(from, to);
          },
        ],
        setCursor: [
          (u) => {
            const { idx, left, top } = u.cursor;
            const isHere = (this.#keyed !== null || u.over.matches(":hover")) && idx !== null && idx !== undefined && (left ?? -1) >= 0;
            this.#events.point(isHere ? { bucket: idx, left: left ?? 0, top: top ?? 0, reach: this.#bucketsIn(REACH) } : null);
          },
        ],
      },
    };
  }
}

const WHOLE_STEPS = Array.from({ length: 19 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
