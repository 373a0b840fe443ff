import { useSignal } from "@preact/signals";
import { show } from "../state/session.ts";

/** Asks for the server's key, which never stands in a URL and is not kept by the page. */
export function Login() {
  const problem = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    isBusy.value = true;
    problem.value = await show(String(new FormData(form).get("key") ?? ""));
    isBusy.value = false;
  };
  return (
    <main class="login">
      <form onSubmit={submit}>
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>Metrana</h1>
        <p>This server shows its runs to whoever has its key.</p>
        <p>On its machine, <code>metrana ui</code> opens this page without asking. The key is in the file <code>token</code> of the server's data directory, or in the file that the server was told to take it from.</p>
        <label>
          Key
          <input name="key" type="password" autocomplete="current-password" required autofocus aria-invalid={problem.value !== null} />
        </label>
        {problem.value && <p class="error" role="alert">{problem.value}</p>}
        <button type="submit" class="primary" disabled={isBusy.value}>Show the runs</button>
      </form>
    </main>
  );
}
