import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props<T> {
  items: readonly T[];
  rowHeight: number;
  label: string;
  keyOf(item: T): string;
  row(item: T): ComponentChildren;
}

/** Rows out of sight that are made all the same, so that scrolling shows no gap. */
const SPARE = 8;

/** A long list, of which only the rows in sight are in the document. */
export function Window<T>({ items, rowHeight, label, keyOf, row }: Props<T>) {
  const host = useRef<HTMLDivElement>(null);
  const sight = useSignal({ top: 0, height: 800 });
  const look = () => {
    const { scrollTop: top = 0, clientHeight: height = 0 } = host.current ?? {};
    const before = sight.peek();
    // Only where other rows come into sight is there something to do.
    if (Math.abs(before.top - top) >= rowHeight || before.height !== height) sight.value = { top, height };
  };
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    if (host.current) observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const begin = Math.max(0, Math.floor(sight.value.top / rowHeight) - SPARE);
  const end = Math.min(items.length, Math.ceil((sight.value.top + sight.value.height) / rowHeight) + SPARE);
  return (
    <div class="window" ref={host} onScroll={look} role="list" aria-label={label} tabIndex={0}>
      <div class="window-room" style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(begin, end).map((item, index) => (
          <div key={keyOf(item)} role="listitem" class="window-row" style={{ transform: `translateY(${(begin + index) * rowHeight}px)`, height: `${rowHeight}px` }}>
            {row(item)}
          </div>
        ))}
      </div>
    </div>
  );
}
