/** Loads the `typescript` package through a code cache: compiling its 9 MB anew costs more than a first cell. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const requireHere = createRequire(import.meta.url);
const source = requireHere.resolve("typescript");

/** The root of this package: where `package.json` is. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** What this package makes for itself when it is built or first run. */
export const madeFolder = join(packageRoot, "dist", "declarations");

const { version } = requireHere("typescript/package.json") as { version: string };
const textFile = join(madeFolder, `typescript-${version}.js`);
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
  return `(function (exports, require, module, __filename, __dirname) {${made}\n})`;
}

/** The text that is run. It is all ASCII: read as Latin-1, V8 need neither decode it nor hold it in its heap. */
function readText(): string {
  if (madeAt(textFile) < madeAt(fileURLToPath(import.meta.url))) {
    const text = withInsertions(readFileSync(source, "latin1"));
    if (/[^\0-\x7f]/.test(text)) throw new Error(`internal: ${source} is not ASCII`);
    if (!write(textFile, text)) return text;
  }
  return readFileSync(textFile, "latin1");
}

/** The package's exports. */
export function loadTypeScript(): unknown {
  const text = readText();
  const isCached = madeAt(cacheFile) > 0 && madeAt(cacheFile) >= madeAt(textFile);
  const cachedData = isCached && readFileSync(cacheFile);
  const made = new vm.Script(text, { filename: source, ...(cachedData && { cachedData }) });
  if (!cachedData || made.cachedDataRejected) script = made;
  const module = { exports: {} };
  made.runInThisContext()(module.exports, requireHere, module, source, dirname(source));
  return module.exports;
}

/** Writes the cache, if this process compiled the package itself; call it when the functions in use are compiled. */
export function saveTypeScript(): void {
  if (script) write(cacheFile, script.createCachedData());
  script = undefined;
}

/** Writes whole or not at all; false where the folder cannot be written, which only makes the next start slower. */
function write(path: string, data: string | Buffer): boolean {
  try {
    mkdirSync(madeFolder, { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, data, "latin1");
    renameSync(temporary, path);
    return true;
  } catch {
    return false;
  }
}

/** When a file was written; long ago where there is none. */
const madeAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function findRoot(from: string): string {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (dirname(at) === at) throw new Error(`internal: no package.json above ${from}`);
  }
}
