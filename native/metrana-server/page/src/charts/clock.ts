import type { Curve } from "../api/curves.ts";

/** The part of a curve that tells where its points lie. */
export type Places = Pick<Curve, "count" | "firstX" | "lastX">;

/** How many points had come until a moment, by a curve along the time. Between two that it knows they came evenly. */
export function pointsUntil({ count, firstX, lastX }: Places, moment: number): number {
  let points = 0;
  for (let place = 0; place < count.length; place++) {
    const [of, first, last] = [count[place]!, firstX[place]!, lastX[place]!];
    if (of === 0) continue;
    if (first > moment) break;
    points += last <= moment ? of : 1 + (of - 1) * ((moment - first) / (last - first));
  }
  return points;
}

/** Where a curve stood when so many of its points had come; null where it has none. */
export function placeAfter({ count, firstX, lastX }: Places, points: number): number | null {
  let [rest, x] = [points, null as number | null];
  for (let place = 0; place < count.length; place++) {
    const [of, first, last] = [count[place]!, firstX[place]!, lastX[place]!];
    if (of === 0) continue;
    if (rest <= of) return of === 1 ? first : first + (last - first) * (Math.max(0, rest - 1) / (of - 1));
    rest -= of;
    x = last;
  }
  return x;
}
