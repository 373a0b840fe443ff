import { computed } from "@preact/signals";
import { attributesOf, shown } from "../state/runs.ts";
import { change, view } from "../state/view.ts";
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
  const { group } = view.value;
  if (!group) return null;
  const attributes = attributesOf.value;
  const name = group.replace(CONFIG, "");
  return (run: string) => `${name}: ${written(attributes.get(run)?.[group]) || "none"}`;
});

export function GroupChoice() {
  const { group } = view.value;
  const all = group && !keys.value.includes(group) ? [group, ...keys.value] : keys.value;
  if (all.length === 0) return null;
  return (
    <label class="row">
      <span class="quiet">Group by</span>
      <select value={group ?? ""} onChange={(event) => change({ group: event.currentTarget.value || null })}>
        <option value="">nothing</option>
        {all.map((key) => <option key={key} value={key}>{key.replace(CONFIG, "")}</option>)}
      </select>
    </label>
  );
}
