/** Tells which awaits an interrupt ends without our help, so that they stay JavaScript's own, in its order of microtasks. */
import type { CallExpression, Identifier } from "typescript";
import { type Node, type SourceFile, type TypeChecker, ts } from "./typescript.ts";

/**
 * Whether what is awaited settles by itself: a call of an async function that cells or their files hold, inside which the
 * interrupt ends whatever is waited for, or a promise that is settled from the start.
 */
export function settlesItself(types: TypeChecker, operand: Node): boolean {
  const named = ts.skipOuterExpressions(operand);
  const value = ts.isIdentifier(named) ? constantOf(types, named) : named;
  const call = value && ts.skipOuterExpressions(value);
  return (
    call !== undefined && ts.isCallExpression(call) && (isResolved(types, call) || isOfAsync(types, call))
  );
}

/** What a `const` of cells was given: `const done = train(); await done`. */
function constantOf(types: TypeChecker, name: Identifier): Node | undefined {
  const declaration = types.getSymbolAtLocation(name)?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || declaration.name.kind !== name.kind)
    return undefined;
  const isConst = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  return isConst && isEmitted(declaration.getSourceFile()) ? declaration.initializer : undefined;
}

function isOfAsync(types: TypeChecker, call: CallExpression): boolean {
  const { declaration } = types.getResolvedSignature(call) ?? {};
  if (!declaration) return false;
  // Of overloads, the one with the body says `async`.
  const { symbol } = declaration as { symbol?: { declarations?: Node[] } };
  return [declaration, ...(symbol?.declarations ?? [])].some(
    (one) => isEmitted(one.getSourceFile()) && isAsyncFunction(one),
  );
}

function isAsyncFunction(node: Node): boolean {
  if (!ts.isFunctionLike(node) || !(node as { body?: Node }).body) return false;
  if ((node as { asteriskToken?: Node }).asteriskToken) return false;
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;
}

/** Whether a file's awaits are written by us. */
const isEmitted = ({ fileName, isDeclarationFile }: SourceFile): boolean =>
  !isDeclarationFile && /\.[cm]?tsx?$/.test(fileName) && !fileName.includes("/node_modules/");

/** `Promise.resolve(value)` of what is no promise itself. */
function isResolved(types: TypeChecker, { expression, arguments: [argument] }: CallExpression): boolean {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== "resolve") return false;
  const owner = expression.expression;
  if (!ts.isIdentifier(owner) || owner.text !== "Promise") return false;
  const declared = types.getSymbolAtLocation(owner)?.declarations ?? [];
  if (!declared.every((one) => one.getSourceFile().isDeclarationFile)) return false;
  return !argument || (types.getTypeAtLocation(argument).flags & primitive) !== 0;
}

const { StringLike, NumberLike, BigIntLike, BooleanLike, ESSymbolLike, Undefined, Null, Void } = ts.TypeFlags;
const primitive = StringLike | NumberLike | BigIntLike | BooleanLike | ESSymbolLike | Undefined | Null | Void;
