import "uplot/dist/uPlot.min.css";
import "./ui/page.css";
import { render } from "preact";
import { prepareFormats } from "./charts/format.ts";
import { followCurves } from "./state/curves.ts";
import { begin } from "./state/feed.ts";
import { followRuns } from "./state/runs.ts";
import { access, enter } from "./state/session.ts";
import { followTheme } from "./state/theme.ts";
import { followUrl } from "./state/view.ts";
import { App } from "./views/app.tsx";

followTheme();
followUrl();
render(<App />, document.getElementById("page") as HTMLElement);

const stop = access.subscribe((now) => {
  if (now !== "given") return;
  // Not before: without access every question would be refused.
  queueMicrotask(() => stop());
  // The first thing that the server tells is that everything is new: whoever had read it by then would read it again.
  void begin().then(() => {
    followRuns();
    followCurves();
  });
});
void enter();
// Meanwhile the server answers.
setTimeout(prepareFormats);
