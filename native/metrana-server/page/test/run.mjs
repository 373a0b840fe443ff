// All tests of the page: those of pure code, and those in a browser. Nothing is skipped: what is missing is an error.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const files = ["unit", "browser"].flatMap((folder) =>
  readdirSync(join(here, folder)).filter((name) => name.endsWith(".test.mjs")).map((name) => join(here, folder, name)),
);
// One after the other: browsers that share a machine's cores would wait for each other.
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...files], { stdio: "inherit" });
process.exit(status ?? 1);
