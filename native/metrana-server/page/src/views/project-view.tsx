import { useSignal } from "@preact/signals";
import { runs } from "../state/runs.ts";
import { view } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";
import { Problem } from "../ui/problem.tsx";
import { useKeys } from "../ui/keys.ts";
import { ChartsPage } from "./charts-page.tsx";
import { ComparePage } from "./compare-page.tsx";
import { EnvironmentsPage } from "./environments-page.tsx";
import { HealthPage } from "./health-page.tsx";
import { RunList } from "./run-list.tsx";

const CONTENTS = { charts: ChartsPage, environments: EnvironmentsPage, compare: ComparePage, health: HealthPage };

/** A project: its runs at the side, and what they hold. On a narrow screen the runs come when they are asked for. */
export function ProjectView() {
  const isListOpen = useSignal(false);
  useKeys();
  const { value, error } = runs.value;
  if (!value) return error ? <Problem error={error} /> : <p class="notice" role="status">Loading runs…</p>;
  const Contents = CONTENTS[view.value.page];
  return (
    <div class={`project-view${isListOpen.value ? " list-open" : ""}`}>
      <aside aria-label="Runs">
        <RunList />
      </aside>
      <button type="button" class="list-toggle" aria-expanded={isListOpen.value} onClick={() => (isListOpen.value = !isListOpen.value)}>
        <Icon name={isListOpen.value ? "close" : "list"} /> {isListOpen.value ? "Close" : "Runs"}
      </button>
      <main id="contents">
        {error && <Problem error={error} />}
        <Contents />
      </main>
    </div>
  );
}
