/** What to do about an import that finds nothing: which package to install where, or which files were looked for. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { candidates, isPath, localPath } from "../local-paths.ts";
import { ownModules } from "./packages.ts";
import type { Diagnostic } from "./typescript.ts";

/** "Cannot find module", in its forms. */
const codes = new Set([2307, 2732, 2792, 2882]);

/** Advice for an import in a cell or local file that found no module; undefined for other errors. */
export function missingAdvice({ code, file, start, length }: Diagnostic, folder: string): string | undefined {
  if (!codes.has(code) || !file || start === undefined) return undefined;
  const specifier = /^(["'`])(.*)\1$/.exec(file.text.slice(start, start + (length ?? 0)))?.[2];
  if (!specifier) return undefined;
  return isPath(specifier) ? lookedFor(localPath(specifier, file.fileName)) : install(specifier, folder);
}

/** The first few files that `path` might have meant. */
const lookedFor = (path: string): string => {
  const [first = path, ...others] = candidates(path);
  const names = others.slice(0, 3).map((other) => basename(other));
  return `Looked for ${first}, ${names.join(", ")} …`;
};

/** Python's packages: what npm has under these names is something else. */
const pythons: Readonly<Record<string, string>> = {
  torch: 'torch is there in every cell; its module is "jacobi".',
  matplotlib: 'plt is there in every cell; its module is "jacobi/plot".',
  numpy: 'np is there in every cell; its module is "jacobi/numpy".',
};

function install(specifier: string, folder: string): string | undefined {
  if (specifier.startsWith("jacobi/")) return `There are ${ownModules.join(", ")}.`;
  const prefix = /^(?:npm|jsr|node|https?|data|bun|virtual):/.exec(specifier)?.[0];
  if (prefix !== undefined && prefix !== "npm:") return undefined;
  const path = specifier.slice(prefix?.length ?? 0);
  const name = /^(?:@[\w.~-]+\/)?[\w.~-]+/.exec(path)?.[0];
  if (name === undefined) return undefined;
  if (prefix) return `Run npm install ${path} in ${folder}, then import "${name}".`;
  if (Object.hasOwn(pythons, name)) return pythons[name];
  const home = homeOf(name, folder);
  if (home !== undefined) return `The package in ${home} has no part "${specifier.slice(name.length + 1)}".`;
  return `Run npm install ${name} in ${folder}, then this cell again.`;
}

function homeOf(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const home = join(at, "node_modules", name);
    if (existsSync(home)) return home;
    if (dirname(at) === at) return undefined;
  }
}
