/** `jacobi run`: its options, its notebooks side by side, and what it tells the person. */
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type KernelConnection, RunError } from "./connection.ts";
import { executeNotebook, type Failure } from "./execute.ts";
import { startLocal } from "./local.ts";
import { type Notebook, readNotebook, writeNotebook } from "./notebook.ts";
import { createProgress, type Progress } from "./progress.ts";
import { startOnServer } from "./server.ts";

export const runHelp = `jacobi run NOTEBOOK… [--server URL] [--token T] [--output FILE | --inplace] [--timeout S] [--allow-errors] [--jobs N]
    execute notebooks without Python, each on a kernel of its own, and store the outputs as nbclient does
    --server URL    on a Jupyter Server or gateway, with the kernel that the notebook names (default: here)
    --token T       the server's token (default: JUPYTER_TOKEN, or the one in URL)
    --output FILE   where the executed notebook goes (default: NAME.executed.ipynb beside NAME.ipynb)
    --inplace       into NOTEBOOK itself
    --timeout S     seconds that one cell may take
    --allow-errors  go on after a cell that fails
    --jobs N        notebooks at a time (default: 1)
    The exit code is 0 only when all cells of all notebooks ran without error.`;

interface Options {
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly output: string | undefined;
  readonly inplace: boolean;
  readonly timeout: number | undefined;
  readonly allowErrors: boolean;
  readonly jobs: number;
  /** dist/kernel/main.js */
  readonly main: string;
}

/** Runs the command's words; gives the exit code. `main` is the kernel's entry. */
export async function run(words: string[], main: string): Promise<number> {
  const { files, options } = readOptions(words, main);
  const stop = new AbortController();
  const interrupted = (): void => stop.abort(new RunError("interrupted: what ran is kept"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupted);
  const progress = createProgress(process.stderr);
  const queue = [...files];
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined && !stop.signal.aborted; file = queue.shift())
      if (!(await runOne(file, options, stop.signal, progress))) failed++;
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, files.length) }, worker));
  progress.end();
  return failed === 0 && !stop.signal.aborted ? 0 : 1;
}

function readOptions(words: string[], main: string): { files: readonly string[]; options: Options } {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      server: { type: "string" },
      token: { type: "string" },
      output: { type: "string" },
      inplace: { type: "boolean", default: false },
      timeout: { type: "string" },
      "allow-errors": { type: "boolean", default: false },
      jobs: { type: "string", default: "1" },
    },
  });
  if (positionals.length === 0) throw new RunError("run: no notebook was given: jacobi run NOTEBOOK…");
  if (values.output !== undefined && values.inplace)
    throw new RunError("run: --output and --inplace: expected at most one");
  if (values.output !== undefined && positionals.length > 1)
    throw new RunError(
      `run: --output ${values.output}: ${positionals.length} notebooks were given: expected one`,
    );
  if (values.token !== undefined && values.server === undefined)
    throw new RunError("run: --token without --server");
  const timeout = values.timeout === undefined ? undefined : positive("--timeout", values.timeout);
  const options = {
    server: values.server,
    token: values.token ?? (process.env.JUPYTER_TOKEN || undefined),
    output: values.output,
    inplace: values.inplace,
    timeout,
    allowErrors: values["allow-errors"],
    jobs: Math.ceil(positive("--jobs", values.jobs)),
    main,
  };
  return { files: positionals, options };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new RunError(`run: ${name} ${text}: expected a number above 0`);
}

/** Runs one notebook and writes what came of it; whether all of its cells ran. */
async function runOne(
  file: string,
  options: Options,
  signal: AbortSignal,
  progress: Progress,
): Promise<boolean> {
  const start = performance.now();
  const line = progress.line(file);
  let notebook: Notebook | undefined;
  try {
    notebook = readNotebook(file);
    const failures = await runCells(file, notebook, options, signal, line);
    const where = save(file, notebook, options);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    line.done(`${failures.length === 0 ? "ran" : failureText(failures)} in ${seconds} s → ${where}`);
    return failures.length === 0;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const kept = notebook?.cells.some((cell) => "execution" in cell.metadata) === true;
    line.done(`${error.message}${kept ? ` → ${save(file, notebook!, options)}` : ""}`);
    return false;
  }
}

async function runCells(
  file: string,
  notebook: Notebook,
  options: Options,
  signal: AbortSignal,
  line: ReturnType<Progress["line"]>,
): Promise<Failure[]> {
  line.show("starting a kernel");
  const kernel = await startKernel(file, notebook, options);
  try {
    const { allowErrors, timeout } = options;
    const show = (done: number, count: number): void => line.show(`cell ${done + 1} of ${count}`);
    return await executeNotebook(kernel, notebook, {
      allowErrors,
      timeout,
      signal,
      progress: show,
      note: line.note,
    });
  } finally {
    await kernel.close();
  }
}

async function startKernel(file: string, notebook: Notebook, options: Options): Promise<KernelConnection> {
  const spec = (notebook.metadata.kernelspec ?? {}) as {
    readonly name?: unknown;
    readonly language?: unknown;
  };
  const name = typeof spec.name === "string" ? spec.name : "jacobi";
  if (options.server !== undefined) return startOnServer({ url: options.server, token: options.token }, name);
  const language = spec.language ?? "typescript";
  if (language !== "typescript")
    throw new RunError(
      `its kernel is ${name} (${String(language)}): only TypeScript runs here: give --server`,
    );
  return startLocal({ main: options.main, folder: dirname(resolve(file)) });
}

function save(file: string, notebook: Notebook, { output, inplace }: Options): string {
  const where = output ?? (inplace ? file : file.replace(/(\.ipynb)?$/, ".executed.ipynb"));
  writeNotebook(where, notebook);
  return join(where);
}

function failureText(failures: readonly Failure[]): string {
  const [first] = failures;
  const more = failures.length > 1 ? ` and ${failures.length - 1} more` : "";
  return `cell ${first?.cell} failed${more}: ${first?.ename}: ${first?.evalue.split("\n")[0]}`;
}
