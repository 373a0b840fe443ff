import { useSignal } from "@preact/signals";
import { charts, sections } from "../state/charts.ts";
import { isSystem, type Section } from "../state/sections.ts";
import { runProblem, runs, seriesOf, shown } from "../state/runs.ts";
import { change, view } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";
import { More } from "../ui/more.tsx";
import { Problem } from "../ui/problem.tsx";
import { Card } from "./card.tsx";
import { FullChart } from "./full-chart.tsx";
import { Toolbar } from "./toolbar.tsx";

/** Charts of a section before more are asked for; and of all sections together before more of those come: a project may have 20,000 metrics. */
const CHARTS_AT_ONCE = 24;
const FRAMES_AT_ONCE = 72;

export function ChartsPage() {
  const frames = useSignal(FRAMES_AT_ONCE);
  const { full } = view.value;
  if (full) return <FullChart id={full} />;
  const all = sections.value;
  const some = all.slice(0, fitting(all, frames.value));
  return (
    <>
      <Toolbar />
      {runProblem.value && <Problem error={runProblem.value} />}
      {all.length === 0 && <Nothing />}
      {some.map((section) => <FoldingSection key={section.name} section={section} />)}
      {all.length > some.length && <More label={`Show more sections (${all.length - some.length})`} onMore={() => (frames.value += FRAMES_AT_ONCE)} />}
    </>
  );
}

/** How many sections have room for so many frames of charts; a folded one takes as much as one of them. */
function fitting(all: readonly Section[], frames: number): number {
  const { folded } = view.value;
  let taken = 0;
  const end = all.findIndex(({ name, charts }) => {
    if (taken >= frames) return true;
    taken += isOpen(name, folded) ? Math.min(charts.length, CHARTS_AT_ONCE) : 1;
    return false;
  });
  return end < 0 ? all.length : end;
}

/** Figures about the machine are looked at when something is wrong: their sections are folded until they are opened. */
const isOpen = (name: string, folded: readonly string[]) => isSystem(name) === folded.includes(name);

function Nothing() {
  const text =
    (runs.value.value ?? []).length === 0 ? "This project has no runs."
    : shown.value.length === 0 ? "Choose runs at the side to see their charts."
    : shown.value.some((run) => !seriesOf.value.has(run.run_id)) ? "Loading metrics…"
    : charts.value.length > 0 ? "No metric matches."
    : "These runs have no points yet.";
  return <p class="notice" role="status">{text}</p>;
}

function FoldingSection({ section: { name, charts } }: { section: Section }) {
  const count = useSignal(CHARTS_AT_ONCE);
  const { folded, columns } = view.value;
  const isUnfolded = isOpen(name, folded);
  const turn = () => change({ folded: folded.includes(name) ? folded.filter((one) => one !== name) : [...folded, name] });
  return (
    <section class="charts-section">
      <h2>
        <button type="button" aria-expanded={isUnfolded} onClick={turn}>
          <Icon name="chevron" /> {name} <span class="quiet">{charts.length}</span>
        </button>
      </h2>
      {isUnfolded && (
        <div class="grid" style={columns > 0 ? { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` } : {}}>
          {charts.slice(0, count.value).map((spec) => <Card key={spec.key} spec={spec} />)}
        </div>
      )}
      {isUnfolded && charts.length > count.value && (
        <button type="button" class="more" onClick={() => (count.value += CHARTS_AT_ONCE)}>Show more ({charts.length - count.value})</button>
      )}
    </section>
  );
}
