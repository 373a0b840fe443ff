/** Tells what went wrong, in the server's words. */
export function Problem({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <span>{error.message}</span>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}
