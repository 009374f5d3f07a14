/** Types and signatures as text, printed for no place and without what `?` already says. */
import type { NodeBuilderFlags, Signature, Type, TypeNode } from "typescript";
import { type Node, type TsSymbol, type TypeChecker, ts } from "./typescript.ts";

interface Writer {
  writePunctuation(text: string): void;
}
/** Internal parts of a checker; `at` is the place for which names are found, and left out here. */
interface Internals {
  writeSymbol(symbol: TsSymbol, at: undefined, meaning: number, flags: number, writer: Writer): void;
  writeTypePredicate(predicate: unknown, at: undefined, ...rest: unknown[]): void;
  symbolToTypeParameterDeclarations(symbol: TsSymbol, at: undefined, ...rest: unknown[]): unknown;
  typeParameterToDeclaration(type: unknown, at: undefined, ...rest: unknown[]): unknown;
}

const printer = ts.createPrinter({ removeComments: true });
const flags =
  ts.NodeBuilderFlags.IgnoreErrors |
  ts.NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope |
  ts.NodeBuilderFlags.OmitParameterModifiers;

/** A type in one line. */
export const typeText = (types: TypeChecker, type: Type): string =>
  printed(types.typeToTypeNode(type, undefined, flags));

/** A signature in one line: `(x: number): string`. */
export function signatureText(types: TypeChecker, signature: Signature): string {
  return printed(
    types.signatureToSignatureDeclaration(signature, ts.SyntaxKind.CallSignature, undefined, flags),
  );
}

const page = ts.createSourceFile("page.ts", "", ts.ScriptTarget.ESNext);

function printed(node: Node | undefined, inOneLine = true): string {
  if (!node) return "";
  if (inOneLine) ts.setEmitFlags(node, ts.EmitFlags.SingleLine);
  return printer.printNode(ts.EmitHint.Unspecified, withoutImplied(node), page).replace(/;$/, "");
}

/** Drops the `undefined` that TypeScript adds to the type of an optional parameter or property. */
function withoutImplied<T extends Node>(node: T): T {
  const visit = (at: Node): Node => {
    const inner = ts.visitEachChild(at, visit, undefined);
    if (ts.isParameter(inner) && inner.questionToken) {
      const { modifiers, dotDotDotToken, name, questionToken, type, initializer } = inner;
      return ts.factory.createParameterDeclaration(
        modifiers,
        dotDotDotToken,
        name,
        questionToken,
        required(type),
        initializer,
      );
    }
    if (ts.isPropertySignature(inner) && inner.questionToken) {
      const { modifiers, name, questionToken, type } = inner;
      return ts.factory.createPropertySignature(modifiers, name, questionToken, required(type));
    }
    return inner;
  };
  return visit(node) as T;
}

function required(type: TypeNode | undefined): TypeNode | undefined {
  if (!type || !ts.isUnionTypeNode(type)) return type;
  const rest = type.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
  return rest.length === 1 ? rest[0] : ts.factory.createUnionTypeNode(rest);
}

/**
 * The checker for services that print: for no place, because for one TypeScript loads every module in scope to look for
 * names in it. A member's name has its owner before it.
 */
export function placeless(types: TypeChecker): TypeChecker {
  // Internal to TypeScript, as are the members that the view replaces.
  const internal = types as unknown as Internals;
  const without =
    <T, R>(print: (what: T, at: undefined, ...rest: unknown[]) => R) =>
    (what: T, _: unknown, ...rest: unknown[]) =>
      print(what, undefined, ...rest);
  const { FunctionType, CallSignature, ConstructorType, ConstructSignature } = ts.SyntaxKind;
  const view: TypeChecker = Object.assign(Object.create(types) as TypeChecker, {
    writeType(type: Type, _: unknown, asked: number, writer: Writer) {
      writer.writePunctuation(printed(types.typeToTypeNode(type, undefined, builderFlags(asked)), false));
    },
    writeSignature(signature: Signature, _: unknown, asked: number, kind: number, writer: Writer) {
      const isArrow = (asked & ts.TypeFormatFlags.WriteArrowStyleSignature) !== 0;
      const isNew = kind === ts.SignatureKind.Construct;
      const as = isNew
        ? isArrow
          ? ConstructorType
          : ConstructSignature
        : isArrow
          ? FunctionType
          : CallSignature;
      const node = types.signatureToSignatureDeclaration(signature, as, undefined, builderFlags(asked));
      writer.writePunctuation(printed(node, false));
    },
    writeSymbol(symbol: TsSymbol, _: unknown, meaning: number, asked: number, writer: Writer) {
      writer.writePunctuation(ownerText(symbol));
      internal.writeSymbol(symbol, undefined, meaning, asked, writer);
    },
    writeTypePredicate: without(internal.writeTypePredicate),
    symbolToParameterDeclaration(symbol: TsSymbol, _: unknown, asked: NodeBuilderFlags) {
      const node = types.symbolToParameterDeclaration(symbol, undefined, asked);
      return node && withoutImplied(node);
    },
    symbolToTypeParameterDeclarations: without(internal.symbolToTypeParameterDeclarations),
    typeParameterToDeclaration: without(internal.typeParameterToDeclaration),
    runWithCancellationToken: (_: object, ask: (checker: TypeChecker) => unknown) => ask(view),
  });
  return view;
}

// The flags that TypeScript's own printing passes on.
const builderFlags = (asked: number): NodeBuilderFlags =>
  (asked & ts.TypeFormatFlags.NodeBuilderFlagsMask) | ts.NodeBuilderFlags.IgnoreErrors;

/** The name of the class, interface, enum or namespace that a member belongs to, with the dot. */
function ownerText(symbol: TsSymbol): string {
  const { parent } = symbol as TsSymbol & { readonly parent?: TsSymbol };
  const { Class, Interface, Enum, NamespaceModule } = ts.SymbolFlags;
  if (!parent || !(parent.flags & (Class | Interface | Enum | NamespaceModule))) return "";
  return parent.name.startsWith("__") ? "" : `${parent.name}.`;
}
