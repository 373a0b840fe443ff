import type { Axis } from "../api/types.ts";
import { lazily } from "./lazily.ts";

const compact = lazily(() => new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 }));
const plain = lazily(() => new Intl.NumberFormat("en", { maximumSignificantDigits: 5, useGrouping: false }));

/** Reads the browser's rules for numbers, which takes a while: better while nothing else is to be done. */
export const prepareFormats = () => [compact(), plain()];

/** A value in few characters. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(2).replace("e+", "e").replace("-", "−");
  return (size >= 1e5 ? compact() : plain()).format(value).replace("-", "−");
}

/** A place on an axis. */
export function place(value: number, axis: Axis): string {
  if (axis === "wall_time") return new Date(value).toLocaleString([], { dateStyle: "short", timeStyle: "medium" });
  if (axis === "relative_time") return duration(value);
  return Math.round(value).toLocaleString("en");
}

/** Milliseconds as people say them. */
export function duration(millis: number): string {
  const seconds = Math.abs(millis) / 1000;
  const sign = millis < 0 ? "−" : "";
  if (seconds < 1) return `${sign}${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${sign}${plain().format(Math.round(seconds * 10) / 10)} s`;
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  if (seconds < 172_800) return `${sign}${Math.floor(seconds / 3600)} h ${pad((seconds / 60) % 60)} min`;
  return `${sign}${Math.floor(seconds / 86_400)} d ${Math.floor((seconds / 3600) % 24)} h`;
}

const pad = (value: number) => String(Math.floor(value)).padStart(2, "0");

/** How long ago. */
export function ago(millis: number, now: number): string {
  const seconds = Math.max(0, now - millis) / 1000;
  if (seconds < 5) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** A whole number with its thousands apart. */
export const whole = (text: string) => text.replace(/\B(?=(\d{3})+$)/g, " ");

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes as people say it. */
export function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  return `${Number((count / 1000 ** power).toPrecision(3))} ${UNITS[power]}`;
}

export const AXIS_NAMES: Record<Axis, string> = {
  step: "Step",
  rl_step: "RL step",
  episode: "Episode",
  wall_time: "Wall time",
  relative_time: "Relative time",
};
