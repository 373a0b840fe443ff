import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { readEpisode } from "../api/episodes.ts";
import type { Series } from "../api/types.ts";
import { episodeModel } from "../charts/episode.ts";
import { useAsked } from "../state/asked.ts";
import { colour } from "../state/colours.ts";
import { places } from "../state/runs.ts";
import { seriesTitle } from "../state/series-title.ts";
import { isDark } from "../state/theme.ts";
import { Problem } from "../ui/problem.tsx";
import { CurveFoot } from "./chart-foot.tsx";
import { CurveCanvas } from "./curve-canvas.tsx";

const CHARTS_AT_ONCE = 6;

interface Props {
  run: string;
  environment: string;
  episode: number;
  series: readonly Series[];
}

/** One episode: a chart for each of its series. */
export function EpisodeCharts({ series, ...of }: Props) {
  const count = useSignal(CHARTS_AT_ONCE);
  return (
    <>
      <div class="grid" role="group" aria-label={`Episode ${of.episode} of ${of.environment}`}>
        {series.slice(0, count.value).map((one) => <EpisodeChart key={one.id} {...of} series={one} />)}
      </div>
      {series.length > count.value && (
        <button type="button" class="more" onClick={() => (count.value += CHARTS_AT_ONCE)}>Show more charts of it ({series.length - count.value})</button>
      )}
    </>
  );
}

function EpisodeChart({ run, environment, episode, series }: Omit<Props, "series"> & { series: Series }) {
  const title = seriesTitle(series);
  const asked = useAsked(`${run} ${series.id} ${environment} ${episode}`, [run], (signal) => readEpisode({ run, environment }, series.id, episode, signal), series.id);
  const { value, error } = asked.value;
  const dark = isDark.value;
  const model = useMemo(() => {
    const place = places.peek().get(run) ?? 0;
    return value && value.values.length > 0 ? episodeModel(title, value, { colour: colour(place, dark), faint: colour(place, dark, 0.38) }) : null;
  }, [value, title, dark]);
  const picture = useRef<() => HTMLCanvasElement | null>(null);
  return (
    <article class="chart" aria-label={`${title}: episode ${episode}`}>
      <header>
        <h3 title={title}>{title}</h3>
        <span class="quiet">episode {episode} by environment step{value?.isCut ? `, the first ${value.values.length}` : ""}</span>
        <span class="spring" />
        <CurveFoot title={`${title}: episode ${episode}`} isInRow model={model} canvas={picture} along="environment step" />
      </header>
      {error && <Problem error={error} />}
      <div class="plot" data-steps={value?.values.length}>
        <CurveCanvas label={title} model={model} zooms={false} handle={picture} />
        {!value && !error && <p class="over" role="status">Loading…</p>}
        {value && value.values.length === 0 && <p class="over">Nothing of this episode.</p>}
      </div>
    </article>
  );
}
