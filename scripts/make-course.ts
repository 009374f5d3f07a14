/** `npm run course`: writes the notebooks of `notebooks/` from their sources in `notebooks/source/`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { notebookOf } from "./course.ts";
import { filesUnder, root } from "./sources.ts";

/** The text of every notebook, by its path from the root. */
export function notebooks(): Map<string, string> {
  const made = new Map<string, string>();
  for (const path of filesUnder(["notebooks/source"], [".ts"])) {
    const source = readFileSync(join(root, path), "utf8");
    if (path.startsWith("notebooks/source/grading/")) {
      const assignment = basename(path, ".ts");
      const notebook = `notebooks/grading/source/${assignment}/${assignment}.ipynb`;
      made.set(notebook, notebookOf(source, "nbgrader"));
      continue;
    }
    const name = path.replace("notebooks/source/", "notebooks/").replace(/\.ts$/, "");
    made.set(`${name}.ipynb`, notebookOf(source, "solved"));
    made.set(`${name}-exercises.ipynb`, notebookOf(source, "student"));
  }
  return made;
}

if (process.argv[1] === import.meta.filename)
  for (const [path, text] of notebooks()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(path);
  }
