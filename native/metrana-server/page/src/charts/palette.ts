/** Colours from little to much, which also stay apart for people who see few colours, and on paper: close to "viridis". */
const STOPS: readonly (readonly [number, number, number])[] = [
  [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37],
];
const SIZE = 256;

/** A table of the colours as pixels: red lowest, as canvases keep them on every machine of today. */
export const PALETTE: Uint32Array = Uint32Array.from({ length: SIZE }, (_, place) => {
  const at = (place / (SIZE - 1)) * (STOPS.length - 1);
  const [from, to] = [STOPS[Math.floor(at)], STOPS[Math.ceil(at)]] as [readonly number[], readonly number[]];
  const part = (channel: number) => Math.round(from[channel]! + (to[channel]! - from[channel]!) * (at % 1));
  return ((255 << 24) | (part(2) << 16) | (part(1) << 8) | part(0)) >>> 0;
});

/** The pixels of cells; one without a number is left clear. The first row of cells is at the top. */
export function paint(cells: Float32Array, least: number, greatest: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint32Array(cells.length);
  const factor = greatest > least ? (SIZE - 1) / (greatest - least) : 0;
  const origin = factor === 0 ? SIZE / 2 : 0.5 - least * factor;
  for (let place = 0; place < cells.length; place++) {
    const value = cells[place] as number;
    // What is no number is not the same as itself.
    if (value !== value) continue;
    const colour = value * factor + origin;
    pixels[place] = PALETTE[colour < 0 ? 0 : colour < SIZE ? colour | 0 : SIZE - 1] as number;
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/** The least and the greatest number; null when there is none. */
export function limits(cells: Float32Array): readonly [number, number] | null {
  let [least, greatest] = [Infinity, -Infinity];
  for (let place = 0; place < cells.length; place++) {
    const value = cells[place] as number;
    // A difference from itself have only those that are no numbers, or are infinite.
    if (value - value !== 0) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return least <= greatest ? [least, greatest] : null;
}
