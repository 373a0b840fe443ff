import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { readHeatMap, type HeatMap, type Measure } from "../api/environments.ts";
import type { Series } from "../api/types.ts";
import { short } from "../charts/format.ts";
import { bucketWidth } from "../charts/grid.ts";
import { limits, paint } from "../charts/palette.ts";
import { useAsked } from "../state/asked.ts";
import { Problem } from "../ui/problem.tsx";
import { EnvironmentCurve } from "./environment-curve.tsx";

const MOST_COLUMNS = 1000;

interface Props {
  run: string;
  series: Series;
  measure: Measure;
}

/** Environments by steps of the training, as colours. A click shows one environment. */
export function HeatMapChart({ run, series, measure }: Props) {
  const buckets = Math.max(1, Math.min(MOST_COLUMNS, Number(series.last_step ?? MOST_COLUMNS - 1) + 1));
  const asked = useAsked(`${run} ${series.id} ${measure} ${buckets}`, [run], (signal) =>
    readHeatMap({ run, series: series.id }, { measure, buckets }, signal),
  );
  const host = useRef<HTMLCanvasElement>(null);
  const pointed = useSignal<string | null>(null);
  const chosen = useSignal<string | null>(null);
  const { value: map, error } = asked.value;
  const span = map && limits(map.cells);

  useEffect(() => {
    const ctx = host.current?.getContext("2d");
    if (!map || !span || !ctx || map.environments.length === 0) return;
    const [width, height] = [map.grid.buckets, map.environments.length];
    Object.assign(ctx.canvas, { width, height });
    ctx.putImageData(new ImageData(paint(map.cells, ...span), width, height), 0, 0);
  }, [map]);

  const cellAt = (event: MouseEvent) => {
    if (!map || !host.current) return null;
    const box = host.current.getBoundingClientRect();
    const [column, row] = [((event.clientX - box.left) / box.width) * map.grid.buckets, ((event.clientY - box.top) / box.height) * map.environments.length];
    return { column: Math.min(map.grid.buckets - 1, Math.floor(column)), row: Math.min(map.environments.length - 1, Math.floor(row)) };
  };
  const tell = (event: MouseEvent) => {
    const cell = cellAt(event);
    pointed.value = map && cell && described(map, cell.column, cell.row);
  };

  return (
    <article class="chart" aria-label={`${series.metric} over environments`}>
      <header>
        <h3>{series.metric}</h3>
        <span class="quiet">{map ? `${map.environments.length} environments × RL steps` : "environments × RL steps"}</span>
      </header>
      {error && <Problem error={error} />}
      <div class="heat-frame">
        <canvas
          class="heat"
          ref={host}
          role="img"
          aria-label={span ? `${measure} of ${series.metric}: from ${short(span[0])} to ${short(span[1])}` : series.metric}
          data-cells={map?.cells.length}
          onMouseMove={tell}
          onMouseLeave={() => (pointed.value = null)}
          onClick={(event) => {
            const cell = cellAt(event);
            chosen.value = (cell && map?.environments[cell.row]) ?? null;
          }}
        />
        {!map && !error && <p class="over" role="status">Loading…</p>}
      </div>
      <div class="legend">
        {map && <span>RL step {short(map.grid.from)} to {short(map.grid.to)}</span>}
        <span class="spring" />
        {pointed.value && <output class="pointed">{pointed.value}</output>}
        <span class="spring" />
        {span && <><span>{short(span[0])}</span><Scale /><span>{short(span[1])}</span></>}
      </div>
      <p class="quiet">Each row is an environment; click one to see it alone.</p>
      {chosen.value !== null && <EnvironmentCurve run={run} series={series} environment={chosen.value} onClose={() => (chosen.value = null)} />}
    </article>
  );
}

function described({ grid, environments, cells }: HeatMap, column: number, row: number): string {
  const value = cells[row * grid.buckets + column] ?? NaN;
  const step = grid.from + column * bucketWidth(grid);
  return `${environments[row]}, step ${Math.ceil(step)}: ${Number.isNaN(value) ? "no points" : short(value)}`;
}

/** What the colours mean. */
function Scale() {
  const host = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ctx = host.current?.getContext("2d");
    const ramp = Float32Array.from({ length: 256 }, (_, place) => place);
    ctx?.putImageData(new ImageData(paint(ramp, 0, 255), 256, 1), 0, 0);
  }, []);
  return <canvas ref={host} width="256" height="1" aria-hidden="true" />;
}
