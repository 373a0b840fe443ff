import { computed } from "@preact/signals";
import { change, view } from "./view.ts";

const range = computed(() => {
  const { x, range } = view.value;
  return (x === "step" || x === "rl_step") && range ? range : null;
});

/** The zoom, where it is one along steps of the training: what is always drawn along those has it then. */
export const stepRange = {
  get value() {
    return range.value;
  },
  zoom(from: number, to: number) {
    const { x } = view.peek();
    const begin = Math.max(0, Math.floor(from));
    change({ x: x === "step" ? x : "rl_step", range: [begin, Math.max(begin + 1, Math.ceil(to))] });
  },
};
