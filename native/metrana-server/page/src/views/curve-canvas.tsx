import { type Ref } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from "preact/hooks";
import { CurveChart } from "../charts/curve-chart.ts";
import type { ChartModel } from "../charts/model.ts";
import { hovered } from "../state/pointer.ts";
import { change } from "../state/view.ts";
import { Tooltip, type Pointed } from "./tooltip.tsx";

interface Props {
  label: string;
  /** null: there is nothing to draw. */
  model: ChartModel | null;
  /** Whether a stretch that is drawn with the mouse becomes that of all charts. */
  zooms: boolean;
  handle?: Ref<() => HTMLCanvasElement | null>;
}

/** Draws a model, follows it, and tells what is under the mouse. */
export function CurveCanvas({ label, model, zooms, handle }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<CurveChart | null>(null);
  const pointed = useSignal<Pointed | null>(null);
  /** Whether it is the keyboard that points: then what it says is for those, too, who hear it. */
  const isKeyed = useSignal(false);

  // In the frame that shows the rest of it; after that frame would be one later.
  useLayoutEffect(() => {
    if (!host.current || !model) {
      chart.current?.destroy();
      chart.current = null;
      return;
    }
    if (chart.current) return chart.current.update(model, inks());
    const events = {
      zoom: (from: number, to: number) => zooms && change({ range: [from, to] }),
      reset: () => zooms && change({ range: null }),
      point: (at: Omit<Pointed, "height"> | null) => {
        if (at || pointed.peek()) pointed.value = at && { ...at, height: (value) => chart.current?.height(value) ?? NaN };
      },
    };
    chart.current = new CurveChart(host.current, events, model, inks());
  }, [model]);
  useEffect(() => {
    const observer = new ResizeObserver(() => chart.current?.resize());
    if (host.current) observer.observe(host.current);
    const leave = hovered.subscribe((run) => chart.current?.highlight(run));
    return () => {
      observer.disconnect();
      leave();
      chart.current?.destroy();
    };
  }, []);
  useImperativeHandle(handle ?? null, () => () => chart.current?.canvas() ?? null, []);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !chart.current?.press(event.key)) return;
    isKeyed.value = true;
    event.preventDefault();
  };
  return (
    <>
      <div class="canvas" ref={host} role="img" tabIndex={0} aria-label={`${label}: curves`} onKeyDown={press} onBlur={() => chart.current?.press("Escape")} onMouseMove={() => (isKeyed.value = false)} />
      {pointed.value && model && <Tooltip model={model} at={pointed.value} isSpoken={isKeyed.value} />}
    </>
  );
}

function inks() {
  const style = getComputedStyle(document.documentElement);
  const ink = (name: string) => style.getPropertyValue(name).trim();
  return { ink: ink("--quiet"), grid: ink("--rule"), mark: ink("--mark") };
}
