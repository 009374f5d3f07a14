/** Whether what is thrown at a place of a text is caught there: what V8 tells of a cell counts the kernel's own `catch`. */
import type { CompilerCalls } from "../threads.ts";
import { type Node, ts } from "./typescript.ts";

/** A place between `try {` and its `} catch`, of the innermost function around. */
export function isGuarded({ source, line, column }: CompilerCalls["guarded"]["request"]): boolean {
  const file = ts.createSourceFile("guarded.tsx", source, ts.ScriptTarget.ESNext, true);
  if (line > file.getLineStarts().length) return false;
  const offset = file.getPositionOfLineAndCharacter(line - 1, 0) + column - 1;
  let node: Node | undefined = innermost(file, offset);
  for (; node !== undefined && !ts.isFunctionLike(node); node = node.parent) {
    const parent: Node | undefined = node.parent;
    if (parent && ts.isTryStatement(parent) && parent.catchClause && parent.tryBlock === node) return true;
  }
  return false;
}

function innermost(node: Node, offset: number): Node {
  const inner = ts.forEachChild(node, (child) =>
    child.getStart() <= offset && offset < child.end ? child : undefined,
  );
  return inner === undefined ? node : innermost(inner, offset);
}
