import type { Attributes, Run } from "../api/types.ts";
import { written } from "../ui/attribute.ts";

/** A line of the table: something in each of the runs. */
export interface Row {
  name: string;
  values: string[];
  differs: boolean;
}

/** Attributes of runs beside each other, by their paths. Notes of single moments are no properties of a run. */
export function compare(runs: readonly Run[], attributes: ReadonlyMap<string, Attributes>): Row[] {
  const paths = new Set(runs.flatMap((run) => Object.keys(attributes.get(run.run_id) ?? {})));
  return [...paths]
    .filter((path) => !path.startsWith("annotation/"))
    .sort(new Intl.Collator("en", { numeric: true }).compare)
    .map((name) => row(name, runs.map((run) => written(attributes.get(run.run_id)?.[name]))));
}

export const row = (name: string, values: string[]): Row => ({ name, values, differs: new Set(values).size > 1 });
