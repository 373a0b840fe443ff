import type { Line } from "./sections.ts";
import { nameOf, runs } from "./runs.ts";

/** The run of a line and its labels. */
export function lineName(line: Line): string {
  const run = runs.value.value?.find((one) => one.run_id === line.run);
  return [run ? nameOf(run) : line.run, line.labels].filter(Boolean).join(" · ");
}
