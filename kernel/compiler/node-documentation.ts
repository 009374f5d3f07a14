/** The comments on Node's globals, which are declared without any until a cell imports one of Node's modules. */
import { readFileSync } from "node:fs";
import { packageRoot } from "./load.ts";
import { nodeTypes } from "./packages.ts";
import { type Node, ts } from "./typescript.ts";

/** The first declaration in @types/node that has the names around `declaration`, and a comment. */
export function findDocumented(declaration: Node, hasComment: (node: Node) => boolean): Node | undefined {
  const path = namesAround(declaration);
  const [first] = path;
  if (!first) return undefined;
  const mention = new RegExp(`\\b(?:interface|class|function|var|const|namespace) ${first}\\b`);
  for (const name of nodeTypes(packageRoot)) {
    const text = readFileSync(name, "utf8");
    if (!mention.test(text)) continue;
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true);
    const found = find(file, path, hasComment);
    if (found) return found;
  }
  return undefined;
}

const nameOf = (node: Node): string | undefined => {
  const { name } = node as Node & { readonly name?: Node };
  return name && ts.isIdentifier(name) ? name.text : undefined;
};

/** The names of a declaration and of the interfaces and namespaces around it, from outside in. */
function namesAround(declaration: Node): string[] {
  const names: string[] = [];
  for (let at = declaration; !ts.isSourceFile(at); at = at.parent) {
    const name = nameOf(at);
    if (name) names.unshift(name);
  }
  return names;
}

/** Looks for the path through whatever lies between: modules, `declare global`, statements. */
function find(node: Node, path: readonly string[], isFound: (node: Node) => boolean): Node | undefined {
  return ts.forEachChild(node, (child) => {
    if (nameOf(child) !== path[0]) return find(child, path, isFound);
    if (path.length > 1) return find(child, path.slice(1), isFound);
    return isFound(child) ? child : undefined;
  });
}
