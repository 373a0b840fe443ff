import { getJson, request, sendJson } from "./request.ts";
import type { Attributes, Counts, Project, Run, Series, Server } from "./types.ts";

/** Who a project is. */
export interface ProjectId {
  organization: string | null;
  workspace: string;
  project: string;
}

const run = (id: string) => `/api/v1/runs/${encodeURIComponent(id)}`;

export const readServer = () => getJson<Server>("/api/v1/server");

export const readProjects = async () => (await getJson<{ projects: Project[] }>("/api/v1/projects")).projects;

/** The newest first. */
export async function readRuns({ organization, workspace, project }: ProjectId): Promise<Run[]> {
  const query = new URLSearchParams({ organization: organization ?? "", workspace, project, order: "created_last" });
  return (await getJson<{ runs: Run[] }>(`/api/v1/runs?${query}`)).runs;
}

/** What a run holds. */
export interface Holding {
  run: string;
  series: Series[];
  attributes?: Attributes;
}

/** How many runs the server takes in one question. */
const MOST_RUNS = 1000;

/** Reads what runs hold, those that are there. One question is for many of them: browsers have few connections. */
export async function readHoldings(ids: readonly string[], attributes: boolean): Promise<Holding[]> {
  const all: Holding[] = [];
  let from = 0;
  while (from < ids.length) {
    const asked = ids.slice(from, from + MOST_RUNS);
    const answer = await sendJson("POST", "/api/v1/series", { runs: asked, attributes });
    const { runs, next } = (await answer.json()) as { runs: Holding[]; next: number | null };
    all.push(...runs);
    from += next ?? asked.length;
  }
  return all;
}

export const readCounts = (id: string) => getJson<Counts>(`${run(id)}/counts`);

/** What people say about a run, whatever its program logs. */
export interface RunEdit {
  name?: string | null;
  notes?: string | null;
  tags?: string[];
  hidden?: boolean;
  pinned?: boolean;
}

export const editRun = (id: string, edit: RunEdit) => sendJson("PATCH", run(id), edit);

/** Removes a project with all its runs. */
export function deleteProject({ organization, workspace, project }: ProjectId) {
  const query = new URLSearchParams({ workspace, project, ...(organization === null ? {} : { organization }) });
  return request(`/api/v1/projects?${query}`, { method: "DELETE" });
}

export const deleteRun = (id: string) => request(run(id), { method: "DELETE" });

/** Gets a cookie for the server's key or for a ticket. */
export const logIn = (reason: { key: string } | { ticket: string }) => sendJson("POST", "/api/v1/session", reason);
