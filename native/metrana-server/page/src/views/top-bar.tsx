import { connection, follow, pause } from "../state/feed.ts";
import { isDark, theme } from "../state/theme.ts";
import { PAGES, type Page } from "../state/url.ts";
import { change, open, project, view } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";

const PAGE_NAMES: Record<Page, string> = { charts: "Charts", environments: "Environments", compare: "Compare", health: "Health" };

export function TopBar() {
  const here = project.value;
  return (
    <header class="top">
      <button type="button" class="brand" onClick={() => open(null)} aria-label="Metrana: all projects">
        <img src="/icon.svg" alt="" width="24" height="24" />
        <span>Metrana</span>
      </button>
      {here && (
        <>
          <span class="crumb" title={`${here.workspace} / ${here.project}`}>
            <span class="quiet">{here.workspace} / </span>{here.project}
          </span>
          <nav class="tabs" aria-label="Views">
            {PAGES.map((page) => (
              <button key={page} type="button" aria-current={view.value.page === page ? "page" : undefined} onClick={() => change({ page, full: null })}>
                {PAGE_NAMES[page]}
              </button>
            ))}
          </nav>
        </>
      )}
      <span class="spring" />
      <Live />
      <button type="button" class="icon" title={isDark.value ? "Light colours" : "Dark colours"} aria-label={isDark.value ? "Light colours" : "Dark colours"} onClick={() => (theme.value = isDark.value ? "light" : "dark")}>
        <Icon name={isDark.value ? "sun" : "moon"} />
      </button>
    </header>
  );
}

const STATES = {
  connecting: ["Connecting", "Stop following"],
  live: ["Live", "Stop following"],
  lost: ["Disconnected", "Try again now"],
  paused: ["Paused", "Follow again"],
} as const;

function Live() {
  const state = connection.value;
  const [name, action] = STATES[state];
  const act = state === "live" || state === "connecting" ? pause : follow;
  return (
    <>
      <span class="hidden" role="status">{name}</span>
      <button type="button" class={`live ${state}`} onClick={act} title={action} aria-label={`${name}. ${action}`}>
        <span class="dot" />
        <span>{name}</span>
      </button>
    </>
  );
}
