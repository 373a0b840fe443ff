import { place, short } from "../charts/format.ts";
import type { ChartModel, DrawnLine } from "../charts/model.ts";

/** Where the mouse is on a chart. */
export interface Pointed {
  bucket: number;
  /** How many buckets beside it are still close. */
  reach: number;
  left: number;
  top: number;
  height(value: number): number;
}

/** So many lines are told of: those nearest to the mouse. */
const MOST_ROWS = 9;

/** What the lines say where the mouse is. */
export function Tooltip({ model, at, isSpoken = false }: { model: ChartModel; at: Pointed; isSpoken?: boolean }) {
  const rows = model.lines
    .flatMap((line) => {
      const bucket = nearest(line.values, at.bucket, at.reach);
      const value = line.values[bucket];
      return value !== undefined && Number.isFinite(value) ? [{ line, bucket, value, far: Math.abs(at.height(value) - at.top) }] : [];
    })
    .sort((a, b) => a.far - b.far);
  const x = model.xs[at.bucket];
  const [first] = rows;
  if (x === undefined) return null;
  const width = Math.abs((model.xs[1] ?? x) - (model.xs[0] ?? x));
  const marks = model.marks.filter((mark) => Math.abs(mark.x - x) <= width * Math.max(0.5, at.reach / 4));
  if (!first && marks.length === 0) return null;
  const exact = first?.line.curve.count[first.bucket] === 1 ? (first.line.curve.firstX[first.bucket] ?? x) : x;
  return (
    <div class={`tooltip${at.left > 220 ? " left" : ""}`} role={isSpoken ? "status" : undefined} style={{ "--x": `${at.left + 60}px` } as never}>
      <div class="quiet">{place(exact, model.axis)}</div>
      {rows.slice(0, MOST_ROWS).map(({ line, bucket, value }, index) => (
        <div key={line.key} class={index === 0 ? "nearest" : ""}>
          <span class="swatch" style={{ background: line.colour }} />
          <span class="name">{line.name}</span>
          <span class="value">{short(value)}</span>
          {spread(line, bucket)}
        </div>
      ))}
      {rows.length > MOST_ROWS && <div class="quiet">and {rows.length - MOST_ROWS} more</div>}
      {marks.map((mark) => <div key={mark.text} class="mark">▾ {mark.text}</div>)}
    </div>
  );
}

/** The bucket with a value that is closest; the given one where none is close. */
function nearest(values: Float64Array, bucket: number, reach: number): number {
  for (let far = 0; far <= reach; far++) {
    if (Number.isFinite(values[bucket - far])) return bucket - far;
    if (Number.isFinite(values[bucket + far])) return bucket + far;
  }
  return bucket;
}

function spread({ curve }: DrawnLine, bucket: number) {
  if ((curve.count[bucket] ?? 0) < 2) return null;
  return <span class="quiet value">{short(curve.min[bucket] ?? NaN)} … {short(curve.max[bucket] ?? NaN)}</span>;
}
