/** Gives `require("x")` in TypeScript the type of what it returns, as it has in JavaScript. */
import type { StringLiteralLike } from "typescript";
import { bound, type Node, type SourceFile, ts } from "./typescript.ts";

/**
 * Marks the calls whose module is `known`: the checker types them as it does in a JavaScript file. The others stay
 * `any`, so that asking for a package that is not there is an error of the run, which can be caught.
 */
export function typeRequires(file: SourceFile, known: (specifier: string) => boolean): void {
  if (!bound(file).identifiers.has("require")) return;
  const visit = (node: Node): void => {
    const specifier = requiredBy(node);
    if (specifier && known(specifier.text)) {
      (node as { flags: number }).flags |= ts.NodeFlags.JavaScriptFile;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** The specifier of a call `require("x")`. */
export function requiredBy(node: Node): StringLiteralLike | undefined {
  if (!ts.isCallExpression(node) || node.arguments.length !== 1) return undefined;
  if (!ts.isIdentifier(node.expression) || node.expression.text !== "require") return undefined;
  const [argument] = node.arguments;
  return argument && ts.isStringLiteralLike(argument) ? argument : undefined;
}
