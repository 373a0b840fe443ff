import type { Curve } from "../api/curves.ts";
import type { Run } from "../api/types.ts";
import type { ChartSpec, Line } from "../state/sections.ts";
import { colour } from "../state/colours.ts";
import type { ChartData } from "../state/curves.ts";
import { bucketWidth } from "./grid.ts";
import { lastFilled } from "./merge.ts";
import type { ChartModel, DrawnLine, Mark } from "./model.ts";
import { groupCurve } from "./group.ts";
import { means, smoothed } from "./smooth.ts";

const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
const FAINT = 0.38;
/** Of a run below its group. */
const MEMBER = 0.3;

export interface Wishes {
  runs: ReadonlyMap<string, Run>;
  nameOf(run: Run): string;
  places: ReadonlyMap<string, number>;
  dark: boolean;
  smoothing: number;
  logX: boolean;
  logY: boolean;
  zoom: readonly [number, number] | null;
  marks: readonly Mark[];
  look: {
    /** The group of a run; null: runs stand by themselves. */
    groupOf: ((run: string) => string) | null;
    /** What is shown beside the mean of a group. */
    spread: "range" | "deviation";
    /** Whether the runs of a group are drawn, too. */
    members: boolean;
  };
}

/** Makes what is drawn of what was read. */
export function prepare(spec: ChartSpec, data: ChartData, wishes: Wishes): ChartModel {
  const width = bucketWidth(data.grid);
  const filled = Math.max(1, ...spec.lines.map((line) => lastFilled(data.curves.get(line.key) ?? NOTHING) + 1));
  const xs = Float64Array.from({ length: filled }, (_, place) => data.grid.from + (place + 0.5) * width);
  return {
    axis: data.x,
    xs,
    stretch: wishes.zoom ?? data.extent,
    lines: linesOf(spec, data, wishes),
    marks: wishes.marks,
    logX: wishes.logX,
    logY: wishes.logY,
    smoothing: wishes.smoothing,
  };
}

/** Runs lie below their groups, where both are drawn. */
function linesOf(spec: ChartSpec, data: ChartData, wishes: Wishes): DrawnLine[] {
  const { groupOf, members } = wishes.look;
  if (!groupOf) return singles(spec, data, wishes);
  const together = groups(spec, data, wishes, groupOf);
  if (!members) return together;
  const colours = new Map(together.map((line) => [line.key, line.colour]));
  const alone = singles(spec, data, wishes).map((line, place) => {
    const own = spec.lines[place];
    const colour = own && colours.get(`group:${groupOf(own.run)}`)?.replace("/ 1)", `/ ${MEMBER})`);
    return { ...line, colour: colour ?? line.colour, faint: "transparent" };
  });
  return [...alone, ...together];
}

const NOTHING = { count: new Float64Array(), flags: new Uint8Array() } as Curve;

function singles(spec: ChartSpec, data: ChartData, { runs, nameOf, places, dark, smoothing }: Wishes): DrawnLine[] {
  return spec.lines.flatMap((line) => {
    const curve = data.curves.get(line.key);
    const run = runs.get(line.run);
    if (!curve || !run) return [];
    const place = places.get(line.run) ?? 0;
    // Of a crowd nobody looks at the means of all.
    let values: Float64Array | null = null;
    return {
      key: line.key,
      name: line.labels ? `${nameOf(run)} · ${line.labels}` : nameOf(run),
      colour: colour(place, dark),
      faint: colour(place, dark, FAINT),
      dash: DASHES[line.variant % DASHES.length] ?? [],
      curve,
      get values() {
        return (values ??= smoothed(means(curve), smoothing));
      },
      isBand: false,
    };
  });
}

function groups(spec: ChartSpec, data: ChartData, { dark, smoothing, look }: Wishes, groupOf: (run: string) => string): DrawnLine[] {
  const groups = new Map<string, Line[]>();
  for (const line of spec.lines) {
    const name = groupOf(line.run);
    const group = groups.get(name);
    if (group) group.push(line);
    else groups.set(name, [line]);
  }
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([name, lines], place) => {
      const curves = lines.flatMap((line) => data.curves.get(line.key) ?? []);
      const curve = groupCurve(curves, data.grid.buckets, look.spread);
      return {
        key: `group:${name}`,
        name: `${name} (${new Set(lines.map((line) => line.run)).size})`,
        colour: colour(place, dark),
        faint: colour(place, dark, 0.16),
        dash: [],
        curve,
        values: smoothed(means(curve), smoothing),
        isBand: true,
      };
    });
}
