import { readCurves, type Curve } from "../api/curves.ts";
import type { Run } from "../api/types.ts";
import { short } from "../charts/format.ts";
import { sections } from "../state/charts.ts";
import { useAsked } from "../state/asked.ts";
import { colour } from "../state/colours.ts";
import { compare, type Row } from "../state/comparison.ts";
import { attributesOf, nameOf, places, shown } from "../state/runs.ts";
import { isDark } from "../state/theme.ts";
import { change, view } from "../state/view.ts";
import { metricMatcher } from "../state/charts.ts";
import { FilterBox } from "../ui/filter-box.tsx";
import { Problem } from "../ui/problem.tsx";

/** So many series are looked at for their last and best values. */
const MOST_SERIES = 2000;

/** The shown runs beside each other. */
export function ComparePage() {
  const runs = shown.value;
  const { differencesOnly, metricFilter } = view.value;
  const { matches, problem } = metricMatcher.value;
  const lines = sections.value.flatMap(({ charts }) => charts).filter((chart) => chart.form === "curves").flatMap((chart) => chart.lines.map((line) => ({ ...line, metric: chart.metric }))).slice(0, MOST_SERIES);
  const key = lines.length > 0 ? lines.map((line) => line.key).join() : null;
  const asked = useAsked(key, runs.map((run) => run.run_id), async (signal) => {
    const { curves } = await readCurves(lines, { x: "step", buckets: 1 }, signal);
    return new Map(lines.map((line, place) => [line.key, curves[place]] as const));
  });
  if (runs.length === 0) return <p class="notice" role="status">Choose runs at the side to compare them.</p>;

  const wanted = (row: Row) => (!differencesOnly || row.differs) && matches(row.name);
  const rows = compare(runs, attributesOf.value).filter(wanted);
  const metrics = new Map<string, (Curve | undefined)[]>();
  for (const line of lines) {
    const name = [line.metric, line.labels].filter(Boolean).join(" ");
    let of = metrics.get(name);
    if (!of) metrics.set(name, (of = []));
    of[runs.findIndex((run) => run.run_id === line.run)] = asked.value.value?.get(line.key);
  }
  return (
    <div class="stack">
      <div class="toolbar">
        <FilterBox id="metric-filter" label="Filter rows" value={metricFilter} problem={problem} onChange={(value) => change({ metricFilter: value })} />
        <label><input type="checkbox" checked={differencesOnly} onChange={() => change({ differencesOnly: !differencesOnly })} /> Differences only</label>
      </div>
      {asked.value.error && <Problem error={asked.value.error} />}
      <div class="table" tabIndex={0} role="region" aria-label="Attributes">
        <table>
          <Head runs={runs} first="Attribute" />
          <tbody>
            {rows.map(({ name, values, differs }) => (
              <tr key={name} class={differs ? "differs" : ""}>
                <th scope="row">{name}</th>
                {values.map((value, place) => <td key={place}>{value}</td>)}
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
            {[...metrics].map(([name, curves]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {runs.map((run, place) => <Values key={run.run_id} curve={curves[place]} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
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
  return <td class="number">{last} <span class="quiet">{least} … {greatest}</span></td>;
}
