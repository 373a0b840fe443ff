import { access, enter } from "../state/session.ts";
import { project } from "../state/view.ts";
import { Login } from "./login.tsx";
import { ProjectList } from "./project-list.tsx";
import { ProjectView } from "./project-view.tsx";
import { TopBar } from "./top-bar.tsx";

export function App() {
  switch (access.value) {
    case "asking":
      return <p class="notice" role="status">Loading…</p>;
    case "needed":
      return <Login />;
    case "unreachable":
      return (
        <div class="notice" role="alert">
          <h1>The server does not answer</h1>
          <p>Is it still running? It prints its address when it starts.</p>
          <button type="button" class="primary" onClick={() => void enter()}>Try again</button>
        </div>
      );
    case "given":
      return (
        <>
          <TopBar />
          {project.value ? <ProjectView /> : <ProjectList />}
        </>
      );
  }
}
