import { batch, computed, effect, signal } from "@preact/signals";
import { type Holding, type RunEdit, editRun, readHoldings, readProjects, readRuns } from "../api/runs.ts";
import type { Attributes, Change, Project, Run, Series } from "../api/types.ts";
import { onChange } from "./feed.ts";
import { type Loadable, load, loadable } from "./loadable.ts";
import { matcher } from "./matcher.ts";
import { soon } from "./soon.ts";
import { project, projectKey, view } from "./view.ts";

/** How many runs are shown before the user chooses. */
const SHOWN_AT_FIRST = 10;
/** More would be too much to read and to draw at once. */
export const MOST_SHOWN = 1000;
/** How often lists are read anew while runs go on. */
const REFRESH_MILLIS = 1500;
const FIGURES_MILLIS = 10_000;
/** Lists up to this length are short enough to be read each time. */
const SHORT_LIST = 30;

export const projects = loadable<Project[]>();
/** Of the open project, the newest first. */
export const runs = loadable<Run[]>();

/** What is known of single runs, read when they are shown. */
export const seriesOf = signal<ReadonlyMap<string, Series[]>>(new Map());
export const attributesOf = signal<ReadonlyMap<string, Attributes>>(new Map());
export const runProblem = signal<Error | null>(null);

/** The place of each run among all of its project in the order they were made: what its colour follows. */
export const places = computed(() => {
  const all = runs.value.value ?? [];
  return new Map(all.map((run, index) => [run.run_id, all.length - 1 - index]));
});

export const runMatcher = computed(() => matcher(view.value.runFilter));

/** What a run is called: the name given to it afterwards, or the one it was logged under. */
export const nameOf = (run: Run) => run.name || run.run_name;

/** Those that the filter leaves, with the pinned ones on top. */
export const listed = computed(() => {
  const { matches } = runMatcher.value;
  const { withHidden } = view.value;
  const some = (runs.value.value ?? []).filter(
    (run) => (withHidden || !run.hidden) && [nameOf(run), run.run_name, run.status, ...(run.tags ?? [])].some(matches),
  );
  return [...some.filter((run) => run.pinned), ...some.filter((run) => !run.pinned)];
});

/** Changes what people say about a run; the list follows. */
export async function edit(run: Run, wish: RunEdit) {
  await editRun(run.run_id, wish);
  await refreshLists();
}

const chosen = computed(() => view.value.runs);

/** The runs on the charts, in the order of the list. */
export const shown = computed(() => {
  const all = runs.value.value ?? [];
  const wanted = chosen.value;
  if (wanted === null) return listed.value.slice(0, SHOWN_AT_FIRST);
  if (wanted === "all") return listed.value.slice(0, MOST_SHOWN);
  const ids = new Set(wanted);
  return all.filter((run) => ids.has(run.run_id));
});

export const shownIds = computed(() => new Set(shown.value.map((run) => run.run_id)));

const shownKey = computed(() => shown.value.map((run) => run.run_id).join());

/** Keeps lists in step with the server and with what is shown. */
export function followRuns() {
  effect(() => {
    projectKey.value;
    batch(() => {
      runs.value = { value: null, error: null };
      seriesOf.value = new Map();
      attributesOf.value = new Map();
    });
    void refreshLists();
  });
  effect(() => {
    shownKey.value;
    const known = seriesOf.peek();
    void refreshRuns(shown.peek().map((run) => run.run_id).filter((id) => !known.has(id)), true);
  });
  onChange(heed);
}

export async function refreshLists() {
  const open = project.peek();
  const key = projectKey.peek();
  listsRead = Date.now();
  if (!open) return load(projects, readProjects);
  return load(runs as typeof runs & { value: Loadable<Run[]> }, () => readRuns(open), () => projectKey.peek() === key);
}

const refreshListsSoon = soon(REFRESH_MILLIS, refreshLists);
/** Of a run that goes on only the number of its points and its last contact are new: a long list is not read for that each time. */
const refreshFiguresSoon = soon(FIGURES_MILLIS, async () => {
  if (Date.now() - listsRead > FIGURES_MILLIS) await refreshLists();
});
let listsRead = 0;
const stale = new Map<string, boolean>();
const refreshStale = soon(REFRESH_MILLIS, async () => {
  const ids = [...stale];
  stale.clear();
  await refreshRuns(ids.filter(([, attributes]) => !attributes).map(([id]) => id), false);
  await refreshRuns(ids.filter(([, attributes]) => attributes).map(([id]) => id), true);
});

/** Whether there is more to a change than that runs of a long list go on. */
function isSomethingNew({ reset, runs: changed, deleted }: Change): boolean {
  const known = runs.peek().value ?? [];
  if (reset || deleted.length > 0 || known.length <= SHORT_LIST) return true;
  const ids = new Set(known.map((run) => run.run_id));
  return changed.some(({ run, series, attributes }) => attributes || series.length === 0 || !ids.has(run));
}

function heed(change: Change) {
  if (isSomethingNew(change)) refreshListsSoon();
  else refreshFiguresSoon();
  const known = seriesOf.peek();
  if (change.reset) for (const id of known.keys()) stale.set(id, true);
  for (const { run, series, attributes } of change.runs) {
    const of = known.get(run);
    if (!of) continue;
    const isNew = series.some((id) => !of.some((one) => one.id === id && one.kind !== "undefined"));
    if (isNew || attributes) stale.set(run, attributes || stale.get(run) === true);
  }
  if (stale.size > 0) refreshStale();
}

async function refreshRuns(ids: string[], attributes: boolean) {
  if (ids.length === 0) return;
  const key = projectKey.peek();
  let holdings: Holding[] = [];
  let problem: Error | null = null;
  try {
    holdings = await readHoldings(ids, attributes);
  } catch (error) {
    problem = error as Error;
  }
  if (projectKey.peek() !== key) return;
  batch(() => {
    if (holdings.length > 0) seriesOf.value = new Map([...seriesOf.peek(), ...holdings.map(({ run, series }) => [run, series] as const)]);
    const values = holdings.flatMap(({ run, attributes }) => (attributes ? [[run, attributes] as const] : []));
    if (values.length > 0) attributesOf.value = new Map([...attributesOf.peek(), ...values]);
    runProblem.value = problem;
  });
}
