import { charts } from "../state/charts.ts";
import { change } from "../state/view.ts";
import { Icon } from "../ui/icon.tsx";
import { Card } from "./card.tsx";
import { Toolbar } from "./toolbar.tsx";

/** One chart alone, as large as the page. */
export function FullChart({ id }: { id: string }) {
  const spec = charts.value.find((chart) => chart.key === id);
  return (
    <div class="full">
      <Toolbar />
      <button type="button" onClick={() => change({ full: null })}><Icon name="close" /> All charts</button>
      {spec ? <Card spec={spec} /> : <p class="notice">The shown runs have no such metric.</p>}
    </div>
  );
}
