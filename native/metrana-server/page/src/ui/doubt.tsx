import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

/** A button that deletes, but says first what that means. */
export function Doubt({ onSure, children }: { onSure(): void; children: ComponentChildren }) {
  const isAsked = useSignal(false);
  if (!isAsked.value) return <button type="button" class="danger" onClick={() => (isAsked.value = true)}>Delete…</button>;
  return (
    <div class="warning" role="alert">
      <p>{children}</p>
      <div class="row">
        <button type="button" class="danger" onClick={onSure}>Delete for good</button>
        <button type="button" onClick={() => (isAsked.value = false)}>Keep it</button>
      </div>
    </div>
  );
}
