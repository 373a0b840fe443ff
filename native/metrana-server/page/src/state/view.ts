import { batch, computed, effect, signal } from "@preact/signals";
import type { ProjectId } from "../api/runs.ts";
import { type View, readView, writeView } from "./url.ts";

/** Everything that the user chose. The URL holds it whole, so that a link shows what its sender saw. */
export const view = signal<View>(readView(location.search));

export const change = (wish: Partial<View>) => {
  view.value = { ...view.peek(), ...wish };
};

/** Goes to a project, or with null to the list of projects; the way back is the browser's. */
export function open(project: ProjectId | null) {
  const { x, smoothing, columns } = view.peek();
  batch(() => {
    view.value = { ...readView(""), x, smoothing, columns, project };
  });
  history.pushState(null, "", address());
}

const address = () => `${location.pathname}${writeView(view.peek())}`;

/** Parts of the view that are watched apart, so that a change of one does not redraw what needs another. */
export const project = computed(() => view.value.project, );
export const projectKey = computed(() => JSON.stringify(view.value.project));
export const axis = computed(() => view.value.x);
export const range = computed(() => view.value.range);
export const smoothing = computed(() => view.value.smoothing);

/** Keeps the URL and the view together. */
export function followUrl() {
  addEventListener("popstate", () => {
    view.value = readView(location.search);
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    view.value;
    // Browsers take only so many changes a second.
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.search !== writeView(view.peek())) history.replaceState(null, "", address());
    }, 150);
  });
}
