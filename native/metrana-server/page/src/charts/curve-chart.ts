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
            const isHere = u.over.matches(":hover") && idx !== null && idx !== undefined && (left ?? -1) >= 0;
            this.#events.point(isHere ? { bucket: idx, left: left ?? 0, top: top ?? 0, reach: this.#bucketsIn(REACH) } : null);
          },
        ],
      },
    };
  }
}

const WHOLE_STEPS = Array.from({ length: 19 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
