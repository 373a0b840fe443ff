import type { Grid } from "../api/curves.ts";

/**
 * At most so many buckets a curve. A power of two, as is every number of buckets that is asked for: the server divides by
 * the length of a stretch, and only then is that exact, so that a point at the edge of a bucket is in the same one each time.
 */
export const MOST_BUCKETS = 256;

/**
 * A grid over a stretch, whose buckets have a power of two as their width and begin at a multiple of it. So curves that are
 * read at different times line up, and a stretch that grows keeps its buckets until they become too many.
 */
export function gridFor(from: number, to: number, isWhole: boolean, most = MOST_BUCKETS): Grid {
  const length = Math.max(to - from, 0);
  const least = isWhole ? 1 : length > 0 ? 0 : 1;
  let width = Math.max(2 ** Math.ceil(Math.log2(Math.max(length, Number.MIN_VALUE) / most)), least);
  // One bucket behind the last point is free, because the end of a grid lies in its last bucket.
  while (Math.floor(to / width) + 2 - Math.floor(from / width) > most) width *= 2;
  const begin = Math.floor(from / width);
  return { from: begin * width, to: (begin + most) * width, buckets: most };
}

export const bucketWidth = (grid: Grid) => (grid.to - grid.from) / grid.buckets;

/** Some of its buckets as a grid of their own, which may go on beyond its end. */
export function part(grid: Grid, begin: number, end: number): Grid {
  const width = bucketWidth(grid);
  return { from: grid.from + begin * width, to: grid.from + end * width, buckets: end - begin };
}

export const isSame = (a: Grid, b: Grid) => a.from === b.from && a.to === b.to && a.buckets === b.buckets;

/** The least power of two that is no less. */
export const powerOfTwo = (least: number) => 2 ** Math.ceil(Math.log2(Math.max(1, least)));
