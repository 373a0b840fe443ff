import { useSignal } from "@preact/signals";
import { deleteProject } from "../api/runs.ts";
import type { Project } from "../api/types.ts";
import { whole } from "../charts/format.ts";
import { refreshLists } from "../state/runs.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Doubt } from "../ui/doubt.tsx";
import { Problem } from "../ui/problem.tsx";

/** The end of a project, after a word of warning. */
export function ProjectDialog({ of, onClose }: { of: Project; onClose(): void }) {
  const error = useSignal<Error | null>(null);
  const remove = async () => {
    try {
      await deleteProject(of);
      onClose();
      await refreshLists();
    } catch (problem) {
      error.value = problem as Error;
    }
  };
  return (
    <Dialog title={`${of.workspace} / ${of.project}`} onClose={onClose}>
      <dl class="facts">
        <dt>Runs</dt><dd>{whole(of.runs)}</dd>
        <dt>Points</dt><dd>{whole(of.points)}</dd>
      </dl>
      {error.value && <Problem error={error.value} />}
      <Doubt onSure={() => void remove()}>
        This removes the project with all its runs and their {whole(of.points)} points from the server. It cannot be undone.
      </Doubt>
    </Dialog>
  );
}
