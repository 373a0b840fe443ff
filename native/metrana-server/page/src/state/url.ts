import type { ProjectId } from "../api/runs.ts";
import { AXES, type Axis } from "../api/types.ts";

export const PAGES = ["charts", "environments", "compare", "health"] as const;
export type Page = (typeof PAGES)[number];

export interface View {
  project: ProjectId | null;
  page: Page;
  /** The shown runs; null: the newest ones; "all": those that the filter leaves, as long as they can be told apart. */
  runs: readonly string[] | "all" | null;
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
  /** The attributes by which runs become groups; none: runs stand by themselves. */
  groups: readonly string[];
  differencesOnly: boolean;
  /** What the heat map shows: run, series, measure. */
  cell: { run: string; metric: string; measure: string } | null;
  /** Of its run: the environment that is looked at alone, and the episode of it. */
  environment: string | null;
  episode: number | null;
  /** The returns that are drawn, and along what. */
  returns: { metric: string; along: string } | null;
  /** Whether metrics of an evaluation have charts of their own, instead of those of training. */
  apart: boolean;
  /** What a group shows beside its mean. */
  spread: Spread;
  /** Whether the runs of a group are drawn, too. */
  members: boolean;
  order: Order;
  /** Of charts that show one line at a time: the line that was chosen, by the chart. */
  lines: Readonly<Record<string, string>>;
  /** Of charts with a slider: where it stands, as the how-manieth of its line; those at the end are not in it. */
  moments: Readonly<Record<string, number>>;
}

/** From the least to the greatest, or a standard deviation on either side. */
export const SPREADS = ["range", "deviation"] as const;
export type Spread = (typeof SPREADS)[number];

/** The order of metrics in a section. */
export const ORDERS = ["name", "points", "newest"] as const;
export type Order = (typeof ORDERS)[number];

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
  groups: [],
  differencesOnly: false,
  cell: null,
  environment: null,
  episode: null,
  returns: null,
  apart: false,
  spread: "range",
  members: false,
  order: "name",
  lines: {},
  moments: {},
};

/** Reads the part of a URL behind the question mark. What makes no sense in it is left out. */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const text = (name: string) => query.get(name) ?? "";
  const list = (name: string) => query.getAll(name).filter((item) => item !== "");
  const [workspace, project] = [query.get("workspace"), query.get("project")];
  const runs = query.get("runs");
  const [run, metric, measure] = list("map");
  const [returns, along] = list("returns");
  return {
    project: workspace && project ? { organization: query.get("organization"), workspace, project } : null,
    page: oneOf(PAGES, text("page")) ?? initial.page,
    runs: runs === null || runs === "all" ? runs : runs.split(".").filter((id) => /^[0-9a-f]+$/.test(id)),
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
    groups: list("group"),
    differencesOnly: query.has("differences"),
    cell: run && metric ? { run, metric, measure: measure ?? "mean" } : null,
    environment: query.get("environment"),
    episode: /^\d+$/.test(text("episode")) ? Number(text("episode")) : null,
    returns: returns ? { metric: returns, along: along ?? "steps" } : null,
    apart: query.has("apart"),
    spread: oneOf(SPREADS, text("spread")) ?? initial.spread,
    members: query.has("members"),
    order: oneOf(ORDERS, text("order")) ?? initial.order,
    lines: Object.fromEntries(pairs(query.getAll("line"))),
    moments: Object.fromEntries(pairs(query.getAll("at")).flatMap(([chart, at]) => (/^\d+$/.test(at) ? [[chart, Number(at)]] : []))),
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
  if (view.runs) query.set("runs", view.runs === "all" ? "all" : view.runs.join("."));
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
  for (const key of view.groups) query.append("group", key);
  if (view.differencesOnly) put("differences", "1");
  if (view.cell) for (const part of [view.cell.run, view.cell.metric, view.cell.measure]) query.append("map", part);
  put("environment", view.environment);
  if (view.episode !== null) put("episode", String(view.episode));
  if (view.returns) for (const part of [view.returns.metric, view.returns.along]) query.append("returns", part);
  if (view.apart) put("apart", "1");
  if (view.spread !== initial.spread) put("spread", view.spread);
  if (view.members) put("members", "1");
  if (view.order !== initial.order) put("order", view.order);
  for (const [name, of] of [["line", view.lines], ["at", view.moments]] as const) {
    for (const part of Object.entries(of).flat()) query.append(name, String(part));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Items as twos: what has no other half is left out. */
const pairs = (items: readonly string[]) => items.flatMap((item, place) => (place % 2 === 1 ? [[items[place - 1]!, item] as const] : []));

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
