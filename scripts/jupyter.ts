/** The Jupyter of `.venv`: running its commands, and executing a notebook to a notebook and an HTML page. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { root } from "./sources.ts";

const bin = join(root, ".venv", process.platform === "win32" ? "Scripts" : "bin");

/** The path of a command of `.venv`. */
export function venvCommand(name: string): string {
  return join(bin, name);
}

/** The environment in which `.venv` comes first. */
export function venvEnvironment(): NodeJS.ProcessEnv {
  const { PYTHONHOME: _, ...env } = process.env;
  return { ...env, VIRTUAL_ENV: join(root, ".venv"), PATH: `${bin}${delimiter}${env.PATH ?? ""}` };
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `jupyter …` to its end. */
export function jupyter(...args: string[]): Ran {
  return spawnSync(venvCommand("jupyter"), args, {
    cwd: root,
    env: venvEnvironment(),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
}

/** Runs `jupyter lab …` in the foreground; gives its exit code. */
export function jupyterLab(args: readonly string[]): Promise<number> {
  const lab = spawn(venvCommand("jupyter"), ["lab", ...args], {
    cwd: root,
    env: venvEnvironment(),
    stdio: "inherit",
  });
  // Ctrl-C reaches JupyterLab too; it asks whether to stop, so it decides when we end.
  process.on("SIGINT", () => {});
  return new Promise((resolve, reject) => {
    lab.on("error", reject);
    lab.on("exit", (code) => resolve(code ?? 1));
  });
}

export interface Output {
  readonly output_type: "stream" | "display_data" | "execute_result" | "error";
  readonly name?: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
}

export interface Notebook {
  readonly cells: readonly {
    readonly id?: string;
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly outputs?: readonly Output[];
  }[];
}

export interface Executed {
  readonly notebook: string;
  readonly page: string;
  /** One line for each cell that failed. */
  readonly failures: readonly string[];
}

/** Executes a notebook by nbconvert and makes a page of it, both in `folder`; throws when nbconvert itself fails. */
export function executeNotebook(path: string, folder: string): Executed {
  mkdirSync(folder, { recursive: true });
  const name = basename(path, ".ipynb");
  const notebook = join(folder, `${name}.ipynb`);
  const limits = ["--ExecutePreprocessor.timeout=600", "--ExecutePreprocessor.startup_timeout=60"];
  convert(path, ["--to", "notebook", "--execute", "--allow-errors", ...limits, "--output-dir", folder]);
  copyMathJax(folder);
  convert(notebook, ["--to", "html", ...pageScripts, "--output-dir", folder]);
  return { notebook, page: join(folder, `${name}.html`), failures: failuresOf(readNotebook(notebook)) };
}

export function readNotebook(path: string): Notebook {
  return JSON.parse(readFileSync(path, "utf8"));
}

function convert(path: string, options: readonly string[]): void {
  const { status, stderr } = jupyter("nbconvert", ...options, path);
  if (status !== 0) throw new Error(`jupyter nbconvert ${path} failed:\n${stderr}`);
}

function failuresOf({ cells }: Notebook): string[] {
  return cells.flatMap(({ outputs = [] }, index) =>
    outputs
      .filter(({ output_type }) => output_type === "error")
      .map(({ ename, evalue }) => `cell ${index + 1}: ${ename}: ${evalue}`),
  );
}

/** The page asks the network for nothing: RequireJS is for widgets alone. */
const pageScripts = [
  "--HTMLExporter.mathjax_url=mathjax/start.js",
  "--HTMLExporter.require_js_url=mathjax/none.js",
];

/**
 * MathJax beside the page, so that formulas show without a network. nbconvert's page configures MathJax 2, so a
 * first script says the same to MathJax 3 and then loads it.
 */
function copyMathJax(folder: string): void {
  const from = join(root, "node_modules/mathjax/es5");
  const to = join(folder, "mathjax");
  if (existsSync(join(to, "start.js"))) return;
  const fonts = "output/chtml/fonts/woff-v2";
  for (const part of ["tex-chtml-full.js", fonts])
    cpSync(join(from, part), join(to, part), { recursive: true });
  writeFileSync(join(to, "none.js"), "");
  writeFileSync(join(to, "start.js"), mathJaxStart);
}

const mathJaxStart = `// Configures MathJax 3 as nbconvert's page asks MathJax 2 to be, then loads it from beside this file.
window.MathJax = {
  tex: {
    inlineMath: [["$", "$"], ["\\\\(", "\\\\)"]],
    displayMath: [["$$", "$$"], ["\\\\[", "\\\\]"]],
    processEscapes: true,
    processEnvironments: true,
    tags: "ams",
  },
  options: { enableMenu: false },
  Hub: { Config() {}, Queue() {} },
};
const script = document.createElement("script");
script.src = document.currentScript.src.replace("start.js", "tex-chtml-full.js");
document.head.append(script);
`;
