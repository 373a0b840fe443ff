import type { ChartSpec, Line } from "../state/sections.ts";
import { change, view } from "../state/view.ts";
import { lineName } from "../state/line-name.ts";

interface Props {
  spec: ChartSpec;
  line: Line;
}

/** The line of a chart that is shown, where only one can be. */
export const chosenLine = (spec: ChartSpec): Line => spec.lines.find((one) => one.key === view.value.lines[spec.key]) ?? spec.lines[0]!;

/** Which of a chart's lines is shown, where only one can be. */
export function LineChoice({ spec, line }: Props) {
  if (spec.lines.length < 2) return <span class="quiet">{lineName(line)}</span>;
  const choose = (key: string) => change({ lines: { ...view.peek().lines, [spec.key]: key } });
  return (
    <select aria-label={`Run of ${spec.metric}`} value={line.key} onChange={(event) => choose(event.currentTarget.value)}>
      {spec.lines.map((one) => <option key={one.key} value={one.key}>{lineName(one)}</option>)}
    </select>
  );
}
