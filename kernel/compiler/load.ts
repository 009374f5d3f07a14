/** Loads the `typescript` package through a code cache: compiling its 9 MB anew costs more than a first cell. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const require = createRequire(import.meta.url);
const source = require.resolve("typescript");

/** The root of this package: where `package.json` is. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** What this package makes for itself when it is built or first run. */
export const madeFolder = join(packageRoot, "dist", "declarations");

const { version } = require("typescript/package.json") as { version: string };
const cacheFile = join(madeFolder, `typescript-${version}-${process.version}-${process.arch}.cache`);

let script: vm.Script | undefined;

/** What is put into the package's text, each at a place that occurs once. */
const insertions: readonly (readonly [before: string, text: string])[] = [
  // A checker counts mistakes: after ten unknown names it suggests none, after one function that is too large it
  // analyses no control flow. Ours outlives the cell that made them.
  [
    "var suggestionCount = 0;",
    "host.forgetMistakes = () => { suggestionCount = 0; flowAnalysisDisabled = false; };",
  ],
  // Its table of globals becomes one that fills itself.
  [
    "globalThisSymbol.exports = globals;",
    "if (host.openGlobals) globals = host.openGlobals(mergeSymbolTable);",
  ],
];

function withInsertions(text: string): string {
  let made = text;
  for (const [before, inserted] of insertions) {
    const at = made.indexOf(before);
    if (at < 0)
      throw new Error(`internal: ${source} has no "${before}": it is not the version that is pinned`);
    made = made.slice(0, at) + inserted + made.slice(at);
  }
  return made;
}

/** The package's exports. */
export function loadTypeScript(): unknown {
  const text = withInsertions(readFileSync(source, "utf8"));
  const cachedData = readIfThere(cacheFile);
  const made = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: source,
    ...(cachedData && { cachedData }),
  });
  if (!cachedData || made.cachedDataRejected) script = made;
  const module = { exports: {} };
  made.runInThisContext()(module.exports, require, module, source, dirname(source));
  return module.exports;
}

/** Writes the cache, if this process compiled the package itself; call it when the functions in use are compiled. */
export function saveTypeScript(): void {
  if (!script) return;
  try {
    mkdirSync(madeFolder, { recursive: true });
    const temporary = `${cacheFile}.${process.pid}`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, cacheFile);
  } catch {
    // A folder that cannot be written only makes the next start slower.
  }
  script = undefined;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function findRoot(from: string): string {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (dirname(at) === at) throw new Error(`internal: no package.json above ${from}`);
  }
}
