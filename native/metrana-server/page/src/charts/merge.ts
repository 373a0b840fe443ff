import type { Curve } from "../api/curves.ts";

const COLUMNS = ["count", "flags", "firstX", "lastX", "first", "last", "min", "max", "sum"] as const;

/** Puts a piece into a curve, from this bucket on. */
export function merge(into: Curve, piece: Curve, begin: number) {
  for (const name of COLUMNS) {
    const [to, from] = [into[name], piece[name]] as [Float64Array, Float64Array];
    to.set(from.subarray(0, to.length - begin), begin);
  }
}

/** Whether the piece has something that the curve does not have there. */
export function isGrown(curve: Curve, piece: Curve, begin: number): boolean {
  return piece.count.some(
    (count, index) =>
      count !== curve.count[begin + index] ||
      piece.flags[index] !== curve.flags[begin + index] ||
      (count > 0 && (piece.sum[index] !== curve.sum[begin + index] || piece.last[index] !== curve.last[begin + index])),
  );
}

/** The last bucket that has points; −1 when none has. */
export function lastFilled({ count, flags }: Curve): number {
  for (let place = count.length - 1; place >= 0; place--) {
    if ((count[place] ?? 0) > 0 || (flags[place] ?? 0) > 0) return place;
  }
  return -1;
}

/** From the first point of all to the last; null when there are none. */
export function extentOf(curves: readonly Curve[]): readonly [number, number] | null {
  let [from, to] = [Infinity, -Infinity];
  for (const { count, firstX, lastX } of curves) {
    for (let place = 0; place < count.length; place++) {
      if (!count[place]) continue;
      from = Math.min(from, firstX[place] ?? Infinity);
      to = Math.max(to, lastX[place] ?? -Infinity);
    }
  }
  return from <= to ? [from, to] : null;
}
