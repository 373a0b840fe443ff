import { useSignal } from "@preact/signals";
import { COMMANDS, PROGRAM } from "./first-program.ts";

/** What a server without runs shows: a program that makes one. */
export function FirstSteps() {
  return (
    <main class="plain first">
      <h1>No runs yet</h1>
      <p>Runs appear here as soon as a program logs to this server. Make a project beside the folder <code>Metrana.Native</code>:</p>
      <ToPaste label="Commands that make a project" text={COMMANDS} />
      <p>Put this into its <code>Program.cs</code>, and start it with <code>dotnet run --project Walker</code>. It finds this server by itself:</p>
      <ToPaste label="A program that logs a run" text={PROGRAM} />
    </main>
  );
}

function ToPaste({ label, text }: { label: string; text: string }) {
  const isCopied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    isCopied.value = true;
  };
  return (
    <div class="program">
      <pre tabIndex={0} role="region" aria-label={label}><code>{text}</code></pre>
      <button type="button" onClick={() => void copy()}>{isCopied.value ? "Copied" : "Copy"}</button>
    </div>
  );
}
