import { useSignal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { Icon } from "../ui/icon.tsx";
import { nameOf } from "../state/runs.ts";
import { RunDialog } from "./run-dialog.tsx";

/** What can be done with a run. */
export function RunMenu({ run }: { run: Run }) {
  const isOpen = useSignal(false);
  return (
    <>
      <button type="button" class="icon" title="More" aria-label={`More about ${nameOf(run)}`} onClick={() => (isOpen.value = true)}>
        <Icon name="more" />
      </button>
      {isOpen.value && <RunDialog run={run} onClose={() => (isOpen.value = false)} />}
    </>
  );
}
