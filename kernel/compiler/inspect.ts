/** What the name under the cursor is: signature, documentation, source. */
import type { CallExpression } from "typescript";
import type { Inspection } from "../threads.ts";
import type { Checker } from "./checker.ts";
import { openCursor } from "./cursor.ts";
import { readable } from "./diagnostics.ts";
import { documentationOf } from "./documentation.ts";
import { type Node, type TsSymbol, ts } from "./typescript.ts";

/** The name at `offset`, or else the function whose arguments are being typed there; null when there is neither. */
export function inspect(checker: Checker, source: string, offset: number, detail: 0 | 1): Inspection | null {
  const { node } = openCursor(checker, source, offset);
  const name = nameAt(node) ?? calleeAround(node, offset);
  if (!name) return null;
  const symbol = symbolOf(checker, name);
  if (!symbol) return null;
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
  return {
    signature: readable(signatureOf(checker, symbol, name)),
    documentation: declaration ? documentationOf(declaration) : "",
    ...(detail === 1 && declaration && { source: sourceOf(declaration) }),
  };
}

const nameAt = (node: Node): Node | undefined =>
  (ts.isIdentifier(node) && node.text !== "") || ts.isPrivateIdentifier(node) ? node : undefined;

function calleeAround(node: Node, offset: number): Node | undefined {
  for (let at = node; at && !ts.isSourceFile(at); at = at.parent) {
    if (!ts.isCallExpression(at) && !ts.isNewExpression(at)) continue;
    const { expression } = at as CallExpression;
    if (offset <= expression.end) continue;
    return ts.isPropertyAccessExpression(expression) ? expression.name : nameAt(expression);
  }
  return undefined;
}

function symbolOf(checker: Checker, name: Node): TsSymbol | undefined {
  const symbol = checker.symbolOf(name);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.types.getAliasedSymbol(symbol) : symbol;
}

function signatureOf(checker: Checker, symbol: TsSymbol, at: Node): string {
  const { types } = checker;
  const { flags, name } = symbol;
  const S = ts.SymbolFlags;
  // Printed for no place: for one, TypeScript loads every module in scope to look for names in it.
  const format = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  if (flags & S.Class)
    return `class ${types.typeToString(types.getDeclaredTypeOfSymbol(symbol), undefined, format)}`;
  if (flags & S.Enum) return `enum ${name}`;
  if (flags & S.Module && !(flags & S.Function)) return `module ${name}`;
  if (!(flags & S.Value)) return typeText(checker, symbol);
  const type = types.getTypeOfSymbolAtLocation(symbol, at);
  const calls = type.getCallSignatures();
  const owner = memberOwner(symbol);
  if (flags & (S.Function | S.Method) && calls.length > 0) {
    const word = flags & S.Function ? "function " : "";
    return calls
      .map((one) => `${word}${owner}${name}${types.signatureToString(one, undefined, format)}`)
      .join("\n");
  }
  const text = types.typeToString(type, undefined, format);
  // A named type hides how the value is called: `NormOp` says nothing.
  if (calls.length > 0 && !text.includes("=>")) {
    return calls.map((one) => `${owner}${name}${types.signatureToString(one, undefined, format)}`).join("\n");
  }
  const word = flags & S.Variable ? `${variableWord(symbol)} ` : "";
  return `${word}${owner}${name}: ${text}`;
}

function typeText(checker: Checker, symbol: TsSymbol): string {
  const type = checker.types.getDeclaredTypeOfSymbol(symbol);
  if (symbol.flags & ts.SymbolFlags.Interface) return `interface ${checker.types.typeToString(type)}`;
  const text = checker.types.typeToString(type, undefined, ts.TypeFormatFlags.InTypeAlias);
  return symbol.flags & ts.SymbolFlags.TypeAlias ? `type ${symbol.name} = ${text}` : text;
}

function memberOwner(symbol: TsSymbol): string {
  const { parent } = symbol as unknown as { parent?: TsSymbol };
  const isMember = parent && parent.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface);
  return isMember && !parent.name.startsWith("__") ? `${parent.name}.` : "";
}

function variableWord(symbol: TsSymbol): string {
  const declaration = symbol.valueDeclaration;
  if (!declaration || ts.isParameter(declaration)) return "(parameter)";
  const flags = ts.getCombinedNodeFlags(declaration);
  return flags & ts.NodeFlags.Const ? "const" : flags & ts.NodeFlags.Let ? "let" : "var";
}

function sourceOf(declaration: Node): string {
  let node = declaration;
  while (ts.isVariableDeclaration(node) || ts.isVariableDeclarationList(node)) node = node.parent;
  return node.getText();
}
