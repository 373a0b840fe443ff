import type { ChartSpec, Line } from "../state/sections.ts";
import { lineName } from "../state/line-name.ts";

interface Props {
  spec: ChartSpec;
  line: Line;
  onChoose(key: string): void;
}

/** Which of a chart's lines is shown, where only one can be. */
export function LineChoice({ spec, line, onChoose }: Props) {
  if (spec.lines.length < 2) return <span class="quiet">{lineName(line)}</span>;
  return (
    <select aria-label={`Run of ${spec.metric}`} value={line.key} onChange={(event) => onChoose(event.currentTarget.value)}>
      {spec.lines.map((one) => <option key={one.key} value={one.key}>{lineName(one)}</option>)}
    </select>
  );
}
