/** `npm test [-- PART OF A PATH …]`: runs the test files with Node's own runner and ends with `N passed, N failed`. */
import { join } from "node:path";
import { run } from "node:test";
import { filesUnder, root } from "./sources.ts";

/** What one test came to. */
interface Result {
  readonly name: string;
  readonly file: string;
  /** The reason, where a test was skipped. */
  readonly skipped?: string;
  readonly error?: unknown;
}

/** Test files that start Jupyter or a browser: minutes, not seconds. */
const slow = /\.(jupyter|browser)\.test\.ts$/;

/** The test files whose path contains one of `parts` (all without any); `quick` leaves the slow ones out. */
export function testFiles(parts: readonly string[], quick = false): string[] {
  return filesUnder(["kernel", "tensor", "scripts"], [".test.ts"])
    .filter((path) => !parts.length || parts.some((part) => path.includes(part)))
    .filter((path) => !quick || !slow.test(path));
}

/** Runs test files, printing one line a file and every failure whole; gives the number of failures. */
export async function runTests(files: readonly string[]): Promise<number> {
  const compiled = files.map((file) => join(root, "dist", file.replace(/\.ts$/, ".js")));
  const results = await collect(compiled);
  const failures = results.filter(({ error }) => error !== undefined);
  const skips = results.filter(({ skipped }) => skipped !== undefined);
  for (const { file, name, error } of failures) console.log(`\nFAILED ${file}: ${name}\n${textOf(error)}`);
  if (skips.length) console.log("");
  for (const { file, name, skipped } of skips)
    console.log(`skipped: ${skipped || "no reason given"} (${file}: ${name})`);
  const passed = results.length - failures.length - skips.length;
  console.log(
    `\n${passed} passed, ${failures.length} failed${skips.length ? `, ${skips.length} skipped` : ""}`,
  );
  return failures.length;
}

/** Every test of the files: suites and the runner's own entry for a file count only when they fail. */
async function collect(compiled: string[]): Promise<Result[]> {
  const results: Result[] = [];
  const progress = fileProgress();
  // What tests run is not the person's.
  process.env.JACOBI_HISTORY = "off";
  const stream = run({ files: compiled, concurrency: 2, timeout: 300_000 });
  stream.on("test:pass", (data) => {
    const file = sourceOf(data.file ?? data.name);
    progress(file);
    if (data.details.type === "suite" || isFile(data.name)) return;
    const why = data.skip ?? data.todo;
    const name = data.name;
    results.push(
      why === undefined ? { name, file } : { name, file, skipped: typeof why === "string" ? why : "" },
    );
  });
  stream.on("test:fail", (data) => {
    const file = sourceOf(data.file ?? data.name);
    progress(file);
    const error: Error & { failureType?: string } = data.details.error;
    if (error.failureType === "subtestsFailed") return; // said by the subtest itself
    results.push({ name: data.name, file, error: error.cause ?? error });
  });
  stream.on("test:stderr", ({ message }) => process.stderr.write(message));
  for await (const _ of stream);
  progress("");
  return results;
}

/** Prints a file's name when the first result of the next file comes. */
function fileProgress(): (file: string) => void {
  const seen = new Set<string>();
  return (file) => {
    if (!file || seen.has(file)) return;
    seen.add(file);
    console.log(file);
  };
}

function isFile(name: string): boolean {
  return name.endsWith(".test.js");
}

/** The source of a compiled test file, from the root. */
function sourceOf(path: string): string {
  return path
    .replace(join(root, "dist/"), "")
    .replace(/^dist\//, "")
    .replace(/\.js$/, ".ts");
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

if (process.argv[1] === import.meta.filename) {
  const parts = process.argv.slice(2);
  const files = testFiles(parts);
  if (!files.length) console.error(`npm test: ${parts.join(" ")}: no test file's path contains it`);
  process.exitCode = !files.length || (await runTests(files)) ? 1 : 0;
}
