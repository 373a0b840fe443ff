import { useEffect, useRef } from "preact/hooks";

/** How far out of sight the end of a list calls for more of it. */
const MARGIN = "800px";

/** The end of a list that has more: it comes when one scrolls there, or when it is asked for. */
export function More({ label, onMore }: { label: string; onMore(): void }) {
  const host = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const root = host.current?.closest("#contents") ?? null;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onMore(), { root, rootMargin: MARGIN });
    if (host.current) observer.observe(host.current);
    return () => observer.disconnect();
    // Anew for each label: an end that is still in sight after more came tells nothing by itself.
  }, [label]);
  return <button type="button" class="more" ref={host} onClick={onMore}>{label}</button>;
}
