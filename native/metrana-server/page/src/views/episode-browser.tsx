import { useSignal } from "@preact/signals";
import { isOfEpisodes, readEpisodes, type Episode } from "../api/episodes.ts";
import type { Series } from "../api/types.ts";
import { short } from "../charts/format.ts";
import { useAsked } from "../state/asked.ts";
import { isEvaluation } from "../state/evaluation.ts";
import { seriesTitle } from "../state/series-title.ts";
import { change, view } from "../state/view.ts";
import { LeftOut } from "../ui/left-out.tsx";
import { Problem } from "../ui/problem.tsx";
import { EpisodeCharts } from "./episode-charts.tsx";

const AT_ONCE = 100;
/** Columns of the table. */
const MOST_SERIES = 8;

interface Props {
  run: string;
  environment: string;
  /** Those of the run that environments have. */
  series: readonly Series[];
}

/** The episodes of an environment, the last ones first, and one of them step by step. */
export function EpisodeBrowser({ run, environment, series }: Props) {
  const skip = useSignal(0);
  const own = series.filter((one) => one.environments?.includes(environment));
  const all = [...own.filter(isOfEpisodes), ...own.filter((one) => !isOfEpisodes(one))].filter((one) => !isEvaluation(one.labels));
  const some = all.slice(0, MOST_SERIES);
  const key = some.map((one) => one.id).join();
  const asked = useAsked(`${run} ${environment} ${skip.value} ${key}`, [run], (signal) => readEpisodes({ run, environment }, some, skip.value, AT_ONCE, signal));
  const { value, error } = asked.value;
  const { episode } = view.value;
  const steps = all.filter((one) => !isOfEpisodes(one));
  return (
    <section aria-label={`Episodes of ${environment}`} class="episodes">
      <div class="row">
        <h3>Episodes of {environment}</h3>
        <span class="spring" />
        <button type="button" disabled={skip.value === 0} onClick={() => (skip.value = Math.max(0, skip.value - AT_ONCE))}>Later</button>
        <button type="button" disabled={!value?.more} onClick={() => (skip.value += AT_ONCE)}>Earlier</button>
      </div>
      <LeftOut of={all.length} shown={MOST_SERIES} what="metrics of this environment have a column" />
      {error && <Problem error={error} />}
      {!value && !error && <p class="quiet" role="status">Loading…</p>}
      {value && value.episodes.length === 0 && <p class="quiet">No episode of it is known: its metrics were logged without episodes.</p>}
      {value && value.episodes.length > 0 && (
        <div class="table episode-table" tabIndex={0} role="region" aria-label="Episodes">
          <table>
            <thead>
              <tr>
                <th scope="col">Episode</th>
                <th scope="col">RL step</th>
                <th scope="col">Length</th>
                {some.map((one) => <th key={one.id} scope="col">{isOfEpisodes(one) ? seriesTitle(one) : `Σ ${seriesTitle(one)}`}</th>)}
              </tr>
            </thead>
            <tbody>{value.episodes.map((one) => <Row key={one.episode} episode={one} series={some} isOpen={one.episode === episode} />)}</tbody>
          </table>
        </div>
      )}
      {episode !== null && steps.length > 0 && <EpisodeCharts run={run} environment={environment} episode={episode} series={steps} />}
    </section>
  );
}

function Row({ episode, series, isOpen }: { episode: Episode; series: readonly Series[]; isOpen: boolean }) {
  return (
    <tr class={isOpen ? "differs" : ""}>
      <th scope="row">
        <button type="button" class="link" aria-pressed={isOpen} onClick={() => change({ episode: isOpen ? null : episode.episode })}>{episode.episode}</button>
      </th>
      <td class="number">{episode.rlStep ?? ""}</td>
      <td class="number">{episode.length || ""}</td>
      {series.map(({ id }) => <td key={id} class="number">{episode.values.has(id) ? short(episode.values.get(id)!) : ""}</td>)}
    </tr>
  );
}
