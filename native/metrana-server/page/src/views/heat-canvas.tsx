import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { paint } from "../charts/palette.ts";

interface Props {
  columns: number;
  rows: number;
  /** Row by row, the first at the top; NaN: nothing. */
  cells: Float32Array;
  /** The least and the greatest value, which have the ends of the palette. */
  span: readonly [number, number];
  /** The part of its width that is seen, from 0 to 1; it is drawn at once, before finer cells are there. */
  seen?: readonly [number, number];
  label: string;
  /** What a cell says. */
  describe(column: number, row: number): string;
  /** What is told of the cell that is pointed at; null: none is. */
  onPoint(text: string | null): void;
  onPick?(column: number, row: number): void;
  /** Columns that were drawn over with the mouse. */
  onZoom?(from: number, to: number): void;
  onReset?(): void;
}

/** Pixels that the mouse may move in a click. */
const CLICK = 4;
const ARROWS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Cells as colours. The mouse or the arrow keys point at one, a click or the enter key picks it. */
export function HeatCanvas({ columns, rows, cells, span, seen = [0, 1], label, describe, onPoint, onPick, onZoom, onReset }: Props) {
  const host = useRef<HTMLCanvasElement>(null);
  const drag = useSignal<readonly [number, number] | null>(null);
  const at = useRef({ column: 0, row: 0 });

  useLayoutEffect(() => {
    const ctx = host.current?.getContext("2d");
    if (!ctx || columns === 0 || rows === 0) return;
    Object.assign(ctx.canvas, { width: columns, height: rows });
    ctx.putImageData(new ImageData(paint(cells, ...span), columns, rows), 0, 0);
  }, [cells, columns, rows, span[0], span[1]]);

  const cellAt = ({ clientX, clientY }: MouseEvent) => {
    const box = host.current!.getBoundingClientRect();
    const place = (share: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    return { column: place((clientX - box.left) / box.width, columns), row: place((clientY - box.top) / box.height, rows) };
  };
  const inFrame = ({ clientX, currentTarget }: MouseEvent) => clientX - (currentTarget as HTMLElement).parentElement!.getBoundingClientRect().left;
  const move = (event: MouseEvent) => {
    at.current = cellAt(event);
    onPoint(describe(at.current.column, at.current.row));
    if (drag.peek()) drag.value = [drag.peek()![0], inFrame(event)];
  };
  const release = (event: MouseEvent) => {
    const dragged = drag.peek();
    drag.value = null;
    const cell = cellAt(event);
    if (!dragged || Math.abs(dragged[1] - dragged[0]) <= CLICK) return onPick?.(cell.column, cell.row);
    const left = Math.min(...dragged) + host.current!.parentElement!.getBoundingClientRect().left;
    const first = cellAt({ ...event, clientX: left, clientY: event.clientY } as MouseEvent);
    const last = cellAt({ ...event, clientX: left + Math.abs(dragged[1] - dragged[0]), clientY: event.clientY } as MouseEvent);
    onZoom?.(first.column, last.column);
  };
  const press = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (event.key === "Enter") onPick?.(at.current.column, at.current.row);
    if (!arrow) return;
    event.preventDefault();
    const next = (now: number, by: number, count: number) => Math.max(0, Math.min(count - 1, now + by));
    at.current = { column: next(at.current.column, arrow[0], columns), row: next(at.current.row, arrow[1], rows) };
    onPoint(describe(at.current.column, at.current.row));
  };
  const width = 100 / (seen[1] - seen[0]);
  const [begin, end] = drag.value ? [Math.min(...drag.value), Math.max(...drag.value)] : [0, 0];
  return (
    <>
      <canvas
        class="heat"
        ref={host}
        role="img"
        tabIndex={0}
        aria-label={label}
        data-cells={cells.length}
        style={{ width: `${width}%`, left: `${-seen[0] * width}%` }}
        onMouseDown={(event) => {
          if (event.button === 0) drag.value = [inFrame(event), inFrame(event)];
        }}
        onMouseMove={move}
        onMouseUp={release}
        onMouseLeave={() => {
          drag.value = null;
          onPoint(null);
        }}
        onDblClick={() => onReset?.()}
        onKeyDown={press}
      />
      {onZoom && end - begin > CLICK && <div class="heat-drag" style={{ left: `${begin}px`, width: `${end - begin}px` }} />}
    </>
  );
}
