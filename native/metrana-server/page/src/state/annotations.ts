import type { Attributes, Axis, Run } from "../api/types.ts";
import type { Mark } from "../charts/model.ts";

const PATH = /^annotation\/(\d+)-[^/]*\/text$/;

/** The moments of a run that somebody noted, where they lie on an axis. On a step axis only those that name a step. */
export function marksOf(run: Run, attributes: Attributes | undefined, axis: Axis): Mark[] {
  return Object.entries(attributes ?? {}).flatMap(([path, attribute]) => {
    const millis = PATH.exec(path)?.[1];
    if (millis === undefined || attribute.type !== "string") return [];
    const x = placeOf(Number(millis), attributes?.[path.replace(/text$/, "step")], run, axis);
    return x === null ? [] : [{ x, text: attribute.value }];
  });
}

function placeOf(millis: number, step: Attributes[string] | undefined, run: Run, axis: Axis): number | null {
  if (axis === "wall_time") return millis;
  if (axis === "relative_time") return millis - Number(run.created_at_millis);
  return axis !== "episode" && step?.type === "int" ? Number(step.value) : null;
}
