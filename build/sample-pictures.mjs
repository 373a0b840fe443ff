#!/usr/bin/env node
// Makes the pictures of docs/logging.md, mlflow.md, syvain.md and tensorboard.md: the samples run, and the page of the local server shows
// what they logged. Before it: dotnet build, and npm ci in native/metrana-server/page.
//   node build/sample-pictures.mjs docs/images
//   METRANA_SERVER        the server that shows the page [target/debug/metrana-server]
//   MLFLOW_TRACKING_URI   an MLflow that the first sample logs to as well
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { newPage, startBrowser } from "../native/metrana-server/page/test/browser/browser.mjs";
import { startServer } from "../native/metrana-server/page/test/server.mjs";
import { smallPng } from "../native/metrana-server/page/test/small-png.mjs";

const root = join(import.meta.dirname, "..");
const folder = process.argv[2];
if (!folder) throw new Error("where to? node build/sample-pictures.mjs FOLDER");

const server = await startServer("--open");
const browser = await startBrowser();
const kept = await mkdtemp(join(tmpdir(), "metrana-pictures-"));
try {
  const mlflow = process.env.MLFLOW_TRACKING_URI;
  await sample("samples/Telemetry", "--endpoint", server.url, "--run", "bandit", ...(mlflow ? ["--mlflow", mlflow] : []));
  const bandit = page("bandit", "&columns=2");
  await picture("logging", { colorScheme: "light", viewport: { width: 1280, height: 760 } }, `${bandit}&metrics=actor/mean_return|actor/min_return|trainer/entropy|trainer/global_grad_norm`, 4);
  await picture("mlflow", { colorScheme: "dark", viewport: { width: 1280, height: 460 } }, `${bandit}&metrics=trainer/entropy|trainer/global_grad_norm&smooth=0.6`, 2);
  await sample("samples/Destinations", "--endpoint", server.url, "--folder", kept);
  await picture("syvain", { colorScheme: "light", viewport: { width: 1100, height: 520 } }, page("destinations"), 1);
  await sample("src/Metrana.Tool", "import", join(kept, "tensorboard"), "--url", server.url, "--project", "destinations", "--name", "from-tensorboard");
  await picture("tensorboard", { colorScheme: "dark", viewport: { width: 1100, height: 520 } }, page("destinations"), 1);
} finally {
  await browser.close();
  await server.stop();
  await rm(kept, { recursive: true, force: true });
}

function page(project, more = "") {
  return `${server.url}/?workspace=local&project=${project}${more}`;
}

/** Runs a program to its end. */
async function sample(project, ...parameters) {
  const program = spawn("dotnet", [join(root, project, "bin/Debug/net10.0", `${basename(project)}.dll`), ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [program.stdout, program.stderr]) stream.on("data", (chunk) => (said += chunk));
  const code = await new Promise((done) => program.on("exit", done));
  if (code !== 0) throw new Error(`${project} ended with ${code}: ${said}`);
}

async function picture(name, options, address, charts) {
  const { page, context, complaints } = await newPage(browser, server.url, options);
  await page.goto(address);
  await page.locator(".plot[data-points] canvas").nth(charts - 1).waitFor();
  await page.waitForFunction(() => !document.querySelector('[data-loading="true"]'));
  // Until charts that came into sight are drawn.
  await page.waitForTimeout(800);
  const plain = await browser.newPage();
  await writeFile(join(folder, `${name}.png`), await smallPng(plain, await page.screenshot()));
  await plain.close();
  if (complaints.length > 0) throw new Error(complaints.join("\n"));
  await context.close();
}
