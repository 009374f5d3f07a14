/** `npm start`: the course in JupyterLab; with `--headless`: the solved course executed to `out/`. */
import { join, relative } from "node:path";
import { executeNotebook, jupyterLab } from "./jupyter.ts";
import { root } from "./sources.ts";

const course = join(root, "notebooks/pytorch-introduction.ipynb");

/** Executes the solved course and says where the results are; gives the exit code. */
function headless(): number {
  console.log(`executing ${relative(root, course)} …`);
  const { notebook, page, failures } = executeNotebook(course, join(root, "out"));
  console.log(`notebook: ${relative(root, notebook)}\npage:     ${relative(root, page)}`);
  for (const failure of failures) console.error(failure);
  console.log(failures.length ? `${failures.length} cells failed` : "all cells ran");
  return failures.length ? 1 : 0;
}

const words = process.argv.slice(2);
const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : []; // in a container
process.exitCode = words.includes("--headless")
  ? headless()
  : await jupyterLab([`--ServerApp.root_dir=${join(root, "notebooks")}`, ...asRoot, ...words]);
