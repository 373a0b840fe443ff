import { useSignal } from "@preact/signals";
import type { Project } from "../api/types.ts";
import { ago, whole } from "../charts/format.ts";
import { projects } from "../state/runs.ts";
import { open } from "../state/view.ts";
import { now } from "../ui/clock.ts";
import { Problem } from "../ui/problem.tsx";
import { Icon } from "../ui/icon.tsx";
import { ProjectDialog } from "./project-dialog.tsx";
import { FirstSteps } from "./first-steps.tsx";

export function ProjectList() {
  const { value, error } = projects.value;
  if (!value) return error ? <Problem error={error} /> : <p class="notice" role="status">Loading projects…</p>;
  if (value.length === 0) return <FirstSteps />;
  const newestFirst = [...value].sort((a, b) => Number(b.last_created_at_millis) - Number(a.last_created_at_millis));
  return (
    <main class="plain">
      <h1>Projects</h1>
      {error && <Problem error={error} />}
      <ul class="cards">
        {newestFirst.map((one) => (
          <ProjectCard key={`${one.organization}/${one.workspace}/${one.project}`} of={one} />
        ))}
      </ul>
    </main>
  );
}

function ProjectCard({ of }: { of: Project }) {
  const isOpen = useSignal(false);
  return (
    <li>
      <button type="button" class="card project" onClick={() => open({ organization: of.organization, workspace: of.workspace, project: of.project })}>
        <span class="quiet">{[of.organization, of.workspace].filter(Boolean).join(" / ")}</span>
        <strong>{of.project}</strong>
        <span class="figures">
          <span>{whole(of.runs)} {of.runs === "1" ? "run" : "runs"}</span>
          <span>{whole(of.points)} points</span>
          <span>newest {ago(Number(of.last_created_at_millis), now.value)}</span>
        </span>
      </button>
      <button type="button" class="icon corner" aria-label={`More about ${of.project}`} onClick={() => (isOpen.value = true)}><Icon name="more" /></button>
      {isOpen.value && <ProjectDialog of={of} onClose={() => (isOpen.value = false)} />}
    </li>
  );
}
