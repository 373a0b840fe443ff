import type { Series } from "../api/types.ts";

/** A metric with its labels. */
export const seriesTitle = ({ metric, labels }: Pick<Series, "metric" | "labels">) =>
  [metric, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)].join(" ");
