/** Says that not everything is shown, and nothing where it is. */
export function LeftOut({ of, shown, what, hint = "" }: { of: number; shown: number; what: string; hint?: string }) {
  if (of <= shown) return null;
  return <p class="quiet left-out" role="note">The first {shown.toLocaleString("en")} of {of.toLocaleString("en")} {what}.{hint && ` ${hint}`}</p>;
}
