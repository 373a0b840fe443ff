// All tests of the page: those of pure code, and those in a browser. What is missing is an error.
//   node test/run.mjs           all
//   node test/run.mjs --short   without those that are marked as thorough: what every build can afford
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const files = ["unit", "browser"].flatMap((folder) =>
  readdirSync(join(here, folder)).filter((name) => name.endsWith(".test.mjs")).map((name) => join(here, folder, name)),
);
const env = process.argv.includes("--short") ? { ...process.env, PAGE_TESTS: "short" } : process.env;
// One after the other: browsers that share a machine's cores would wait for each other.
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...files], { stdio: "inherit", env });
process.exit(status ?? 1);
