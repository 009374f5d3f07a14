/** What a path in an import may stand for: the one table that types and values are looked up by. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Whether a specifier is a path or a file's URL, rather than a package's name. */
export const isPath = (specifier: string): boolean =>
  /^\.{1,2}(?:\/|$)|^file:/.test(specifier) || isAbsolute(specifier);

/** Endings that may be left out, in the order in which they are tried. */
export const endings = [".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs", ".json", ".node"];

/** TypeScript files that a JavaScript file's name may stand for: what it will be compiled from. */
const sources: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/** The absolute path that a specifier which is one means in the file `from`. */
export const localPath = (specifier: string, from: string): string =>
  specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(dirname(from), specifier);

/** The files that `path` may mean, in order. */
export function candidates(path: string): string[] {
  const ending = /\.[cm]?jsx?$/.exec(path)?.[0] ?? "";
  const bare = path.slice(0, path.length - ending.length);
  return [
    ...(sources[ending] ?? []).map((source) => bare + source),
    path,
    ...endings.map((one) => path + one),
    ...endings.map((one) => join(path, `index${one}`)),
  ];
}

/** The file that a specifier which is a path means in the file `from`, if there is one. */
export function localFile(
  specifier: string,
  from: string,
  isFile: (path: string) => boolean,
): string | undefined {
  const path = localPath(specifier, from);
  const main = mainOf(path);
  const paths = main === undefined ? candidates(path) : [path, ...candidates(main), ...candidates(path)];
  return paths.find(isFile);
}

/** What a folder's `package.json` says is its main file. */
function mainOf(folder: string): string | undefined {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return undefined;
  const { main } = JSON.parse(readFileSync(manifest, "utf8")) as { main?: unknown };
  return typeof main === "string" ? join(folder, main) : undefined;
}
