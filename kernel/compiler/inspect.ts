/** What stands under the cursor: signature, documentation and source of a name, or of the call being typed. */
import type { Inspection } from "../threads.ts";
import { activeCall, type Call } from "./call.ts";
import type { Checker } from "./checker.ts";
import { ask, loadImports } from "./cursor.ts";
import { readable } from "./diagnostics.ts";
import { documentationOf } from "./documentation.ts";
import { signatureText } from "./printing.ts";
import { findPrecedingToken, getTouchingPropertyName, hoverText } from "./services.ts";
import { sourceOf } from "./source.ts";
import { type Node, type SourceFile, type TsSymbol, type TypeChecker, ts } from "./typescript.ts";

/** The name at `offset`, or else the call whose arguments are being typed there; null when there is neither. */
export function inspect(checker: Checker, source: string, offset: number, detail: 0 | 1): Inspection | null {
  return ask(checker, source, (file) => inspectFile(checker, file, offset, detail));
}

function inspectFile(checker: Checker, file: SourceFile, offset: number, detail: 0 | 1): Inspection | null {
  loadImports(checker, file);
  const name = nameAt(checker, file, offset);
  const call = activeCall(checker, file, offset);
  if (name) return ofName(checker, name, call, detail);
  if (call) return ofCall(checker, call, detail);
  const before = nameBefore(checker, file, offset);
  return before ? ofName(checker, before, undefined, detail) : null;
}

interface Named {
  readonly node: Node;
  readonly symbol: TsSymbol;
}

function ofName(
  checker: Checker,
  { node, symbol }: Named,
  call: Call | undefined,
  detail: 0 | 1,
): Inspection {
  const documentation = documentationOf(checker, calledAt(checker, node), symbol);
  return {
    signature: readable(calledText(checker, symbol) ?? hoverText(checker, symbol, node)).replaceAll(
      `"${checker.program.folder}/`,
      '"./',
    ),
    // Who types an argument wants to know its place, too.
    documentation: call ? [documentation, call.summary].filter(Boolean).join("\n\n") : documentation,
    ...(detail === 1 && withSource(checker, symbol)),
  };
}

/** How a variable is called whose type is a name (`const norm: NormOp`), which alone would not tell. */
function calledText({ types }: Checker, symbol: TsSymbol): string | undefined {
  const { valueDeclaration: declaration } = symbol;
  if (!declaration || !ts.isVariableDeclaration(declaration)) return undefined;
  const { type: written } = declaration;
  if (!written || !(ts.isTypeReferenceNode(written) || ts.isImportTypeNode(written))) return undefined;
  const type = types.getTypeOfSymbol(symbol);
  const [first, ...others] = [...type.getCallSignatures(), ...type.getConstructSignatures()];
  if (!first) return undefined;
  const more = others.length === 0 ? "" : ` (+${others.length} overload${others.length === 1 ? "" : "s"})`;
  return `${symbol.name}${signatureText(types, first)}${more}`;
}

function ofCall(
  checker: Checker,
  { signature, parameter, callee, declaration }: Call,
  detail: 0 | 1,
): Inspection {
  const documentation = documentationOf(checker, declaration, callee);
  return {
    signature,
    documentation: [parameter, documentation].filter(Boolean).join("\n\n"),
    ...(detail === 1 && callee && withSource(checker, callee)),
  };
}

function withSource(checker: Checker, symbol: TsSymbol): { source?: string } {
  const source = sourceOf(checker, symbol);
  return source === "" ? {} : { source };
}

/** The declaration that a call of the name `node` means, of several. */
function calledAt(checker: Checker, node: Node): Node | undefined {
  const callee = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node ? node.parent : node;
  const { parent } = callee;
  if (!ts.isCallExpression(parent) || parent.expression !== callee) return undefined;
  return checker.types.getResolvedSignature(parent)?.declaration;
}

function nameAt(checker: Checker, file: SourceFile, offset: number): Named | undefined {
  return named(checker, getTouchingPropertyName(file, offset));
}

/** The name that ends before the spaces, or the closed call, before the cursor. */
function nameBefore(checker: Checker, file: SourceFile, offset: number): Named | undefined {
  const token = findPrecedingToken(offset, file);
  if (!token || /\S|\n/.test(file.text.slice(token.end, offset))) return undefined;
  const { parent } = token;
  const isClosing = token.kind === ts.SyntaxKind.CloseParenToken;
  if (!isClosing || !(ts.isCallExpression(parent) || ts.isNewExpression(parent)))
    return named(checker, token);
  const { expression } = parent;
  return named(checker, ts.isPropertyAccessExpression(expression) ? expression.name : expression);
}

function named(checker: Checker, node: Node): Named | undefined {
  if (ts.isIdentifier(node) && node.text === "") return undefined;
  const isName =
    ts.isIdentifier(node) ||
    ts.isPrivateIdentifier(node) ||
    ts.isStringLiteralLike(node) ||
    ts.isNumericLiteral(node) ||
    node.kind === ts.SyntaxKind.ThisKeyword ||
    node.kind === ts.SyntaxKind.SuperKeyword;
  const symbol = isName ? (expectedProperty(checker, node) ?? symbolOf(checker, node)) : undefined;
  return symbol && { node, symbol };
}

function symbolOf(checker: Checker, node: Node): TsSymbol | undefined {
  const symbol = checker.symbolOf(node) ?? typeNamed(checker, node);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Alias)) return symbol;
  const target = checker.types.getAliasedSymbol(symbol);
  return checker.types.isUnknownSymbol(target) ? undefined : target;
}

/** Of a property that is being given, the one that is expected: it has the documentation. */
function expectedProperty({ types }: Checker, name: Node): TsSymbol | undefined {
  const element = name.parent;
  if (!ts.isPropertyAssignment(element) && !ts.isShorthandPropertyAssignment(element)) return undefined;
  if (element.name !== name || !ts.isIdentifier(name)) return undefined;
  const expected = types.getContextualType(element.parent);
  return expected && types.getPropertyOfType(types.getNonNullableType(expected), name.text);
}

/** The type of a name that stands where only a value can: who asks `Color` alone means it. */
function typeNamed({ types }: Checker, node: Node): TsSymbol | undefined {
  if (!ts.isIdentifier(node) || !ts.isExpressionStatement(node.parent)) return undefined;
  const { resolveName } = types as TypeChecker & {
    resolveName(name: string, at: Node, meaning: number, excludeGlobals: boolean): TsSymbol | undefined;
  };
  return resolveName(node.text, node, ts.SymbolFlags.Type | ts.SymbolFlags.Namespace, false);
}
