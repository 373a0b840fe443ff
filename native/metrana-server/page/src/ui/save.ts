import type { ChartModel } from "../charts/model.ts";
import { csvOf } from "../charts/csv.ts";

const fileName = (metric: string) => metric.replace(/[^\p{L}\p{N}._-]+/gu, "-");

export function saveCsv(metric: string, model: ChartModel) {
  save(new Blob([csvOf(model)], { type: "text/csv" }), `${fileName(metric)}.csv`);
}

/** Saves what is drawn, on the colour of the page instead of on nothing. */
export function savePng(metric: string, drawn: HTMLCanvasElement | null) {
  if (!drawn) return;
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [drawn.width, drawn.height];
  const ctx = picture.getContext("2d");
  if (!ctx) return;
  ctx.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--card");
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.drawImage(drawn, 0, 0);
  picture.toBlob((blob) => blob && save(blob, `${fileName(metric)}.png`));
}

function save(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
