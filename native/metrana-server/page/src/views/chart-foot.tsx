import type { RefObject } from "preact";
import { csvOf } from "../charts/csv.ts";
import { AXIS_NAMES } from "../charts/format.ts";
import type { ChartModel } from "../charts/model.ts";
import { type Picture, saveCsv, savePng } from "../ui/save.ts";

interface Props {
  /** What it is called, above the picture and as a file. */
  title: string;
  /** Whether there is something to save. */
  isReady: boolean;
  /** In a row with other things instead of in the chart's corner. */
  isInRow?: boolean;
  csv(): string;
  picture(): Picture | null;
}

/** Where a chart is saved. */
export function ChartFoot({ title, isReady, isInRow = false, csv, picture }: Props) {
  const asPicture = () => {
    const drawn = picture();
    if (drawn) savePng(title, drawn);
  };
  return (
    <footer class={`chart-foot${isInRow ? " in-row" : ""}`}>
      <button type="button" aria-label={`${title} as CSV`} disabled={!isReady} onClick={() => saveCsv(title, csv())}>CSV</button>
      <button type="button" aria-label={`${title} as PNG`} disabled={!isReady} onClick={asPicture}>PNG</button>
    </footer>
  );
}

interface CurveProps extends Pick<Props, "title" | "isInRow"> {
  model: ChartModel | null;
  canvas: RefObject<(() => HTMLCanvasElement | null) | null>;
  /** Where the axis is none of those that all charts have. */
  along?: string;
  csv?: (() => string) | undefined;
}

/** The foot of a chart of curves. */
export function CurveFoot({ title, isInRow = false, model, canvas, along, csv }: CurveProps) {
  const picture = () => {
    const drawn = canvas.current?.();
    if (!drawn || !model) return null;
    const legend = [...model.lines.map(({ name, colour }) => ({ name, colour })), { name: `by ${along ?? AXIS_NAMES[model.axis].toLowerCase()}` }];
    return { canvas: drawn, legend };
  };
  return <ChartFoot title={title} isInRow={isInRow} isReady={model !== null} csv={csv ?? (() => (model ? csvOf(model) : ""))} picture={picture} />;
}
