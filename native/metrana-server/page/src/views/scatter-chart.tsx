import { useEffect, useRef } from "preact/hooks";
import { readScatters } from "../api/kinds.ts";
import { csvOfScatter } from "../charts/csv.ts";
import { ScatterPlot, frameOf, type Frame } from "../charts/scatter-plot.ts";
import { short } from "../charts/format.ts";
import { useAsked } from "../state/asked.ts";
import type { ChartSpec } from "../state/sections.ts";
import { colour } from "../state/colours.ts";
import { lineName } from "../state/line-name.ts";
import { places, seriesOf } from "../state/runs.ts";
import { isDark } from "../state/theme.ts";
import { change, view } from "../state/view.ts";
import { Problem } from "../ui/problem.tsx";
import { ChartFoot } from "./chart-foot.tsx";
import { HeatScale } from "./heat-scale.tsx";
import { LineChoice, chosenLine } from "./line-choice.tsx";

/** The dots of one step, and a slider from the first step to the last. At its end it follows the run. */
export function ScatterChart({ spec }: { spec: ChartSpec }) {
  const line = chosenLine(spec);
  const host = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ plot: ScatterPlot; look: string } | null>(null);
  const frame = useRef<{ key: string; frame: Frame } | null>(null);
  const place = view.value.moments[spec.key] ?? null;
  const asked = useAsked(`scatter ${line.key} ${place}`, [line.run], async (signal) => {
    const { total } = await readScatters(line.run, line.series, { offset: 0, limit: 0 }, signal);
    const offset = Math.min(place ?? Infinity, Math.max(0, total - 1));
    const { scatters } = await readScatters(line.run, line.series, { offset, limit: 1 }, signal);
    return { key: line.key, total, offset, scatter: scatters[0] ?? null };
  }, line.series);
  const { value, error } = asked.value;
  const scatter = value?.scatter ?? null;
  const titles = seriesOf.value.get(line.run)?.find((one) => one.id === line.series)?.titles ?? {};
  if (value && scatter) {
    const before = frame.current?.key === value.key ? frame.current.frame : null;
    frame.current = { key: value.key, frame: frameOf(scatter, before) };
  }

  useEffect(() => {
    if (!host.current || !scatter || !frame.current) return;
    const style = getComputedStyle(document.documentElement);
    const ink = (name: string) => style.getPropertyValue(name).trim();
    const dot = colour(places.value.get(line.run) ?? 0, isDark.value, 0.75);
    const look = [dot, isDark.value, JSON.stringify(titles)].join();
    if (drawn.current?.look === look) return drawn.current.plot.update(scatter, frame.current.frame);
    drawn.current?.plot.destroy();
    drawn.current = { look, plot: new ScatterPlot(host.current, scatter, frame.current.frame, { ink: ink("--quiet"), grid: ink("--rule"), dot, titles }) };
  });
  useEffect(() => {
    const observer = new ResizeObserver(() => drawn.current?.plot.resize());
    if (host.current) observer.observe(host.current);
    return () => {
      observer.disconnect();
      drawn.current?.plot.destroy();
      drawn.current = null;
    };
  }, []);

  const last = Math.max(0, (value?.total ?? 1) - 1);
  const span = scatter?.zs && frame.current ? ([short(frame.current.frame.z[0]), short(frame.current.frame.z[1])] as const) : null;
  const picture = () => {
    const canvas = drawn.current?.plot.canvas();
    const dot = span ? {} : { colour: colour(places.peek().get(line.run) ?? 0, isDark.peek()) };
    const legend = [{ name: lineName(line), ...dot }, { name: `step ${scatter?.step}` }];
    return canvas ? { canvas, legend, ...(span ? { ramp: span } : {}) } : null;
  };
  return (
    <>
      <div class="chart-choice"><LineChoice spec={spec} line={line} /></div>
      {error && <Problem error={error} />}
      <div class="plot" data-dots={scatter?.xs.length} data-step={scatter?.step} role="img" aria-label={scatter ? `${scatter.xs.length} dots of ${spec.metric} at step ${scatter.step}` : spec.metric}>
        <div class="canvas" ref={host} />
        {!scatter && !error && <p class="over" role="status">{value ? "No dots yet." : "Loading…"}</p>}
      </div>
      <div class="legend">
        <label class="time">
          <span>Step {scatter ? short(scatter.step) : ""}</span>
          <input
            type="range" min="0" max={last} value={value?.offset ?? 0} disabled={last === 0}
            aria-label={`Time of ${spec.metric}`} aria-valuetext={scatter ? `step ${scatter.step}` : undefined}
            onInput={(event) => {
              const wanted = Number(event.currentTarget.value);
              const { [spec.key]: _, ...others } = view.peek().moments;
              change({ moments: wanted >= last ? others : { ...others, [spec.key]: wanted } });
            }}
          />
        </label>
        {span && <><span>{titles["z"] ?? "z"}</span><HeatScale from={span[0]} to={span[1]} /></>}
      </div>
      <ChartFoot title={spec.metric} isReady={scatter !== null} csv={() => (scatter ? csvOfScatter(scatter) : "")} picture={picture} />
    </>
  );
}
