import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { readHistograms, type Histogram } from "../api/kinds.ts";
import { densityOf, type Density } from "../charts/density.ts";
import { csvOfDensity } from "../charts/csv.ts";
import { short } from "../charts/format.ts";
import { limits } from "../charts/palette.ts";
import { Thinned } from "../charts/thinned.ts";
import { useAsked } from "../state/asked.ts";
import { lineName } from "../state/line-name.ts";
import type { ChartSpec, Line } from "../state/sections.ts";
import { Problem } from "../ui/problem.tsx";
import { ChartFoot } from "./chart-foot.tsx";
import { HeatCanvas } from "./heat-canvas.tsx";
import { HeatScale } from "./heat-scale.tsx";
import { LineChoice, chosenLine } from "./line-choice.tsx";

const MOST_HISTOGRAMS = 512;
const COLUMNS = 256;
const ROWS = 96;

/** How the values of a histogram series were spread, over time. */
export function HistogramChart({ spec }: { spec: ChartSpec }) {
  const line = chosenLine(spec);
  const density = useDensity(line);
  const pointed = useSignal<string | null>(null);
  // Small shares are many, and on a linear scale would all be dark.
  const cells = useMemo(() => density.value?.shares.map(Math.sqrt), [density.value]);
  const span = cells && limits(cells);
  const { value: map, error } = density;
  const host = useRef<HTMLDivElement>(null);
  const picture = () => {
    const canvas = host.current?.querySelector("canvas");
    const legend = map ? [{ name: lineName(line) }, { name: stepsOf(map) }, { name: `values ${short(map.values[0])} to ${short(map.values[1])}` }] : [];
    return canvas && span ? { canvas, legend, ramp: ["0 %", percent(span[1] ** 2)] as const } : null;
  };
  return (
    <>
      <div class="chart-choice"><LineChoice spec={spec} line={line} /></div>
      {error && <Problem error={error} />}
      <div class="plot heat-plot">
        {map && cells && span && (
          <>
            <div class="heat-values quiet" aria-hidden="true"><span>{short(map.values[1])}</span><span>{short(map.values[0])}</span></div>
            <div class="heat-frame" ref={host}>
              <HeatCanvas
                columns={map.columns}
                rows={map.rows}
                cells={cells}
                span={[0, span[1]]}
                label={`${spec.metric}: values from ${short(map.values[0])} to ${short(map.values[1])}, steps ${map.steps[0]} to ${map.steps[1] - 1}`}
                describe={(column, row) => described(map, column, row)}
                onPoint={(text) => (pointed.value = text)}
              />
            </div>
          </>
        )}
        {!map && !error && <p class="over" role="status">{density.isEmpty ? "No values yet." : "Loading…"}</p>}
      </div>
      <div class="legend">
        {map && <span>{stepsOf(map)}</span>}
        <span class="spring" />
        {pointed.value ? <output class="pointed">{pointed.value}</output> : span && <HeatScale from="0 %" to={percent(span[1] ** 2)} />}
      </div>
      <ChartFoot title={spec.metric} isReady={map !== null} csv={() => (map ? csvOfDensity(map) : "")} picture={picture} />
    </>
  );
}

/** The histograms of a line as one picture. Those that are known are not read again while the series grows. */
function useDensity(line: Line) {
  const known = useRef<{ key: string; list: Thinned<Histogram> } | null>(null);
  const asked = useAsked(`histograms ${line.key}`, [line.run], async (signal) => {
    // Where points may come at any step, those that are known are no longer each so manieth.
    if (known.current?.key !== line.key || line.anywhere) known.current = { key: line.key, list: new Thinned(MOST_HISTOGRAMS) };
    const { list } = known.current;
    await list.grow(async (part) => {
      const { total, histograms } = await readHistograms(line.run, line.series, part, signal);
      return { total, items: histograms };
    });
    return { items: list.items };
  }, line.series);
  const value = useMemo(() => asked.value.value && densityOf(asked.value.value.items, COLUMNS, ROWS), [asked.value.value]);
  return { value, error: asked.value.error, isEmpty: asked.value.value !== null };
}

function described({ columns, rows, steps, values, shares }: Density, column: number, row: number): string {
  const share = shares[row * columns + column] ?? NaN;
  const step = Math.floor(steps[0] + (column / columns) * (steps[1] - steps[0]));
  const height = (values[1] - values[0]) / rows;
  const low = values[0] + (rows - 1 - row) * height;
  return `step ${step}, ${short(low)} to ${short(low + height)}: ${Number.isNaN(share) ? "nothing" : percent(share)}`;
}

const stepsOf = ({ steps }: Density) => `Step ${short(steps[0])} to ${short(steps[1] - 1)}`;
const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
