const PREFIX = "eval/";
const LABEL = "evaluation";

/** Whether labels say that a series belongs to an evaluation, as loggers mark it. */
export const isEvaluation = (labels: Record<string, string>) => labels[LABEL] === "true";

/**
 * The metric of the training that one of an evaluation belongs to, where there is one: `eval/return` stands beside `return`,
 * `eval/loss` beside `train/loss`.
 */
export function trained(metric: string, isKnown: (metric: string) => boolean): string | null {
  if (!metric.startsWith(PREFIX)) return null;
  const name = metric.slice(PREFIX.length);
  return [name, `train/${name}`].find(isKnown) ?? null;
}

/** Labels as text; that of an evaluation is said in a word. */
export function labelsText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => (name !== LABEL ? `${name}=${value}` : value === "true" ? "evaluation" : "training"))
    .join(" ");
}
