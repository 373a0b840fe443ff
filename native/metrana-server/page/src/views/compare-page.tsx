import { useSignal } from "@preact/signals";
import { readCurves, type Curve } from "../api/curves.ts";
import type { Run } from "../api/types.ts";
import { short } from "../charts/format.ts";
import { metricMatcher, sections } from "../state/charts.ts";
import { useAsked } from "../state/asked.ts";
import { colour } from "../state/colours.ts";
import { compare, type Row } from "../state/comparison.ts";
import { attributesOf, nameOf, places, shown } from "../state/runs.ts";
import type { Line, Section } from "../state/sections.ts";
import { isDark } from "../state/theme.ts";
import { change, view } from "../state/view.ts";
import { FilterBox } from "../ui/filter-box.tsx";
import { LeftOut } from "../ui/left-out.tsx";
import { More } from "../ui/more.tsx";
import { Problem } from "../ui/problem.tsx";

/** Rows of metrics before one scrolls to more, and columns before one asks for more: each cell is a series that is read. */
const ROWS_AT_ONCE = 100;
const RUNS_AT_ONCE = 50;

/** The shown runs beside each other. */
export function ComparePage() {
  const [rowCount, runCount] = [useSignal(ROWS_AT_ONCE), useSignal(RUNS_AT_ONCE)];
  const all = shown.value;
  const runs = all.slice(0, runCount.value);
  const { differencesOnly, metricFilter } = view.value;
  const { matches, problem } = metricMatcher.value;
  const metrics = metricsOf(sections.value, runs);
  const some = metrics.slice(0, rowCount.value);
  const lines = some.flatMap((metric) => [...metric.lines.values()]);
  const key = lines.length > 0 ? lines.map((line) => line.key).join() : null;
  const asked = useAsked(key, runs.map((run) => run.run_id), async (signal) => {
    const { curves } = await readCurves(lines, { x: "step", buckets: 1 }, signal);
    return new Map(lines.map((line, place) => [line.key, curves[place]] as const));
  });
  if (all.length === 0) return <p class="notice" role="status">Choose runs at the side to compare them.</p>;

  const wanted = (row: Row) => (!differencesOnly || row.differs) && matches(row.name);
  const rows = compare(all, attributesOf.value).filter(wanted);
  return (
    <div class="stack">
      <div class="toolbar">
        <FilterBox id="metric-filter" label="Filter rows" value={metricFilter} problem={problem} onChange={(value) => change({ metricFilter: value })} />
        <label><input type="checkbox" checked={differencesOnly} onChange={() => change({ differencesOnly: !differencesOnly })} /> Differences only</label>
        {all.length > runs.length && (
          <>
            <LeftOut of={all.length} shown={runs.length} what="runs have a column" />
            <button type="button" onClick={() => (runCount.value += RUNS_AT_ONCE)}>Show more runs</button>
          </>
        )}
      </div>
      {asked.value.error && <Problem error={asked.value.error} />}
      <div class="table" tabIndex={0} role="region" aria-label="Attributes">
        <table>
          <Head runs={runs} first="Attribute" />
          <tbody>
            {rows.map(({ name, values, differs }) => (
              <tr key={name} class={differs ? "differs" : ""}>
                <th scope="row">{name}</th>
                {values.slice(0, runs.length).map((value, place) => <td key={place}>{value}</td>)}
              </tr>
            ))}
            {rows.length === 0 && <tr><td colSpan={runs.length + 1} class="quiet">{differencesOnly ? "The runs do not differ." : "The runs have no attributes."}</td></tr>}
          </tbody>
        </table>
      </div>
      <div class="table" tabIndex={0} role="region" aria-label="Values">
        <table>
          <Head runs={runs} first="Metric: last, least, greatest" />
          <tbody>
            {some.map(({ name, lines }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {runs.map(({ run_id }) => <Values key={run_id} curve={asked.value.value?.get(lines.get(run_id)?.key ?? "")} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {metrics.length > some.length && <More label={`Show more metrics (${metrics.length - some.length})`} onMore={() => (rowCount.value += ROWS_AT_ONCE)} />}
    </div>
  );
}

interface Metric {
  name: string;
  /** Its series, by their runs. */
  lines: Map<string, Line>;
}

/** A row for each metric and its labels. */
function metricsOf(sections: readonly Section[], runs: readonly Run[]): Metric[] {
  const ids = new Set(runs.map((run) => run.run_id));
  const metrics = new Map<string, Metric>();
  for (const { metric, form, lines } of sections.flatMap(({ charts }) => charts)) {
    if (form !== "curves") continue;
    for (const line of lines) {
      if (!ids.has(line.run)) continue;
      const name = [metric, line.labels].filter(Boolean).join(" ");
      let known = metrics.get(name);
      if (!known) metrics.set(name, (known = { name, lines: new Map() }));
      known.lines.set(line.run, line);
    }
  }
  return [...metrics.values()];
}

function Head({ runs, first }: { runs: readonly Run[]; first: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        {runs.map((run) => (
          <th key={run.run_id} scope="col">
            <span class="swatch" style={{ background: colour(places.value.get(run.run_id) ?? 0, isDark.value) }} /> {nameOf(run)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Values({ curve }: { curve: Curve | undefined }) {
  if (!curve?.count[0]) return <td />;
  const [last, least, greatest] = [curve.last[0], curve.min[0], curve.max[0]].map((value) => short(value ?? NaN));
  return <td class="number">{last} <span class="quiet">min {least}, max {greatest}</span></td>;
}
