import { type Signal, effect, signal } from "@preact/signals";
import { type Curve, type Grid, cut, readCurves } from "../api/curves.ts";
import type { Axis, Change } from "../api/types.ts";
import { append, endOf } from "../charts/append.ts";
import { MOST_BUCKETS, gridFor, isSame, part, powerOfTwo } from "../charts/grid.ts";
import { extentOf, isGrown, lastFilled, merge } from "../charts/merge.ts";
import type { ChartSpec, Line } from "./sections.ts";
import { onChange } from "./feed.ts";
import { soon } from "./soon.ts";
import { axis, range } from "./view.ts";

/** What a chart draws: its lines' curves on one grid. */
export interface ChartData {
  x: Axis;
  grid: Grid;
  /** From the first point to the last. */
  extent: readonly [number, number];
  curves: Map<string, Curve>;
}

export interface ChartState {
  data: ChartData | null;
  error: Error | null;
  isLoading: boolean;
}

interface Chart {
  spec: ChartSpec;
  /** How often it is in view; what is not is read no more. */
  watchers: number;
  state: Signal<ChartState>;
  /** It has to be read as a whole. */
  isStale: boolean;
  /** Lines with news at their end. */
  news: Set<string>;
}

/** A zoom draws what is there at once, and asks for finer buckets when it has come to rest. */
const REST_MILLIS = 100;
/** News are taken in at most so often: each curve is a second behind at most. Where that takes long it is done less often. */
const NEWS_MILLIS = 250;
const MOST_NEWS_MILLIS = 750;
/** News that are drawn so quickly are drawn at once. */
const QUICK_MILLIS = 40;
const MOST_GATHER_MILLIS = 400;
/** How many times as long as its work the page rests. */
const REST = 4;
/** How far ahead of a curve's end news are looked for first. */
const AHEAD = 8;
/** How many questions about the ends of curves there may be at once. */
const MOST_ENDS = 8;
/** Charts that are kept though they are out of view. */
const MOST_KEPT = 64;
/** Of one answer, so that many runs stay quick to read. */
const MOST_CELLS = 400_000;
/** However many runs are shown, a curve is one. */
const LEAST_BUCKETS = 32;

const charts = new Map<string, Chart>();
let reading = new AbortController();

/** Begins to keep a chart up to date, as long as it is in view. */
export function watch(spec: ChartSpec): { state: Signal<ChartState>; leave(): void } {
  let chart = charts.get(spec.key);
  if (!chart) {
    chart = { spec, watchers: 0, state: signal({ data: null, error: null, isLoading: true }), isStale: true, news: new Set() };
    forget();
  }
  // The last one that was looked at is the last that is forgotten.
  charts.delete(spec.key);
  charts.set(spec.key, chart);
  const of = chart;
  if (linesKey(of.spec) !== linesKey(spec)) of.isStale = true;
  of.spec = spec;
  of.watchers += 1;
  if (of.isStale) readStaleSoon();
  else if (of.news.size > 0) readNewsSoon();
  return {
    state: of.state,
    leave: () => {
      of.watchers -= 1;
    },
  };
}

const linesKey = (spec: ChartSpec) => spec.lines.map((line) => line.key).join();

function forget() {
  for (const [key, chart] of charts) {
    if (charts.size < MOST_KEPT) return;
    if (chart.watchers === 0) charts.delete(key);
  }
}

/** Reads charts anew when the axis or the zoom changes, and what comes of the feed. */
export function followCurves() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isFirst = true;
  effect(() => {
    axis.value;
    range.value;
    // Nothing has changed yet, and what charts have asked for by now is wanted.
    if (isFirst) return void (isFirst = false);
    for (const chart of charts.values()) chart.isStale = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Whatever is still on its way was asked for another stretch.
      reading.abort();
      reading = new AbortController();
      readStaleSoon();
    }, REST_MILLIS);
  });
  onChange(heed);
}

export function retry() {
  for (const chart of charts.values()) if (chart.state.peek().error) chart.isStale = true;
  readStaleSoon();
}

function heed(change: Change) {
  const changed = new Set(change.runs.flatMap(({ run, series }) => series.map((id) => `${run}:${id}`)));
  for (const chart of charts.values()) {
    if (change.reset) chart.isStale = true;
    for (const line of chart.spec.lines) if (changed.has(line.key)) chart.news.add(line.key);
  }
  readStaleSoon();
  readNewsSoon();
}

const inView = () => [...charts.values()].filter((chart) => chart.watchers > 0);

