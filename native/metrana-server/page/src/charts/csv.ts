import type { ChartModel } from "./model.ts";

const HEAD = ["line", "from_x", "to_x", "count", "first", "last", "min", "max", "mean"];

/** What a chart shows as comma-separated values: a row for each bucket of each line. */
export function csvOf({ lines }: ChartModel): string {
  const rows = [HEAD.join()];
  for (const { name, curve } of lines) {
    const quoted = cell(name);
    curve.count.forEach((count, place) => {
      if (count === 0) return;
      const { firstX, lastX, first, last, min, max, sum } = curve;
      const numbers = [firstX, lastX, curve.count, first, last, min, max].map((column) => column[place]);
      rows.push([quoted, ...numbers, (sum[place] ?? NaN) / count].join());
    });
  }
  return `${rows.join("\r\n")}\r\n`;
}

/** Names come from programs: a table calculator would take one that begins like a formula for one. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
