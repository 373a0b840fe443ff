// Makes a module of the page's sources loadable here.
import { build } from "esbuild";
import { join } from "node:path";

export async function load(path) {
  const { outputFiles } = await build({ entryPoints: [join(import.meta.dirname, "../../src", path)], bundle: true, format: "esm", platform: "neutral", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
