import { useEffect } from "preact/hooks";
import { connection, follow, pause } from "../state/feed.ts";
import { change, view } from "../state/view.ts";

/** What keys do, where nothing is being typed. */
export const KEYS: Record<string, { does: string; act(): void }> = {
  "/": { does: "filter metrics", act: () => focus("metric-filter") },
  r: { does: "filter runs", act: () => focus("run-filter") },
  l: { does: "logarithmic y axis", act: () => change({ logY: !view.peek().logY }) },
  p: { does: "pause", act: () => (connection.peek() === "paused" ? follow() : pause()) },
  "0": { does: "reset the zoom", act: () => change({ range: null }) },
  Escape: { does: "leave the full screen", act: () => change({ full: null }) },
};

/** What keys do on a chart of curves that has the focus. */
export const CHART_KEYS = { "← →": "read the curves of a chart", "+ −": "zoom a chart" };

const focus = (id: string) => document.getElementById(id)?.focus();

export function useKeys() {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const key = KEYS[event.key];
      if (!key) return;
      event.preventDefault();
      key.act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.matches("input, select, textarea") || target.closest("dialog[open]") !== null);
