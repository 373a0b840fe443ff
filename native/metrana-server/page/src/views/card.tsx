import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { scaleName, shortName, type ChartSpec } from "../state/sections.ts";
import { change, view } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";
import { Curves } from "./curves.tsx";
import { HistogramChart } from "./histogram-chart.tsx";
import { ScatterChart } from "./scatter-chart.tsx";

const CONTENTS = { curves: Curves, histograms: HistogramChart, scatters: ScatterChart };

/** How far out of sight a chart is made ready. */
const MARGIN = 300;

function isNear(card: Element | null, root: Element | null): boolean {
  if (!card || !root) return false;
  const [{ top, bottom }, sight] = [card.getBoundingClientRect(), root.getBoundingClientRect()];
  return top < sight.bottom + MARGIN && bottom > sight.top - MARGIN;
}

/** A frame that holds its chart only while it is in sight. */
export function Card({ spec }: { spec: ChartSpec }) {
  const host = useRef<HTMLElement>(null);
  const isSeen = useSignal(false);
  useLayoutEffect(() => {
    const root = host.current?.closest("#contents") ?? null;
    // An observer tells it frames later, and the chart would ask for its points only then.
    isSeen.value = isNear(host.current, root);
    const observer = new IntersectionObserver(([entry]) => (isSeen.value = entry?.isIntersecting === true), {
      // A margin is one of the element that scrolls, not of the window around it.
      root,
      rootMargin: `${MARGIN}px`,
    });
    if (host.current) observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const Contents = CONTENTS[spec.form];
  const isFull = view.value.full === spec.key;
  return (
    <article class="chart" ref={host} aria-label={spec.metric}>
      <header>
        <h3 title={spec.metric}>{isFull ? spec.metric : shortName(spec.metric)}</h3>
        <span class="quiet">{scaleName(spec.scale)}</span>
        <span class="spring" />
        {!isFull && (
          <button type="button" class="icon" title="Full screen" aria-label={`${spec.metric}: full screen`} onClick={() => change({ full: spec.key })}>
            <Icon name="expand" />
          </button>
        )}
      </header>
      {isSeen.value ? <Contents spec={spec} /> : <div class="plot" />}
    </article>
  );
}
