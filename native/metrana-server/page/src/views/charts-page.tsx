import { useSignal } from "@preact/signals";
import { charts, sections } from "../state/charts.ts";
import { isSystem, type Section } from "../state/sections.ts";
import { runProblem, runs, seriesOf, shown } from "../state/runs.ts";
import { change, view } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";
import { Problem } from "../ui/problem.tsx";
import { Card } from "./card.tsx";
import { FullChart } from "./full-chart.tsx";
import { Toolbar } from "./toolbar.tsx";

/** Charts of a section before more are asked for, and sections likewise: a project may have 20,000 metrics. */
const CHARTS_AT_ONCE = 24;
const SECTIONS_AT_ONCE = 50;

export function ChartsPage() {
  const sectionCount = useSignal(SECTIONS_AT_ONCE);
  const { full } = view.value;
  if (full) return <FullChart id={full} />;
  const all = sections.value;
  return (
    <>
      <Toolbar />
      {runProblem.value && <Problem error={runProblem.value} />}
      {all.length === 0 && <Nothing />}
      {all.slice(0, sectionCount.value).map((section) => <FoldingSection key={section.name} section={section} />)}
      {all.length > sectionCount.value && (
        <button type="button" class="more" onClick={() => (sectionCount.value += SECTIONS_AT_ONCE)}>Show more sections ({all.length - sectionCount.value})</button>
      )}
    </>
  );
}

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
  const isTurned = folded.includes(name);
  // Figures about the machine are looked at when something is wrong.
  const isOpen = isSystem(name) === isTurned;
  const turn = () => change({ folded: isTurned ? folded.filter((one) => one !== name) : [...folded, name] });
  return (
    <section class="charts-section">
      <h2>
        <button type="button" aria-expanded={isOpen} onClick={turn}>
          <Icon name="chevron" /> {name} <span class="quiet">{charts.length}</span>
        </button>
      </h2>
      {isOpen && (
        <div class="grid" style={columns > 0 ? { gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` } : {}}>
          {charts.slice(0, count.value).map((spec) => <Card key={spec.key} spec={spec} />)}
        </div>
      )}
      {isOpen && charts.length > count.value && (
        <button type="button" class="more" onClick={() => (count.value += CHARTS_AT_ONCE)}>Show more ({charts.length - count.value})</button>
      )}
    </section>
  );
}
