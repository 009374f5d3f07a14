/** What the place at the cursor expects: the options of an object literal, the texts of a string. */
import type { ObjectLiteralExpression, SourceFile, StringLiteralLike, Type } from "typescript";
import type { Checker } from "./checker.ts";
import { nodeAt } from "./cursor.ts";
import { type Node, type TsSymbol, ts } from "./typescript.ts";

/** The object literal in which the word at `start` is a property's name, where one is. */
export function literalAround(file: SourceFile, start: number): ObjectLiteralExpression | undefined {
  const before = file.text.slice(0, start).trimEnd();
  // Only a brace or a comma stands before a name; an unfinished literal ends there for the parser.
  if (!/[{,]$/.test(before)) return undefined;
  const literal = ts.findAncestor(nodeAt(file, before.length), ts.isObjectLiteralExpression);
  const around = literal?.properties.find((one) => one.getStart() < start && start < one.end);
  return literal && literal.getStart() < before.length && !around ? literal : undefined;
}

/** The properties that `literal` may still be given, by the type expected of it. */
export function optionsOf(checker: Checker, literal: ObjectLiteralExpression, start: number): TsSymbol[] {
  const given = new Set(
    literal.properties.filter((one) => one.getStart() !== start).map((one) => one.name?.getText()),
  );
  const found = new Map<string, TsSymbol>();
  for (const type of expectedTypes(checker, literal)) {
    if (!isOptions(checker, type)) continue;
    for (const symbol of type.getApparentProperties())
      if (!given.has(symbol.name) && !found.has(symbol.name)) found.set(symbol.name, symbol);
  }
  return [...found.values()];
}

/** The texts that `literal` may be, by the type expected of it. */
export function textsOf(checker: Checker, literal: StringLiteralLike): string[] {
  const texts = expectedTypes(checker, literal).flatMap((type) =>
    type.isStringLiteral() ? [type.value] : [],
  );
  return [...new Set(texts)];
}

/** The members of the expected type, of every overload of the call around. */
function expectedTypes(checker: Checker, node: ObjectLiteralExpression | StringLiteralLike): Type[] {
  const { types } = checker;
  const expected = types.getContextualType(node);
  const all = expected ? [expected] : [];
  const { parent } = node;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const given: readonly Node[] = parent.arguments ?? [];
    const at = given.indexOf(node);
    const callee = types.getTypeAtLocation(parent.expression);
    const signatures = ts.isNewExpression(parent)
      ? callee.getConstructSignatures()
      : callee.getCallSignatures();
    for (const signature of signatures) {
      const parameter = signature.parameters[at];
      if (parameter) all.push(types.getTypeOfSymbolAtLocation(parameter, node));
    }
  }
  return all.flatMap((type) => (type.isUnion() ? type.types : [type]));
}

/** Whether a plain object is meant: a tensor or an array is not written with braces. */
function isOptions({ types }: Checker, type: Type): boolean {
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return false;
  if (types.isArrayLikeType(type) || type.getCallSignatures().length > 0) return false;
  return !type.isClass() && !(type.symbol?.flags & ts.SymbolFlags.Class);
}
