import { computed, effect, signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const KEPT_AS = "metrana.theme";

const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);
system.addEventListener("change", () => {
  systemIsDark.value = system.matches;
});

/** Belongs to the person, not to the view: it is kept in the browser and not in the URL. */
export const theme = signal<Theme>(THEMES.find((known) => known === localStorage.getItem(KEPT_AS)) ?? "system");

export const isDark = computed(() => (theme.value === "system" ? systemIsDark.value : theme.value === "dark"));

export function followTheme() {
  effect(() => {
    localStorage.setItem(KEPT_AS, theme.value);
    document.documentElement.dataset["theme"] = isDark.value ? "dark" : "light";
  });
}
