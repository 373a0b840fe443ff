import { computed } from "@preact/signals";
import { attributesOf, shown } from "../state/runs.ts";
import { change, view } from "../state/view.ts";
import { SPREADS } from "../state/url.ts";
import { Icon } from "../ui/icon.tsx";
import { written } from "../ui/attribute.ts";

const CONFIG = "config/";

/** The attributes that differ between the shown runs: those that make groups. */
const keys = computed(() => {
  const values = new Map<string, Set<string>>();
  for (const run of shown.value) {
    for (const [path, attribute] of Object.entries(attributesOf.value.get(run.run_id) ?? {})) {
      if (!path.startsWith(CONFIG)) continue;
      const known = values.get(path);
      if (known) known.add(written(attribute));
      else values.set(path, new Set([written(attribute)]));
    }
  }
  return [...values.keys()].sort();
});

/** The group of a run; null: runs stand by themselves. */
export const groupOf = computed(() => {
  const { groups } = view.value;
  if (groups.length === 0) return null;
  const attributes = attributesOf.value;
  return (run: string) => groups.map((key) => `${key.replace(CONFIG, "")}: ${written(attributes.get(run)?.[key]) || "none"}`).join(", ");
});

/** By what runs become groups, one key or several, and how groups are drawn. */
export function GroupChoice() {
  const { groups, spread, members } = view.value;
  const others = keys.value.filter((key) => !groups.includes(key));
  if (others.length === 0 && groups.length === 0) return null;
  return (
    <>
      <label class="row">
        <span class="quiet">Group by</span>
        <select value="" onChange={(event) => event.currentTarget.value && change({ groups: [...groups, event.currentTarget.value] })}>
          <option value="">{groups.length === 0 ? "nothing" : "another key, too …"}</option>
          {others.map((key) => <option key={key} value={key}>{key.replace(CONFIG, "")}</option>)}
        </select>
      </label>
      {groups.length > 0 && (
        <div class="row wrap">
          {groups.map((key) => (
            <button key={key} type="button" aria-label={`Do not group by ${key.replace(CONFIG, "")}`} onClick={() => change({ groups: groups.filter((one) => one !== key) })}>
              {key.replace(CONFIG, "")} <Icon name="close" />
            </button>
          ))}
          <select aria-label="Beside the mean" value={spread} onChange={(event) => change({ spread: SPREADS.find((one) => one === event.currentTarget.value) ?? "range" })}>
            <option value="range">least to greatest</option>
            <option value="deviation">standard deviation</option>
          </select>
          <label class="row"><input type="checkbox" checked={members} onChange={() => change({ members: !members })} /> <span class="quiet">Runs, too</span></label>
        </div>
      )}
    </>
  );
}
