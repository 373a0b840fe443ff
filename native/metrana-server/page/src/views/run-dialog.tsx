import { useSignal } from "@preact/signals";
import { deleteRun } from "../api/runs.ts";
import type { Run } from "../api/types.ts";
import { whole } from "../charts/format.ts";
import { edit, nameOf, refreshLists } from "../state/runs.ts";
import { change, view } from "../state/view.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Doubt } from "../ui/doubt.tsx";
import { Problem } from "../ui/problem.tsx";
import { STATUS_NAMES } from "./run-list.tsx";

/** A run in figures, what people say about it, and its end, after a word of warning. */
export function RunDialog({ run, onClose }: { run: Run; onClose(): void }) {
  const error = useSignal<Error | null>(null);
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      onClose();
    } catch (problem) {
      error.value = problem as Error;
    }
  };
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const tags = text("tags").split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
    void attempt(() => edit(run, { name: text("name") || null, notes: text("notes") || null, tags }));
  };
  const remove = () =>
    attempt(async () => {
      await deleteRun(run.run_id);
      const { runs } = view.peek();
      if (Array.isArray(runs)) change({ runs: runs.filter((id) => id !== run.run_id) });
      await refreshLists();
    });
  return (
    <Dialog title={nameOf(run)} onClose={onClose}>
      <form onSubmit={save}>
        <label class="field"><span>Name</span><input name="name" defaultValue={run.name ?? ""} placeholder={run.run_name} autocomplete="off" /></label>
        <label class="field"><span>Tags, with commas between them</span><input name="tags" defaultValue={(run.tags ?? []).join(", ")} autocomplete="off" /></label>
        <label class="field"><span>Notes</span><textarea name="notes" rows={3} defaultValue={run.notes ?? ""} /></label>
        <div class="row">
          <button type="submit" class="primary">Save</button>
          <button type="button" onClick={() => void attempt(() => edit(run, { hidden: !run.hidden }))}>{run.hidden ? "Show in the list" : "Hide from the list"}</button>
        </div>
      </form>
      <dl class="facts">
        <dt>Logged as</dt><dd>{run.run_name}</dd>
        <dt>Status</dt><dd>{STATUS_NAMES[run.status]}{run.close_message ? `: ${run.close_message}` : ""}</dd>
        <dt>Created</dt><dd>{new Date(Number(run.created_at_millis)).toLocaleString()}</dd>
        <dt>Last contact</dt><dd>{new Date(Number(run.last_contact_millis)).toLocaleString()}</dd>
        <dt>Points</dt><dd>{whole(run.points)} in {whole(run.series)} series</dd>
        {run.experiment && <><dt>Experiment</dt><dd>{run.experiment}</dd></>}
        {run.fork_point && <><dt>Branched off</dt><dd>{run.fork_point.parent_run_name}, step {whole(run.fork_point.fork_step)}</dd></>}
        <dt>Id</dt><dd><code>{run.run_id}</code></dd>
      </dl>
      {error.value && <Problem error={error.value} />}
      <Doubt onSure={() => void remove()}>
        This removes the run with its {whole(run.points)} points from the server. It cannot be undone.
        {run.status === "running" && " A program is still logging to it."}
      </Doubt>
    </Dialog>
  );
}
