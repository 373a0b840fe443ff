// Makes dist/ from src/. With --check it changes nothing and fails when dist/ is not what the sources make, or is too large.
import { build } from "esbuild";
import { readFile, writeFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LARGEST_GZIPPED = 120 * 1024;
const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");

const bundled = await build({
  absWorkingDir: here,
  entryPoints: [{ in: "src/main.tsx", out: "page" }],
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  banner: { js: "// Made by `npm run build` from src/.", css: "/* Made by `npm run build` from src/. */" },
  jsx: "automatic",
  jsxImportSource: "preact",
  write: false,
});
const files = new Map(bundled.outputFiles.map((file) => [file.path.slice(dist.length + 1), Buffer.from(file.contents)]));
for (const name of ["index.html", "icon.svg"]) files.set(name, await readFile(join(here, "src", name)));

let gzipped = 0;
let stale = 0;
await mkdir(dist, { recursive: true });
for (const [name, contents] of [...files].sort()) {
  gzipped += gzipSync(contents, { level: 9 }).length;
  const path = join(dist, name);
  if (process.argv.includes("--check")) {
    const kept = await readFile(path).catch(() => undefined);
    if (!kept?.equals(contents)) {
      console.error(`dist/${name} is not what the sources make; run: npm ci && npm run build`);
      stale += 1;
    }
  } else {
    await writeFile(path, contents);
  }
}
console.log(`${files.size} files, ${(gzipped / 1024).toFixed(1)} KiB gzipped`);
if (gzipped > LARGEST_GZIPPED) console.error(`that is more than ${LARGEST_GZIPPED / 1024} KiB`);
process.exitCode = stale > 0 || gzipped > LARGEST_GZIPPED ? 1 : 0;
