/** The repository's own source files. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder (this file runs from `dist/scripts/`). */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The paths from the root of all files under `folders` whose name ends in one of `extensions`, sorted. */
export function filesUnder(folders: readonly string[], extensions: readonly string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    .filter((path) => extensions.some((extension) => path.endsWith(extension)))
    .sort();
}

/** The text of each file, by path. */
export function readAll(paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** How many lines are not blank. */
export function linesOf(text: string): number {
  return text.split("\n").filter((line) => line.trim()).length;
}