const readStaleSoon = soon(20, async () => {
  const stale = inView().filter((chart) => chart.isStale);
  if (stale.length === 0) return;
  const [x, zoom, stop] = [axis.peek(), range.peek(), reading.signal];
  const isFirst = stale.every((chart) => !chart.state.peek().data);
  const guessed = isFirst && x === "step" ? stale.map(({ spec }) => spec.extent) : [];
  const isGuess = guessed.length > 0 && !guessed.includes(null);
  for (const chart of stale) {
    chart.isStale = false;
    chart.news.clear();
    // What came since the lists were read lies behind the ends of the curves.
    if (isGuess) for (const line of chart.spec.lines) chart.news.add(line.key);
    chart.state.value = { ...chart.state.peek(), isLoading: true };
  }
  try {
    const extents = isGuess ? guessed : await readExtents(stale, x, stop);
    const isWhole = x === "step" || x === "rl_step" || x === "episode";
    const groups = grouped(stale.map((chart, index) => ({ chart, stretch: zoom ?? extents[index] ?? [0, 0] })), isWhole);
    await Promise.all(
      groups.map(async ({ grid, charts: together }) => {
        const lines = together.flatMap((chart) => chart.spec.lines);
        const keys = together.map((chart) => chart.spec.lines.map((line) => line.key));
        const { grid: got, curves } = await readCurves(lines, { x, ...grid }, stop);
        let place = 0;
        for (const [index, chart] of together.entries()) {
          const own = (keys[index] ?? []).map((key) => [key, curves[place++]] as const);
          const extent = extents[stale.indexOf(chart)] ?? [0, 0];
          const data = { x, grid: got, extent, curves: new Map(own.filter((pair): pair is [string, Curve] => !!pair[1])) };
          chart.state.value = { data, error: null, isLoading: false };
        }
      }),
    );
  } catch (error) {
    const isAborted = error instanceof DOMException && error.name === "AbortError";
    for (const chart of stale) {
      if (isAborted) chart.isStale = true;
      else chart.state.value = { ...chart.state.peek(), error: error as Error, isLoading: false };
    }
    if (isAborted) readStaleSoon();
  }
  if (isGuess) readNewsSoon();
});

/** Where the points of each chart begin and end. */
async function readExtents(of: Chart[], x: Axis, stop: AbortSignal): Promise<(readonly [number, number] | null)[]> {
  const { curves } = await readCurves(of.flatMap((chart) => chart.spec.lines), { x, buckets: 1 }, stop);
  let place = 0;
  return of.map((chart) => extentOf(curves.slice(place, (place += chart.spec.lines.length))));
}

interface Group {
  grid: Grid;
  charts: Chart[];
}

/** One grid for all charts whose buckets are equally wide, so that they are read by one question. */
function grouped(wishes: { chart: Chart; stretch: readonly [number, number] }[], isWhole: boolean): Group[] {
  const lines = wishes.reduce((sum, { chart }) => sum + chart.spec.lines.length, 0);
  let most = MOST_BUCKETS;
  while (lines * most > MOST_CELLS && most > LEAST_BUCKETS) most /= 2;
  const groups = new Map<number, { from: number; to: number; charts: Chart[] }>();
  for (const { chart, stretch: [from, to] } of wishes) {
    const { from: begin, to: end } = gridFor(from, to, isWhole, most);
    const group = groups.get(end - begin);
    if (group) {
      group.from = Math.min(group.from, from);
      group.to = Math.max(group.to, to);
      group.charts.push(chart);
    } else groups.set(end - begin, { from, to, charts: [chart] });
  }
  return [...groups.values()].map(({ from, to, charts }) => ({ grid: gridFor(from, to, isWhole, most), charts }));
}

interface News {
  chart: Chart;
  data: ChartData;
  line: Line;
  curve: Curve;
}

/** Whether somebody has read its chart as a whole meanwhile. */
const isOld = ({ chart, data }: News) => chart.state.peek().data !== data;

/** Whether what is new can only lie behind the last point, at a step that no point has. */
const growsAtEnd = ({ data, line }: News) => data.x === "step" && line.world === "std" && !line.anywhere;

/** Reads what lies behind the ends of curves, as one bucket each. Gives those that have to be looked at closer. */
async function readEnds(news: readonly News[], touched: Set<Chart>, stop: AbortSignal): Promise<News[]> {
  const ends = new Map<number, News[]>();
  for (const one of news) {
    const from = endOf(one.curve);
    const same = ends.get(from);
    if (same) same.push(one);
    else ends.set(from, [one]);
  }
  // Where each curve ends elsewhere there would be as many questions.
  if (ends.size > MOST_ENDS) return [...news];
  const unclear: News[] = [];
  const read = async ([from, of]: [number, News[]]) => {
    const { curves } = await readCurves(of.map((one) => one.line), { x: "step", from, to: Number.MAX_SAFE_INTEGER, buckets: 1 }, stop);
    for (const [place, one] of of.entries()) {
      const end = curves[place];
      if (!end || isOld(one)) continue;
      const growth = append(one.curve, one.data.grid, end);
      if (growth === "grown") touched.add(one.chart);
      if (growth === "unclear") unclear.push(one);
      // Unless the user looks at a part of it.
      if (growth === "outgrown" && !range.peek()) one.chart.isStale = true;
    }
  };
  await Promise.all([...ends].map(read));
  return unclear;
}

