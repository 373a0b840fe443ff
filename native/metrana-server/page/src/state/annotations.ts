import { type ReadonlySignal, computed } from "@preact/signals";
import { isOfEpisodes } from "../api/episodes.ts";
import type { LineId } from "../api/curves.ts";
import type { Attributes, Axis, Run, Series } from "../api/types.ts";
import { placeAfter, pointsUntil } from "../charts/clock.ts";
import type { Mark } from "../charts/model.ts";
import { clockOf } from "./clocks.ts";
import { attributesOf, seriesOf, shown } from "./runs.ts";

type World = Series["world"];

/** A moment of a run that somebody noted. */
export interface Note {
  text: string;
  /** When it was, since 1970. */
  millis: number;
  /** The step that it names; null where it names none. */
  step: number | null;
}

const PATH = /^annotation\/(\d+)-[^/]*\/text$/;
const known = new WeakMap<Attributes, readonly Note[]>();

/** What somebody noted of a run. */
export function notesOf(run: Run): readonly Note[] {
  const attributes = attributesOf.value.get(run.run_id);
  if (!attributes) return [];
  let notes = known.get(attributes);
  if (!notes) known.set(attributes, (notes = notesIn(attributes)));
  return notes;
}

function notesIn(attributes: Attributes): Note[] {
  return Object.entries(attributes).flatMap(([path, attribute]) => {
    const millis = PATH.exec(path)?.[1];
    if (millis === undefined || attribute.type !== "string") return [];
    const step = attributes[path.replace(/text$/, "step")];
    return [{ text: attribute.value, millis: Number(millis), step: step?.type === "int" ? Number(step.value) : null }];
  });
}

/** Since the run was created. */
export const momentOf = ({ millis }: Note, run: Run) => millis - Number(run.created_at_millis);

/** What was noted of a run, where it lies on an axis of charts of this world. */
export function marksOf(run: Run, axis: Axis, world: World): ReadonlySignal<readonly Mark[]> {
  return once(`${run.run_id} ${axis} ${world}`, () => notesOf(run).flatMap((note) => {
    const x = placeOf(note, run, axis, world);
    return x === null ? [] : [{ x, text: note.text }];
  }));
}

/** What was noted of the shown runs. */
export const marksAlong = (axis: Axis, world: World) =>
  once(`${axis} ${world}`, () => shown.value.flatMap((run) => marksOf(run, axis, world).value));

/** By the step that it names where the axis is one of steps, by its time elsewhere. */
function placeOf(note: Note, run: Run, axis: Axis, world: World): number | null {
  if (axis === "wall_time") return note.millis;
  if (axis === "relative_time") return momentOf(note, run);
  if (axis !== "episode" && note.step !== null) return note.step;
  const line = witnessOf(run, axis, world);
  const clock = line && clockOf(line, axis, momentOf(note, run));
  return clock ? placeAfter(clock.along, pointsUntil(clock.time, momentOf(note, run))) : null;
}

/** The series of a run with most points, by which one knows best where it stood at a time. */
function witnessOf(run: Run, axis: Axis, world: World): LineId | null {
  const fitting = (seriesOf.value.get(run.run_id) ?? []).filter(
    (series) => series.kind === "float" && series.world === world && (axis !== "episode" || series.episodic || isOfEpisodes(series)),
  );
  // One that was chosen remains the one, whatever grows faster: the ids are in the order in which series came.
  const weight = (series: Series) => Math.round(Math.log10(Number(series.points) + 1));
  const best = fitting.reduce<Series | null>((best, one) => (best && weight(best) >= weight(one) ? best : one), null);
  return best && { run: run.run_id, series: best.id };
}

const made = new Map<string, ReadonlySignal<readonly Mark[]>>();

/** Makes marks for all who ask, and new ones only where one of them has moved: charts are drawn anew for those. */
function once(key: string, make: () => readonly Mark[]): ReadonlySignal<readonly Mark[]> {
  let of = made.get(key);
  if (of) return of;
  let before: readonly Mark[] = [];
  of = computed(() => {
    const now = make();
    const isSame = now.length === before.length && now.every(({ x, text }, place) => before[place]?.x === x && before[place].text === text);
    return isSame ? before : (before = now);
  });
  made.set(key, of);
  return of;
}
