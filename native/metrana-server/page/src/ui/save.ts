import { paint } from "../charts/palette.ts";

/** A chart as it is drawn, and what its colours mean. */
export interface Picture {
  canvas: HTMLCanvasElement;
  /** What is below the chart, one after the other: lines with their colours, and words. */
  legend: readonly { name: string; colour?: string }[];
  /** The values at both ends of the palette, where there is one. */
  ramp?: readonly [string, string];
}

const FONT = 'system-ui, "Segoe UI", sans-serif';
const EDGE = 12;
const TITLE = 30;
const ROW = 20;
const SWATCH = 10;
const RAMP = 140;
/** More names than this would be larger than the chart. */
const MOST_NAMES = 40;

const fileName = (title: string) => title.replace(/[^\p{L}\p{N}._-]+/gu, "-");

export const saveCsv = (title: string, csv: string) => save(new Blob([csv], { type: "text/csv" }), `${fileName(title)}.csv`);

/** Saves a chart with its title above and its legend below, on the colour of the page instead of on nothing. */
export function savePng(title: string, { canvas, legend, ramp }: Picture) {
  const pixel = devicePixelRatio || 1;
  const { clientWidth: width = 0, clientHeight: height = 0 } = canvas.parentElement ?? {};
  const sheet = document.createElement("canvas");
  const ctx = sheet.getContext("2d");
  if (!ctx || width === 0) return;
  const more = legend.length - MOST_NAMES;
  const names = more > 0 ? [...legend.slice(0, MOST_NAMES), { name: `and ${more} more` }] : legend;
  ctx.font = `12px ${FONT}`;
  const places = flow(names.map(({ name, colour }) => ctx.measureText(name).width + (colour ? SWATCH + 5 : 0)), width);
  const rows = (places.at(-1)?.row ?? -1) + 1 + (ramp ? 1 : 0);
  [sheet.width, sheet.height] = [Math.round((width + 2 * EDGE) * pixel), Math.round((TITLE + height + rows * ROW + 2 * EDGE) * pixel)];
  ctx.scale(pixel, pixel);
  const style = getComputedStyle(document.documentElement);
  const ink = (name: string) => style.getPropertyValue(name);
  ctx.fillStyle = ink("--card");
  ctx.fillRect(0, 0, width + 2 * EDGE, TITLE + height + rows * ROW + 2 * EDGE);
  ctx.textBaseline = "middle";
  ctx.fillStyle = ink("--ink");
  ctx.font = `600 14px ${FONT}`;
  ctx.fillText(title, EDGE, EDGE + 8, width);
  ctx.imageSmoothingEnabled = false;
  ctx.drawImage(canvas, EDGE, TITLE, width, height);
  ctx.font = `12px ${FONT}`;
  const middle = (row: number) => TITLE + height + EDGE / 2 + (row + 0.5) * ROW;
  for (const [index, { name, colour }] of names.entries()) {
    const { left, row } = places[index]!;
    if (colour) {
      ctx.fillStyle = colour;
      ctx.fillRect(EDGE + left, middle(row) - SWATCH / 2, SWATCH, SWATCH);
    }
    ctx.fillStyle = ink("--ink");
    ctx.fillText(name, EDGE + left + (colour ? SWATCH + 5 : 0), middle(row), width);
  }
  if (ramp) drawRamp(ctx, ramp, middle(rows - 1), ink("--ink"));
  sheet.toBlob((blob) => blob && save(blob, `${fileName(title)}.png`));
}

/** Where things of such widths lie, one after the other in rows. */
function flow(widths: readonly number[], room: number): { left: number; row: number }[] {
  let [left, row] = [0, 0];
  return widths.map((width) => {
    if (left > 0 && left + width > room) [left, row] = [0, row + 1];
    const place = { left, row };
    left += width + 16;
    return place;
  });
}

function drawRamp(ctx: CanvasRenderingContext2D, [from, to]: readonly [string, string], y: number, ink: string) {
  const colours = new ImageData(paint(Float32Array.from({ length: RAMP }, (_, place) => place), 0, RAMP - 1), RAMP, 1);
  const strip = document.createElement("canvas");
  [strip.width, strip.height] = [RAMP, 1];
  strip.getContext("2d")?.putImageData(colours, 0, 0);
  ctx.fillStyle = ink;
  ctx.fillText(from, EDGE, y);
  const begin = EDGE + ctx.measureText(from).width + 8;
  ctx.drawImage(strip, begin, y - SWATCH / 2, RAMP, SWATCH);
  ctx.fillText(to, begin + RAMP + 8, y);
}

function save(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
