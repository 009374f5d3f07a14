/** `npm run check`: lint, format, layers, sizes and the quick tests (types were checked by the build before it). */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkLayers } from "./layers.ts";
import { filesUnder, linesOf, readAll, root } from "./sources.ts";
import { runTests, testFiles } from "./test.ts";

const longestFile = 400;

/** Tables of data, which may be long: each with what it is a table of. */
const tables: Readonly<Record<string, string>> = {};

/** Problems found, one line each. */
type Check = () => string[];

const checks: Readonly<Record<string, Check>> = {
  "lint and format": () => {
    const biome = join(root, "node_modules/.bin/biome");
    const { status } = spawnSync(
      biome,
      ["check", "--error-on-warnings", `--colors=${process.stdout.isTTY ? "force" : "off"}`],
      { cwd: root, stdio: "inherit" },
    );
    return status === 0 ? [] : ["see above; most of it is mended by: npx biome check --write"];
  },
  layers: () => checkLayers(readAll(filesUnder(["kernel", "tensor", "scripts"], [".ts"]))),
  sizes: () => {
    const files = readAll(
      filesUnder(["kernel", "tensor", "native", "scripts"], [".ts", ".mjs", ".cc", ".inc", ".h"]),
    );
    printSizes(files);
    return [...files].flatMap(([path, text]) => {
      const lines = linesOf(text);
      if (lines <= longestFile || path.includes(".test.") || Object.hasOwn(tables, path)) return [];
      return [`${path}: ${lines} lines: at most ${longestFile} are allowed in one file of logic`];
    });
  },
};

/** Lines of source and of tests in each top-level folder. */
function printSizes(files: ReadonlyMap<string, string>): void {
  const totals = new Map<string, { source: number; test: number }>();
  for (const [path, text] of files) {
    const folder = path.split("/")[0] ?? path;
    const total = totals.get(folder) ?? { source: 0, test: 0 };
    total[/\.test\.|\/test\//.test(path) ? "test" : "source"] += linesOf(text);
    totals.set(folder, total);
  }
  for (const [folder, { source, test }] of totals)
    console.log(
      `  ${folder.padEnd(8)} ${String(source).padStart(6)} lines and ${String(test).padStart(6)} of tests`,
    );
}

let problems = 0;
for (const [name, check] of Object.entries(checks)) {
  console.log(`check: ${name}`);
  for (const line of check()) {
    console.log(`  ${line}`);
    problems++;
  }
}
console.log("check: quick tests");
problems += await runTests(testFiles([], true));
console.log(problems ? `check: ${problems} problems` : "check: all well");
process.exitCode = problems ? 1 : 0;
