/** Hues that a golden angle apart never come close to each other for long, however many there are. */
const FIRST_HUE = 255;
const GOLDEN_ANGLE = 137.508;

/** The colour of a run: by its place among the runs of its project in the order they were made, so that it keeps it. */
export function colour(place: number, dark: boolean, alpha = 1): string {
  const key = (place * 2 + Number(dark)) * 1000 + Math.round(alpha * 100);
  let known = colours.get(key);
  if (!known) colours.set(key, (known = make(place, dark, alpha)));
  return known;
}

/** They are asked for again with each news of each line. */
const colours = new Map<number, string>();

function make(place: number, dark: boolean, alpha: number): string {
  const hue = (FIRST_HUE + place * GOLDEN_ANGLE) % 360;
  const [lightness, chroma] = dark ? [0.76, 0.14] : [0.55, 0.17];
  return `oklch(${lightness} ${chroma} ${hue.toFixed(1)} / ${alpha})`;
}
