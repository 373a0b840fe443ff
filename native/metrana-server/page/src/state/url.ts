import type { ProjectId } from "../api/runs.ts";
import { AXES, type Axis } from "../api/types.ts";

export const PAGES = ["charts", "environments", "compare", "health"] as const;
export type Page = (typeof PAGES)[number];

export interface View {
  project: ProjectId | null;
  page: Page;
  /** The shown runs; null: the newest ones. */
  runs: readonly string[] | null;
  /** Whether the list has the runs that were hidden, too. */
  withHidden: boolean;
  runFilter: string;
  metricFilter: string;
  x: Axis;
  logX: boolean;
  logY: boolean;
  /** From 0, as it is, to 0.99. */
  smoothing: number;
  /** What is zoomed to; null: everything. */
  range: readonly [number, number] | null;
  /** Charts beside each other; 0: as many as fit. */
  columns: number;
  /** Sections that are not as they are at first: open ones that are folded, and the other way round. */
  folded: readonly string[];
  /** The chart that fills the page. */
  full: string | null;
  /** The attribute by which runs become groups. */
  group: string | null;
  differencesOnly: boolean;
  /** What the heat map shows: run, series, measure. */
  cell: { run: string; metric: string; measure: string } | null;
}

const initial: View = {
  project: null,
  page: "charts",
  runs: null,
  withHidden: false,
  runFilter: "",
  metricFilter: "",
  x: "step",
  logX: false,
  logY: false,
  smoothing: 0,
  range: null,
  columns: 0,
  folded: [],
  full: null,
  group: null,
  differencesOnly: false,
  cell: null,
};

/** Reads the part of a URL behind the question mark. What makes no sense in it is left out. */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const text = (name: string) => query.get(name) ?? "";
  const list = (name: string) => query.getAll(name).filter((item) => item !== "");
  const [workspace, project] = [query.get("workspace"), query.get("project")];
  const runs = query.get("runs");
  const [run, metric, measure] = list("map");
  return {
    project: workspace && project ? { organization: query.get("organization"), workspace, project } : null,
    page: oneOf(PAGES, text("page")) ?? initial.page,
    runs: runs === null ? null : runs.split(".").filter((id) => /^[0-9a-f]+$/.test(id)),
    withHidden: query.has("hidden"),
    runFilter: text("find"),
    metricFilter: text("metrics"),
    x: oneOf(AXES, text("x")) ?? initial.x,
    logX: query.has("logx"),
    logY: query.has("log"),
    smoothing: between(Number(text("smooth")), 0, 0.99),
    range: readRange(text("range")),
    columns: Math.round(between(Number(text("columns")), 0, 6)),
    folded: list("fold"),
    full: query.get("full"),
    group: query.get("group"),
    differencesOnly: query.has("differences"),
    cell: run && metric ? { run, metric, measure: measure ?? "mean" } : null,
  };
}

/** The view as the part of a URL behind the question mark: only what is not as it is at first. */
export function writeView(view: View): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | null | undefined) => {
    if (value) query.set(name, value);
  };
  if (view.project) {
    put("organization", view.project.organization);
    put("workspace", view.project.workspace);
    put("project", view.project.project);
  }
  if (view.page !== initial.page) put("page", view.page);
  if (view.runs) query.set("runs", view.runs.join("."));
  if (view.withHidden) put("hidden", "1");
  put("find", view.runFilter);
  put("metrics", view.metricFilter);
  if (view.x !== initial.x) put("x", view.x);
  if (view.logX) put("logx", "1");
  if (view.logY) put("log", "1");
  if (view.smoothing > 0) put("smooth", String(view.smoothing));
  if (view.range) put("range", view.range.join("_"));
  if (view.columns > 0) put("columns", String(view.columns));
  for (const section of view.folded) query.append("fold", section);
  put("full", view.full);
  put("group", view.group);
  if (view.differencesOnly) put("differences", "1");
  if (view.cell) for (const part of [view.cell.run, view.cell.metric, view.cell.measure]) query.append("map", part);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

function readRange(text: string): [number, number] | null {
  const [from, to] = text.split("_").map(Number);
  if (from === undefined || to === undefined || !Number.isFinite(from) || !Number.isFinite(to)) return null;
  return from < to ? [from, to] : null;
}

const between = (value: number, least: number, most: number) =>
  Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : least;

function oneOf<T extends string>(known: readonly T[], text: string): T | undefined {
  return known.find((item) => item === text);
}
