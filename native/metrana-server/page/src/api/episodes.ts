import { readCurves } from "./curves.ts";
import { getJson } from "./request.ts";
import type { Series, Value, Whole } from "./types.ts";

/** One environment of a run. */
export interface Place {
  run: string;
  environment: string;
}

/** An episode: what its series say of it, by their ids. */
export interface Episode {
  episode: number;
  /** The step of the training that it ended in; null where no series says so. */
  rlStep: number | null;
  /** How many steps it has; 0 where no series has a point for each. */
  length: number;
  /** The value of a series with a point an episode; the sum of one with a point a step. */
  values: ReadonlyMap<string, number>;
}

/** What one series says of each step of an episode. */
export interface EpisodePoints {
  rlSteps: number[];
  values: number[];
  /** There are more than were read. */
  isCut: boolean;
}

/** Whether it has a point an episode, whose step is the episode. The others have one for each step of the environment. */
export const isOfEpisodes = (series: Series) => series.scale.toUpperCase() === "EPISODE";

const MOST_POINTS = 20_000;
/** Beyond the last environment step and the last episode of a step of the training. */
const END = "18446744073709551615";

interface Page {
  total: Whole;
  rl_steps: Whole[];
  episodes: (Whole | null)[];
  env_steps: Whole[];
  values: Value[];
}

function readPoints({ run, environment }: Place, series: string, part: { offset?: number; cursor?: string; limit: number }, signal: AbortSignal) {
  const query = new URLSearchParams({ environment });
  for (const [name, value] of Object.entries(part)) query.set(name, String(value));
  return getJson<Page>(`/api/v1/runs/${encodeURIComponent(run)}/series/${encodeURIComponent(series)}/points?${query}`, signal);
}

/** The episodes of an environment: so many, ending with the `skip`th before the last. */
export async function readEpisodes(place: Place, all: readonly Series[], skip: number, count: number, signal: AbortSignal): Promise<{ episodes: Episode[]; more: boolean }> {
  const [ofEpisodes, ofSteps] = [all.filter(isOfEpisodes), all.filter((series) => !isOfEpisodes(series))];
  const found = new Map<number, { rlStep: number | null; length: number; values: Map<string, number> }>();
  const of = (episode: number) => {
    let known = found.get(episode);
    if (!known) found.set(episode, (known = { rlStep: null, length: 0, values: new Map() }));
    return known;
  };
  let more = false;
  await Promise.all(
    ofEpisodes.map(async ({ id }) => {
      const total = Number((await readPoints(place, id, { limit: 0 }, signal)).total);
      const end = Math.max(0, total - skip);
      const offset = Math.max(0, end - count);
      if (offset > 0) more = true;
      if (end === 0) return;
      const page = await readPoints(place, id, { offset, limit: end - offset }, signal);
      page.env_steps.forEach((episode, index) => {
        const row = of(Number(episode));
        row.rlStep = Math.max(row.rlStep ?? 0, Number(page.rl_steps[index]));
        row.values.set(id, Number(page.values[index]));
      });
    }),
  );
  const range = found.size > 0 ? [Math.min(...found.keys()), Math.max(...found.keys())] as const : null;
  const lines = ofSteps.map(({ id }) => ({ run: place.run, series: id, environments: [place.environment] }));
  const stretch = lines.length > 0 ? await stretchOf(lines, range, skip, count, signal) : null;
  if (stretch) {
    const [from, to] = stretch;
    // A bucket for each, and one behind them, because the end of a grid lies in its last bucket.
    const { curves } = await readCurves(lines, { x: "episode", from, to: to + 2, buckets: to + 2 - from }, signal);
    if (from > 0) more ||= range === null;
    curves.forEach((curve, index) => {
      for (let bucket = 0; bucket <= to - from; bucket++) {
        if (!curve.count[bucket]) continue;
        const row = of(from + bucket);
        row.length = Math.max(row.length, curve.count[bucket]!);
        row.values.set(ofSteps[index]!.id, curve.sum[bucket]!);
      }
    });
  }
  const episodes = [...found].map(([episode, row]) => ({ episode, ...row })).sort((a, b) => b.episode - a.episode);
  return { episodes, more };
}

/** The episodes that a page is about: those of the series of episodes, and one that has not ended; or the last ones. */
async function stretchOf(lines: Parameters<typeof readCurves>[0], range: readonly [number, number] | null, skip: number, count: number, signal: AbortSignal): Promise<readonly [number, number] | null> {
  const { curves } = await readCurves(lines, { x: "episode", buckets: 1 }, signal);
  const last = Math.max(...curves.map((curve) => (curve.count[0] ? curve.lastX[0]! : -1)));
  if (last < 0) return range;
  if (range) return [range[0], skip === 0 ? Math.max(range[1], last) : range[1]];
  const to = last - skip;
  return to < 0 ? null : [Math.max(0, to - count + 1), to];
}

/** What a series with a point for each step says of one episode. */
export async function readEpisode(place: Place, series: string, episode: number, signal: AbortSignal): Promise<EpisodePoints> {
  // The points of earlier episodes lie before it. Only numbers are counted there, so that this is never too far.
  const line = { run: place.run, series, environments: [place.environment] };
  const { curves } = episode > 0 ? await readCurves([line], { x: "episode", from: 0, to: episode - 0.5, buckets: 1 }, signal) : { curves: [] };
  const points: EpisodePoints = { rlSteps: [], values: [], isCut: false };
  let offset = curves[0]?.count[0] ?? 0;
  for (;;) {
    const page = await readPoints(place, series, { offset, limit: MOST_POINTS }, signal);
    for (const [index, of] of page.episodes.entries()) {
      if (of === null || Number(of) < episode) continue;
      if (Number(of) > episode) return points;
      if (points.values.length === MOST_POINTS) return { ...points, isCut: true };
      points.rlSteps.push(Number(page.rl_steps[index]));
      points.values.push(Number(page.values[index]));
    }
    offset += page.values.length;
    if (page.values.length === 0 || offset >= Number(page.total)) return points;
  }
}

/** The episode that an environment is in at a step of the training; null where there is none. */
export async function readEpisodeAt(place: Place, series: Series, rlStep: number, signal: AbortSignal): Promise<number | null> {
  const begin = rlStep > 0 ? { cursor: `${rlStep - 1}:${END}:${END}` } : { offset: 0 };
  const page = await readPoints(place, series.id, { ...begin, limit: 1 }, signal);
  const episode = isOfEpisodes(series) ? page.env_steps[0] : page.episodes[0];
  return episode === undefined || episode === null ? null : Number(episode);
}
