/** Tells when a cell needs more of Node's globals than the trimmed ones, which load quicker. */
import { readFileSync } from "node:fs";
import { declaredNames, nodeGlobalFiles } from "./declarations.ts";
import { ofNode } from "./names.ts";
import { nodeTypes } from "./packages.ts";
import { bound, type Diagnostic, type Node, type SourceFile, type TypeChecker, ts } from "./typescript.ts";

/** What a diagnostic's code says is amiss, and so what has to be one of the trimmed declarations, or missing there. */
const byCode = {
  name: [2304, 2503, 2552, 2580, 2591, 2693, 2694, 2724, 2749, 7017],
  member: [2339, 2551],
  symbol: [2314, 2315, 2707],
  call: [2322, 2345, 2353, 2554, 2555, 2559, 2561, 2575, 2769],
};

type Amiss = keyof typeof byCode;

const amiss = new Map(Object.entries(byCode).flatMap(([what, codes]) => codes.map((code) => [code, what])));

type Question = (token: Node, checker: TypeChecker, folder: string) => boolean;

const questions: Readonly<Record<Amiss, Question>> = {
  name: (token, _checker, folder) => mayExist(token) && isDeclaredByNode(token.getText(), folder),
  member({ parent }, checker) {
    const owner = ts.isPropertyAccessExpression(parent)
      ? parent.expression
      : ts.isBindingElement(parent)
        ? parent.parent
        : undefined;
    return owner !== undefined && isTrimmed(checker.getTypeAtLocation(owner).symbol?.declarations);
  },
  symbol: (token, checker) => isTrimmed(checker.getSymbolAtLocation(token)?.declarations),
  call(token, checker) {
    const call = ts.findAncestor(token, (node) =>
      ts.isFunctionLike(node) ? "quit" : ts.isCallExpression(node) || ts.isNewExpression(node),
    );
    if (!call || !(ts.isCallExpression(call) || ts.isNewExpression(call))) return false;
    const declaration = checker.getResolvedSignature(call)?.declaration;
    return declaration !== undefined && isTrimmed([declaration]);
  },
};

/** Whether one of the errors might not be there with the whole of @types/node. */
export function asksForNode(checker: TypeChecker, found: readonly Diagnostic[], folder: string): boolean {
  return found.some(({ file, start, length = 0, code }) => {
    const what = amiss.get(code) as Amiss | undefined;
    if (!what || !file || start === undefined) return false;
    // In `a.b` and `A.B` it is the last name that is not there.
    const at = what === "name" ? start + length - 1 : start;
    return questions[what](ts.getTokenAtPosition(file, at), checker, folder);
  });
}

/** A value must exist in this Node: @types/node may be of a later one. */
const mayExist = (token: Node): boolean =>
  ts.isPartOfTypeNode(token) ||
  ts.isPropertyAccessExpression(token.parent) ||
  token.getText() in globalThis ||
  Object.hasOwn(ofNode, token.getText());

const isTrimmed = (declarations: readonly Node[] | undefined): boolean => {
  const files = nodeGlobalFiles();
  return (declarations ?? []).some((one) => files.includes(one.getSourceFile().fileName));
};

function isDeclaredByNode(name: string, folder: string): boolean {
  if (!/^[\w$]+$/.test(name)) return false;
  const declared = new RegExp(
    `\\b(?:var|const|function|class|interface|type|namespace) ${name.replaceAll("$", "\\$")}\\b`,
  );
  return nodeTypes(folder).some((path) => declared.test(readFileSync(path, "utf8")));
}

/** The names that a declaration file adds to the globals. */
export function* globalNames(file: SourceFile): Iterable<string> {
  if (bound(file).externalModuleIndicator === undefined) yield* file.statements.flatMap(declaredNames);
  yield* globalBlocks(file.statements);
}

function* globalBlocks(statements: readonly Node[]): Iterable<string> {
  for (const node of statements) {
    if (!ts.isModuleDeclaration(node) || !node.body || !ts.isModuleBlock(node.body)) continue;
    if (node.flags & ts.NodeFlags.GlobalAugmentation) yield* node.body.statements.flatMap(declaredNames);
    else if (ts.isStringLiteral(node.name)) yield* globalBlocks(node.body.statements);
  }
}
