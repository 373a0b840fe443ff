import { useSignal } from "@preact/signals";

const PROGRAM = `using Metrana;

using var run = Run.Start(new RunOptions
{
    Workspace = "lab", Project = "first", Name = $"run-{DateTime.Now:HHmmss}",
});
var random = new Random(1);
for (var step = 0; step < 5000; step++)
{
    run.Log("train/loss", Math.Exp(-step / 1500.0) + 0.05 * random.NextDouble());
    if (step % 50 == 0) Thread.Sleep(100); // so that the curve can be seen growing
}`;

/** What a server without runs shows: a program that makes one. */
export function FirstSteps() {
  const isCopied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(PROGRAM);
    isCopied.value = true;
  };
  return (
    <main class="plain first">
      <h1>No runs yet</h1>
      <p>Runs appear here as soon as a program logs to this server. This one finds it by itself and draws a curve while you watch:</p>
      <div class="program">
        <pre tabIndex={0} aria-label="A program that logs a run"><code>{PROGRAM}</code></pre>
        <button type="button" onClick={copy}>{isCopied.value ? "Copied" : "Copy"}</button>
      </div>
    </main>
  );
}
