import { ago, whole } from "../charts/format.ts";
import type { Run, RunStatus } from "../api/types.ts";
import { colour } from "../state/colours.ts";
import { hovered } from "../state/pointer.ts";
import { MOST_SHOWN, edit, listed, nameOf, places, runMatcher, runs, shown, shownIds } from "../state/runs.ts";
import { isDark } from "../state/theme.ts";
import { change, view } from "../state/view.ts";
import { now } from "../ui/clock.ts";
import { FilterBox } from "../ui/filter-box.tsx";
import { Icon } from "../ui/icon.tsx";
import { LeftOut } from "../ui/left-out.tsx";
import { Window } from "../ui/window.tsx";
import { GroupChoice } from "./group-choice.tsx";
import { RunMenu } from "./run-menu.tsx";

const ROW_HEIGHT = 44;

export const STATUS_NAMES: Record<RunStatus, string> = {
  running: "Running",
  finished: "Finished",
  failed: "Failed",
  aborted: "Aborted",
  lost_contact: "Lost contact",
};

export function RunList() {
  const all = runs.value.value ?? [];
  const some = listed.value;
  return (
    <>
      <div class="run-tools">
        <FilterBox id="run-filter" label="Filter runs" value={view.value.runFilter} problem={runMatcher.value.problem} onChange={(runFilter) => change({ runFilter })} />
        <div class="row wrap">
          <button type="button" onClick={() => change({ runs: "all" })}>All</button>
          <button type="button" onClick={() => change({ runs: [] })}>None</button>
          <button type="button" onClick={() => change({ runs: some[0] ? [some[0].run_id] : [] })}>Latest</button>
          <span class="spring" />
          <span class="quiet" role="status">{shown.value.length} of {some.length === all.length ? all.length : `${some.length} (${all.length})`}</span>
        </div>
        {view.value.runs === "all" && <LeftOut of={some.length} shown={MOST_SHOWN} what="runs are on the charts" hint="Filter to see others." />}
        <GroupChoice />
        {all.some((run) => run.hidden) && (
          <label class="row">
            <input type="checkbox" checked={view.value.withHidden} onChange={() => change({ withHidden: !view.peek().withHidden })} /> <span class="quiet">Hidden runs, too</span>
          </label>
        )}
      </div>
      {some.length === 0 ? <p class="quiet pad">{all.length === 0 ? "This project has no runs." : "No run matches."}</p> : <Window items={some} rowHeight={ROW_HEIGHT} label="Runs" keyOf={(run) => run.run_id} row={(run) => <Row run={run} />} />}
    </>
  );
}

function Row({ run }: { run: Run }) {
  const isShown = shownIds.value.has(run.run_id);
  const isPinned = run.pinned === true;
  const toggle = () => {
    const ids = shown.peek().map((one) => one.run_id);
    change({ runs: isShown ? ids.filter((id) => id !== run.run_id) : [...ids, run.run_id] });
  };
  const about = `${STATUS_NAMES[run.status]}, ${whole(run.points)} points, last contact ${ago(Number(run.last_contact_millis), now.value)}`;
  return (
    <div class={`run${isShown ? " shown" : ""}${run.hidden ? " away" : ""}`} onMouseEnter={() => (hovered.value = isShown ? run.run_id : null)} onMouseLeave={() => (hovered.value = null)}>
      <label>
        <input type="checkbox" checked={isShown} onChange={toggle} aria-label={`Show ${nameOf(run)}`} style={{ accentColor: colour(places.value.get(run.run_id) ?? 0, isDark.value) }} />
        <span class="run-name" title={`${nameOf(run)}\n${about}`}>
          <span>{nameOf(run)}</span>
          <span class="quiet">
            <span class={`status ${run.status}`}>{STATUS_NAMES[run.status]}</span>
            {" · "}{ago(Number(run.last_contact_millis), now.value)}
            {run.tags?.map((tag) => <span key={tag} class="tag">{tag}</span>)}
          </span>
        </span>
      </label>
      <button type="button" class={`icon${isPinned ? " on" : ""}`} aria-pressed={isPinned} title="Keep on top" aria-label={`Keep ${nameOf(run)} on top`} onClick={() => void edit(run, { pinned: !isPinned })}>
        <Icon name="pin" />
      </button>
      <RunMenu run={run} />
    </div>
  );
}