let newsTook = 0;
const newsPause = () => Math.min(MOST_NEWS_MILLIS, Math.max(NEWS_MILLIS, REST * newsTook));
/** Where news take long to draw, those of many runs that log at the same time are waited for, so that they are drawn once. */
const newsGather = () => (newsTook < QUICK_MILLIS ? 0 : Math.min(MOST_GATHER_MILLIS, REST * newsTook));

const readNewsSoon = soon(newsPause, async () => {
  const begin = performance.now();
  const all: News[] = [];
  for (const chart of inView()) {
    const { data } = chart.state.peek();
    if (!data || chart.isStale) continue;
    for (const line of chart.spec.lines) {
      const curve = data.curves.get(line.key);
      if (curve && chart.news.has(line.key)) all.push({ chart, data, line, curve });
    }
    chart.news.clear();
  }
  if (all.length === 0) return;
  const stop = reading.signal;
  const touched = new Set<Chart>();
  try {
    await readPieces([...all.filter((one) => !growsAtEnd(one)), ...(await readEnds(all.filter(growsAtEnd), touched, stop))], touched, stop);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) for (const one of all) one.chart.isStale = true;
  }
  for (const chart of touched) {
    const { data } = chart.state.peek();
    if (!data) continue;
    const [from, to] = extentOf([...data.curves.values()]) ?? data.extent;
    const extent = range.peek() ? data.extent : ([Math.min(from, data.extent[0]), to] as const);
    chart.state.value = { ...chart.state.peek(), data: { ...data, extent } };
  }
  if (inView().some((chart) => chart.isStale)) readStaleSoon();
  await drawn();
  newsTook = performance.now() - begin;
}, newsGather);

/** Until charts are drawn, or would be if somebody looked at them. */
const drawn = () => new Promise<void>((done) => {
  requestAnimationFrame(() => setTimeout(done));
  setTimeout(done, NEWS_MILLIS);
});

/** Reads the last buckets of curves anew, and where that is not enough all that lies behind them. */
async function readPieces(news: News[], touched: Set<Chart>, stop: AbortSignal) {
  const stretches = new Map<string, { piece: Grid; begin: number; of: typeof news }>();
  for (const one of news) {
    const last = lastFilled(one.curve);
    const begin = one.line.anywhere ? 0 : Math.max(0, last - 1);
    const piece = part(one.data.grid, begin, one.line.anywhere ? one.data.grid.buckets : begin + AHEAD);
    const key = `${one.data.x} ${piece.from} ${piece.to} ${piece.buckets}`;
    const stretch = stretches.get(key);
    if (stretch) stretch.of.push(one);
    else stretches.set(key, { piece, begin, of: [one] });
  }
  const moved = new Set<(typeof news)[number]>();
  const read = async ({ piece, begin, of }: { piece: Grid; begin: number; of: typeof news }, isRest: boolean): Promise<void> => {
    const x = of[0]?.data.x ?? "step";
    const { curves } = await readCurves(of.map((one) => one.line), { x, ...piece }, stop);
    const further: typeof news = [];
    for (const [index, one] of of.entries()) {
      const curve = curves[index];
      if (!curve || isOld(one)) continue;
      // The end of a question lies in its last bucket, though it begins the next one.
      const room = one.data.grid.buckets - begin;
      const known = cut(curve, 0, Math.min(room, piece.buckets - (piece.buckets === room ? 0 : 1)));
      const isFull = curve.count.subarray(known.count.length - 1).some((count) => count > 0);
      const grown = isGrown(one.curve, known, begin);
      merge(one.curve, known, begin);
      if (grown) touched.add(one.chart);
      if (grown) moved.add(one);
      if (isFull || !moved.has(one)) further.push(one);
    }
    if (further.length === 0) return;
    const [{ data: { grid } }] = further as [(typeof news)[number]];
    if (!isRest && begin + piece.buckets < grid.buckets && further.every((one) => isSame(one.data.grid, grid))) {
      return read({ piece: part(grid, begin, begin + powerOfTwo(grid.buckets - begin + 1)), begin, of: further }, true);
    }
    // They have outgrown the grid, unless the user looks at a part of them.
    if (!range.peek()) for (const one of further) one.chart.isStale = true;
  };
  await Promise.all([...stretches.values()].map((stretch) => read(stretch, false)));
}
