/** Where the declarations of `jacobi`, its parts and Node's modules lie. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { packageRoot } from "./load.ts";

export { isBuiltin };

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}
const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as Manifest;

/** The specifiers of this package's own modules: `jacobi`, `jacobi/nn` … */
export const ownModules: readonly string[] = Object.keys(manifest.exports).map(
  (path) => manifest.name + path.slice(1),
);

/** The declaration file of one of this package's own modules, if `specifier` names one. */
export function moduleFile(specifier: string): string | undefined {
  if (specifier === "tslab") return moduleFile(`${manifest.name}/tslab`);
  if (specifier !== manifest.name && !specifier.startsWith(`${manifest.name}/`)) return undefined;
  const target = manifest.exports[`.${specifier.slice(manifest.name.length)}`];
  return typeof target === "object" ? join(packageRoot, target.types) : undefined;
}

/** The specifier of the module that a message names by its file, absolute or relative and without extension. */
export function moduleOf(path: string): string | undefined {
  const file = /dist\/.*/.exec(path)?.[0];
  return ownModules.find((specifier) => {
    const types = moduleFile(specifier)
      ?.slice(packageRoot.length + 1)
      .replace(/\.d\.ts$/, "");
    return types !== undefined && (types === file || types === `${file}/index`);
  });
}

/** The files of @types/node: the notebook's own if it has one, else ours. */
export function nodeTypes(folder: string): readonly string[] {
  const index = [join(folder, "index.js"), import.meta.url].map(typesFrom).find((path) => path !== undefined);
  if (!index) return [];
  const text = readFileSync(index, "utf8");
  const paths = [...text.matchAll(/<reference path="(.+?)"/g)].map((m) => join(dirname(index), m[1]!));
  return [...paths.filter((path) => existsSync(path)), index];
}

function typesFrom(from: string): string | undefined {
  try {
    return join(dirname(createRequire(from).resolve("@types/node/package.json")), "index.d.ts");
  } catch {
    return undefined;
  }
}
