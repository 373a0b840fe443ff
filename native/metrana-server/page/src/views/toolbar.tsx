import { AXES } from "../api/types.ts";
import { AXIS_NAMES, place } from "../charts/format.ts";
import { hasEvaluation, metricMatcher } from "../state/charts.ts";
import { ORDERS, type Order } from "../state/url.ts";
import { change, view } from "../state/view.ts";
import { FilterBox } from "../ui/filter-box.tsx";
import { CHART_KEYS, KEYS } from "../ui/keys.ts";

const ORDER_NAMES: Record<Order, string> = { name: "by name", points: "most points", newest: "newest first" };
const ALL_KEYS = [...Object.entries(KEYS).map(([key, { does }]) => `${key}: ${does}`), ...Object.entries(CHART_KEYS).map((one) => one.join(": "))];
const COLUMNS = [0, 1, 2, 3, 4];

/** What holds for all charts. */
export function Toolbar() {
  const { x, smoothing, logX, logY, range, columns, metricFilter, order, apart } = view.value;
  return (
    <div class="toolbar" role="toolbar" aria-label="All charts">
      <FilterBox id="metric-filter" label="Filter metrics" value={metricFilter} problem={metricMatcher.value.problem} onChange={(value) => change({ metricFilter: value })} />
      <label>
        <span>X axis</span>
        <select value={x} onChange={(event) => change({ x: AXES.find((axis) => axis === event.currentTarget.value) ?? "step", range: null })}>
          {AXES.map((axis) => <option key={axis} value={axis}>{AXIS_NAMES[axis]}</option>)}
        </select>
      </label>
      <label class="smoothing">
        <span>Smoothing</span>
        <input type="range" min="0" max="0.99" step="0.01" value={smoothing} onInput={(event) => change({ smoothing: Number(event.currentTarget.value) })} />
        <output>{smoothing.toFixed(2)}</output>
      </label>
      <label><input type="checkbox" checked={logY} onChange={() => change({ logY: !logY })} /> Log y</label>
      <label><input type="checkbox" checked={logX} onChange={() => change({ logX: !logX })} /> Log x</label>
      <label class="columns">
        <span>Columns</span>
        <select value={columns} onChange={(event) => change({ columns: Number(event.currentTarget.value) })}>
          {COLUMNS.map((count) => <option key={count} value={count}>{count === 0 ? "auto" : count}</option>)}
        </select>
      </label>
      <label>
        <span>Order</span>
        <select value={order} onChange={(event) => change({ order: ORDERS.find((one) => one === event.currentTarget.value) ?? "name" })}>
          {ORDERS.map((one) => <option key={one} value={one}>{ORDER_NAMES[one]}</option>)}
        </select>
      </label>
      {hasEvaluation.value && <label title="Metrics named eval/… on the charts of those of the training"><input type="checkbox" checked={!apart} onChange={() => change({ apart: !apart })} /> Evaluation with training</label>}
      {range && (
        <button type="button" class="primary" onClick={() => change({ range: null })} title={`${place(range[0], x)} to ${place(range[1], x)}`}>
          Reset zoom
        </button>
      )}
      <span class="spring" />
      <span class="quiet keys" tabIndex={0} title={ALL_KEYS.join("\n")} aria-label={`Keys. ${ALL_KEYS.join(", ")}`} role="note">Keys</span>
    </div>
  );
}
