/** `npm run course`: writes the notebooks of `notebooks/` from their sources in `notebooks/source/`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notebookOf } from "./course.ts";
import { filesUnder, root } from "./sources.ts";

/** The text of every notebook, by its path from the root. */
export function notebooks(): Map<string, string> {
  const made = new Map<string, string>();
  for (const path of filesUnder(["notebooks/source"], [".ts"])) {
    const source = readFileSync(join(root, path), "utf8");
    const name = path.replace("notebooks/source/", "notebooks/").replace(/\.ts$/, "");
    made.set(`${name}.ipynb`, notebookOf(source, "solved"));
    made.set(`${name}-exercises.ipynb`, notebookOf(source, "student"));
  }
  return made;
}

if (process.argv[1] === import.meta.filename)
  for (const [path, text] of notebooks()) {
    writeFileSync(join(root, path), text);
    console.log(path);
  }
