import { type Signal, signal } from "@preact/signals";
import { type LineId, readCurves } from "../api/curves.ts";
import type { Axis } from "../api/types.ts";
import type { Places } from "../charts/clock.ts";
import { onChange } from "./feed.ts";
import { soon } from "./soon.ts";

/** When the points of a series came, and where they lie along an axis. */
export interface Clock {
  /** Along the time since its run was created. */
  time: Places;
  along: Places;
}

interface Entry {
  line: LineId;
  axis: Axis;
  /** The latest moment that somebody asked for. */
  until: number;
  now: Signal<Clock | null>;
}

const BUCKETS = 256;
/** So that all who ask in one go are in one question. */
const GATHER_MILLIS = 20;
const REFRESH_MILLIS = 1000;

const entries = new Map<string, Entry>();
const waiting = new Set<Entry>();

/**
 * The clock of a series: null until it is read, which it is when somebody asks for it, and again while the series has not come to
 * the moment that was asked for.
 * @param until Milliseconds since the run was created.
 */
export function clockOf(line: LineId, axis: Axis, until: number): Clock | null {
  const key = `${line.run} ${line.series} ${axis}`;
  let entry = entries.get(key);
  if (!entry) entries.set(key, (entry = { line, axis, until: -Infinity, now: signal(null) }));
  if (until > entry.until) {
    entry.until = until;
    waiting.add(entry);
    readSoon();
  }
  return entry.now.value;
}

onChange(({ reset, runs }) => {
  const changed = new Set(runs.map(({ run }) => run));
  for (const entry of entries.values()) {
    if ((reset || changed.has(entry.line.run)) && endOf(entry.now.peek()) <= entry.until) waiting.add(entry);
  }
  if (waiting.size > 0) readSoon();
});

const endOf = (clock: Clock | null) => clock?.time.lastX.reduce((end, x) => (x > end ? x : end), -Infinity) ?? -Infinity;

const readSoon = soon(REFRESH_MILLIS, async () => {
  const all = [...waiting];
  waiting.clear();
  if (all.length === 0) return;
  const never = new AbortController().signal;
  const read = (some: readonly Entry[], x: Axis) => readCurves(some.map(({ line }) => line), { x, buckets: BUCKETS }, never);
  try {
    const times = read(all, "relative_time");
    for (const axis of new Set(all.map((entry) => entry.axis))) {
      const some = all.filter((entry) => entry.axis === axis);
      const { curves } = await read(some, axis);
      for (const [place, entry] of some.entries()) {
        const [time, along] = [(await times).curves[all.indexOf(entry)], curves[place]];
        if (time && along) entry.now.value = { time, along };
      }
    }
  } catch {
    // Their marks are missing until the runs have news; what the charts themselves could not read they tell of.
    for (const entry of all) entry.until = -Infinity;
  }
}, () => GATHER_MILLIS);
