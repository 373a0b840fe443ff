import { useSignal } from "@preact/signals";
import { readCounts } from "../api/runs.ts";
import type { Counts, Run, Series } from "../api/types.ts";
import { ago, bytes, whole } from "../charts/format.ts";
import { useAsked } from "../state/asked.ts";
import { nameOf, seriesOf, shown } from "../state/runs.ts";
import { server } from "../state/session.ts";
import { now } from "../ui/clock.ts";
import { More } from "../ui/more.tsx";
import { Problem } from "../ui/problem.tsx";
import { STATUS_NAMES } from "./run-list.tsx";

/** Runs that are told of before one scrolls to more: each is a question of its own. */
const RUNS_AT_ONCE = 20;

const FIGURES: readonly (readonly [string, (counts: Counts) => string, string])[] = [
  ["Points", (counts) => whole(counts.points), "values of metrics that were taken in"],
  ["of environments", (counts) => whole(counts.rl_points), "those among them that environments produced"],
  ["Histograms", (counts) => whole(counts.histograms), ""],
  ["Scatters", (counts) => whole(counts.scatters), ""],
  ["Messages", (counts) => whole(counts.messages), ""],
  ["On disk", (counts) => (counts.stored_bytes ? bytes(Number(counts.stored_bytes)) : "nothing"), "what of it takes room there, as it is kept"],
  ["Sent again", (counts) => whole(counts.duplicate_messages), "messages that came twice and count once"],
];

/** Why something does not count, in words. */
const REASONS: Record<string, string> = {
  stale_points: "step not greater than the last",
  replaced_points: "replaced by a later point of the same step",
  other_ordering_points: "another ordering than the series has",
  other_kind_points: "another kind than the series has",
  malformed_points: "malformed",
  surplus_points: "beyond the server's limits",
  surplus_attributes: "attributes beyond the server's limits",
  unreadable_messages: "unreadable messages",
  oversized_messages: "messages that are too large",
  unknown_series_points: "for a series that was not declared",
};

/** What the shown runs took in, and what does not count and why. */
export function HealthPage() {
  const count = useSignal(RUNS_AT_ONCE);
  const all = shown.value;
  const runs = all.slice(0, count.value);
  if (all.length === 0) return <p class="notice" role="status">Choose runs at the side to see how they are.</p>;
  const about = server.value;
  return (
    <div class="stack health">
      {about && about.health.state !== "good" && <ServerTrouble health={about.health} />}
      {runs.map((run) => <RunHealth key={run.run_id} run={run} />)}
      {all.length > runs.length && <More label={`Show more runs (${all.length - runs.length})`} onMore={() => (count.value += RUNS_AT_ONCE)} />}
      {about && <p class="quiet">Server {about.version}, up since {new Date(Number(about.started_at_millis)).toLocaleString()}, process {about.pid}.</p>}
    </div>
  );
}

function ServerTrouble({ health }: { health: { state: string; since_millis?: string; why?: string } }) {
  const since = health.since_millis ? ` since ${ago(Number(health.since_millis), now.value)}` : "";
  const text = health.state === "full" ? `The server's disk is full${since}: delete runs, or make room.` : `The server cannot write${since}: ${health.why}`;
  return <Problem error={new Error(text)} />;
}

function RunHealth({ run }: { run: Run }) {
  const asked = useAsked(run.run_id, [run.run_id], () => readCounts(run.run_id));
  const { value: counts, error } = asked.value;
  const refused = counts && Object.entries({ ...counts.ignored, unknown_series_points: counts.unknown_series_points }).filter(([, count]) => count !== "0");
  const odd = (seriesOf.value.get(run.run_id) ?? []).filter((series) => missed(series) > 0).sort((a, b) => missed(b) - missed(a));
  return (
    <section class="card" aria-label={nameOf(run)}>
      <h2>{nameOf(run)}</h2>
      <p class="quiet">
        <span class={`status ${run.status}`}>{STATUS_NAMES[run.status]}</span>{run.close_message ? `: ${run.close_message}` : ""}; last contact {ago(Number(run.last_contact_millis), now.value)}
      </p>
      {error && <Problem error={error} />}
      {counts && (
        <dl class="tiles">
          {FIGURES.map(([name, of, hint]) => <div key={name} title={hint || undefined}><dt>{name}</dt><dd>{of(counts)}</dd></div>)}
        </dl>
      )}
      {refused && (refused.length === 0 ? <p>Everything that came counts.</p> : (
        <table>
          <thead><tr><th scope="col">Does not count, because</th><th scope="col">Number</th></tr></thead>
          <tbody>{refused.map(([reason, count]) => <tr key={reason}><td>{REASONS[reason] ?? reason.replaceAll("_", " ")}</td><td class="number">{whole(count)}</td></tr>)}</tbody>
        </table>
      ))}
      {odd.length > 0 && <p class="quiet">Most of it in: {odd.slice(0, 5).map((series) => `${series.metric} (${missed(series)})`).join(", ")}</p>}
    </section>
  );
}

const missed = (series: Series) => Number(series.stale_points) + Number(series.replaced_points) + Number(series.other_ordering_points) + Number(series.other_kind_points);
