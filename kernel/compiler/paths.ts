/** What may stand in a string that names a module or a file. */
import { readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { ownModules } from "./packages.ts";
import { type Node, ts } from "./typescript.ts";

/** Whether `node`, a string, names a module. */
export function isSpecifier({ parent }: Node): boolean {
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true;
  if (ts.isExternalModuleReference(parent) || ts.isModuleDeclaration(parent)) return true;
  if (ts.isLiteralTypeNode(parent)) return ts.isImportTypeNode(parent.parent);
  if (!ts.isCallExpression(parent)) return false;
  const { expression } = parent;
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || /^require(?:\.resolve)?$/.test(expression.getText())
  );
}

/** Whether what is `typed` is a path, not a name. */
export const isPath = (typed: string): boolean => /^\.{0,2}\//.test(typed);

const builtins = builtinModules.filter((name) => !name.startsWith("_") && !name.startsWith("node:"));

/** The modules that a cell in `folder` may import by name, the nearest first. */
export function* moduleNames(folder: string): Iterable<string> {
  yield* ownModules.filter((name) => !name.endsWith(".json"));
  for (let at = folder; ; at = dirname(at)) {
    yield* installed(join(at, "node_modules"));
    if (dirname(at) === at) break;
  }
  for (const name of builtins) yield `node:${name}`;
  yield* builtins;
}

function* installed(folder: string): Iterable<string> {
  for (const { name } of entries(folder)) {
    if (name.startsWith(".") || name === "@types") continue;
    if (name.startsWith("@")) for (const own of entries(join(folder, name))) yield `${name}/${own.name}`;
    else yield name;
  }
}

/** The files and folders that go on from `typed`, a path seen from `folder`. */
export function filePaths(folder: string, typed: string): string[] {
  const at = typed.lastIndexOf("/") + 1;
  const head = typed.slice(0, at);
  const isHidden = typed[at] === ".";
  return entries(head.startsWith("/") ? head : join(folder, head))
    .filter(({ name }) => name.startsWith(".") === isHidden)
    .map((entry) => head + entry.name + (entry.isDirectory() ? "/" : ""))
    .sort();
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
