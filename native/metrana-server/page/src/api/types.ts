/** A whole number of 64 bits, as the API writes it. */
export type Whole = string;
/** A number, or the name of what is none. */
export type Value = number | "NaN" | "Infinity" | "-Infinity";

export interface Project {
  organization: string | null;
  workspace: string;
  project: string;
  runs: Whole;
  points: Whole;
  last_created_at_millis: Whole;
}

export type RunStatus = "running" | "finished" | "failed" | "aborted" | "lost_contact";

export interface Run {
  run_id: string;
  workspace: string;
  project: string;
  run_name: string;
  organization: string | null;
  experiment: string | null;
  fork_point: { parent_run_name: string; parent_run_id: string | null; fork_step: Whole } | null;
  created_at_millis: Whole;
  status: RunStatus;
  close_message: string | null;
  closed_at_millis: Whole | null;
  last_contact_millis: Whole;
  series: Whole;
  points: Whole;
  /** What people call it; `run_name` is what loggers do. */
  name?: string | null;
  tags?: string[];
  notes?: string | null;
  hidden?: boolean;
  pinned?: boolean;
}

export type SeriesKind = "undefined" | "float" | "histogram" | "density_histogram" | "scatter" | "scatter_3d";

export interface Series {
  id: Whole;
  metric: string;
  scale: string;
  labels: Record<string, string>;
  ordering: string;
  world: "undefined" | "std" | "rl";
  kind: SeriesKind;
  points: Whole;
  raw_points: Whole;
  stale_points: Whole;
  replaced_points: Whole;
  other_ordering_points: Whole;
  other_kind_points: Whole;
  last_step: Whole | null;
  /** Of the axes of a scatter. */
  titles?: Record<string, string>;
  environments?: string[];
  episodic?: boolean;
}

export type Attribute =
  | { type: "null" }
  | { type: "bool"; value: boolean }
  | { type: "int"; value: Whole }
  | { type: "float"; value: Value }
  | { type: "string"; value: string }
  | { type: "string_set"; value: string[] }
  | { type: "timestamp"; value_millis: Whole; nanos: number };

export type Attributes = Record<string, Attribute>;

export interface Environment {
  name: string;
  last_rl_step: Whole | null;
  last_episode: Whole | null;
}

export interface Counts {
  /** On disk; null or absent where nothing is. */
  stored_bytes?: Whole | null;
  points: Whole;
  rl_points: Whole;
  histograms: Whole;
  scatters: Whole;
  messages: Whole;
  duplicate_messages: Whole;
  unknown_series_points: Whole;
  ignored_points: Whole;
  ignored_attributes: Whole;
  ignored: Record<string, Whole>;
}

export interface Server {
  version: string;
  pid: number;
  started_at_millis: Whole;
  health: { state: "good" } | { state: "full"; since_millis: Whole } | { state: "failing"; since_millis: Whole; why: string };
}

/** What a chart can run along. */
export const AXES = ["step", "rl_step", "episode", "wall_time", "relative_time"] as const;
export type Axis = (typeof AXES)[number];

/** A server-sent event: what has to be read anew. */
export interface Change {
  cursor: string;
  reset: boolean;
  runs: { run: string; series: Whole[]; attributes: boolean }[];
  deleted: string[];
}
