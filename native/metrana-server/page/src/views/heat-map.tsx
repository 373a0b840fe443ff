import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { readHeatMap, type HeatMap, type Measure } from "../api/environments.ts";
import { readEpisodeAt } from "../api/episodes.ts";
import type { Series } from "../api/types.ts";
import { csvOfHeatMap } from "../charts/csv.ts";
import { short } from "../charts/format.ts";
import { bucketWidth } from "../charts/grid.ts";
import { limits } from "../charts/palette.ts";
import { useAsked } from "../state/asked.ts";
import { change } from "../state/view.ts";
import { stepRange } from "../state/step-range.ts";
import { Problem } from "../ui/problem.tsx";
import { ChartFoot } from "./chart-foot.tsx";
import { HeatCanvas } from "./heat-canvas.tsx";
import { HeatScale } from "./heat-scale.tsx";

const MOST_COLUMNS = 1000;
/** The step that a stretch ends before must not share the last column with the one in front of it. */
const NOT_QUITE = 1e-6;

interface Props {
  run: string;
  series: Series;
  measure: Measure;
}

/** Environments by steps of the training, as colours. A click shows one environment, and the episode that it was in. */
export function HeatMapChart({ run, series, measure }: Props) {
  const zoom = stepRange.value;
  const length = zoom ? zoom[1] - zoom[0] : Number(series.last_step ?? MOST_COLUMNS - 1) + 1;
  const buckets = Math.max(1, Math.min(MOST_COLUMNS, length));
  const asked = useAsked(`${run} ${series.id} ${measure} ${buckets} ${zoom}`, [run], (signal) =>
    readHeatMap({ run, series: series.id }, { measure, buckets, ...(zoom ? { from: zoom[0], to: zoom[1] - NOT_QUITE } : {}) }, signal), series.id);
  const pointed = useSignal<string | null>(null);
  const { value: map, error } = asked.value;
  const span = useMemo(() => map && limits(map.cells), [map]);

  const host = useRef<HTMLDivElement>(null);
  const picture = () => {
    const canvas = host.current?.querySelector("canvas");
    const legend = map ? [{ name: `${measure} of ${map.environments.length} environments, ${map.environments[0]} at the top` }, { name: stepsOf(map) }] : [];
    return canvas && span ? { canvas, legend, ramp: [short(span[0]), short(span[1])] as const } : null;
  };
  const pick = async (column: number, row: number) => {
    const environment = map?.environments[row];
    if (!map || environment === undefined) return;
    change({ environment, episode: null });
    const step = Math.max(0, Math.ceil(map.grid.from + column * bucketWidth(map.grid)));
    const episode = await readEpisodeAt({ run, environment }, series, step, new AbortController().signal).catch(() => null);
    if (episode !== null) change({ environment, episode });
  };
  return (
    <article class="chart" aria-label={`${series.metric} over environments`}>
      <header>
        <h3>{series.metric}</h3>
        <span class="quiet">{map ? `${map.environments.length} environments × RL steps` : "environments × RL steps"}</span>
        <span class="spring" />
        <ChartFoot title={`${series.metric} over environments`} isInRow isReady={!!map && !!span} csv={() => (map ? csvOfHeatMap(map, measure) : "")} picture={picture} />
      </header>
      {error && <Problem error={error} />}
      <div class="heat-frame" ref={host}>
        {map && span && (
          <HeatCanvas
            columns={map.grid.buckets}
            rows={map.environments.length}
            cells={map.cells}
            span={span}
            seen={seenOf(map, zoom)}
            label={`${measure} of ${series.metric}: from ${short(span[0])} to ${short(span[1])}`}
            describe={(column, row) => described(map, column, row)}
            onPoint={(text) => (pointed.value = text)}
            onPick={(column, row) => void pick(column, row)}
            onZoom={(from, to) => {
              const edge = (column: number) => map.grid.from + column * bucketWidth(map.grid);
              stepRange.zoom(edge(from), edge(to + 1));
            }}
            onReset={() => change({ range: null })}
          />
        )}
        {!map && !error && <p class="over" role="status">Loading…</p>}
        {map && !span && <p class="over">No points{zoom ? " in this stretch" : ""}.</p>}
      </div>
      <div class="legend">
        {map && <span data-from={map.grid.from} data-to={map.grid.to}>{stepsOf(map)}</span>}
        <span class="spring" />
        {pointed.value && <output class="pointed">{pointed.value}</output>}
        <span class="spring" />
        {span && <HeatScale from={short(span[0])} to={short(span[1])} />}
      </div>
      <p class="quiet">Each row is an environment. Click a cell to see its environment and episode; drag to zoom.</p>
    </article>
  );
}

const stepsOf = ({ grid }: HeatMap) => `RL step ${short(grid.from)} to ${short(grid.to)}`;

/** The part of what was read that is zoomed to: what is there is drawn at once, and finer cells come later. */
function seenOf({ grid }: HeatMap, zoom: readonly [number, number] | null): readonly [number, number] {
  if (!zoom || grid.to <= grid.from) return [0, 1];
  const share = (value: number) => (value - grid.from) / (grid.to - grid.from);
  const [from, to] = [share(zoom[0]), share(zoom[1])];
  return from < to && from > -1 && to < 2 ? [from, to] : [0, 1];
}

function described({ grid, environments, cells }: HeatMap, column: number, row: number): string {
  const value = cells[row * grid.buckets + column] ?? NaN;
  const step = grid.from + column * bucketWidth(grid);
  return `${environments[row]}, step ${Math.ceil(step)}: ${Number.isNaN(value) ? "no points" : short(value)}`;
}
