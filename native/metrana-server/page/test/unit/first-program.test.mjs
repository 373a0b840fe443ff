import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./load.mjs";

const { COMMANDS, PROGRAM } = await load("views/first-program.ts");

// The README's programs are compiled and run by the tests of the documents.
test("a server without runs shows the README's first program and the commands that make its project", async () => {
  const readme = await readFile(join(import.meta.dirname, "../../../../../README.md"), "utf8");
  const [program] = [...readme.matchAll(/```csharp\n([^]*?)\n```/g)].map(([, text]) => text);
  assert.equal(PROGRAM, program);
  assert.ok(readme.includes(`\`\`\`\n${COMMANDS}\n\`\`\``), COMMANDS);
});
