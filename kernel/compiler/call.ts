/** The call whose arguments hold the cursor: its signature, with the parameter that is being given. */
import type { SignatureHelpItem } from "typescript";
import type { Checker } from "./checker.ts";
import { readable } from "./diagnostics.ts";
import { parameterText } from "./documentation.ts";
import { findPrecedingToken, signaturesAt, textOf } from "./services.ts";
import { type Node, type SourceFile, type TsSymbol, ts } from "./typescript.ts";

export interface Call {
  /** The form of the function that fits the arguments so far. */
  readonly signature: string;
  /** What is being given, as Markdown; empty when the function takes nothing there. */
  readonly parameter: string;
  /** Both in one paragraph. */
  readonly summary: string;
  readonly callee: TsSymbol | undefined;
  readonly declaration: Node | undefined;
}

/** The call around `offset`, innermost first; none in a comment. */
export function activeCall(checker: Checker, file: SourceFile, offset: number): Call | undefined {
  const help = signaturesAt(checker, file, offset);
  const item = help?.items[help.selectedItemIndex];
  if (!help || !item) return undefined;
  const others = help.items.length - 1;
  const more = others === 0 ? "" : ` (+${others} overload${others === 1 ? "" : "s"})`;
  const signature = readable(signatureText(item)) + more;
  const { callee, declaration } = target(checker, file, help.applicableSpan.start);
  const active = item.parameters[help.argumentIndex];
  const about = declaration && active ? parameterText(declaration, active.name) : "";
  const text = active && `\`${readable(textOf(active.displayParts))}\``;
  const parameter = text ? `Parameter ${text}${about && `: ${about}`}` : "";
  const summary = `In \`${signature}\`${text ? `, parameter ${text}${about && `: ${about}`}` : ""}`;
  return { signature, parameter, summary, callee, declaration };
}

function signatureText(item: SignatureHelpItem): string {
  const parameters = item.parameters.map(({ displayParts }) => textOf(displayParts));
  return (
    textOf(item.prefixDisplayParts) +
    parameters.join(textOf(item.separatorDisplayParts)) +
    textOf(item.suffixDisplayParts)
  );
}

/** What is called by the list of arguments that starts at `start`. */
function target({ types }: Checker, file: SourceFile, start: number): Pick<Call, "callee" | "declaration"> {
  const node = findPrecedingToken(start, file)?.parent;
  const none = { callee: undefined, declaration: undefined };
  if (!node || !(ts.isCallExpression(node) || ts.isNewExpression(node))) return none;
  const { expression } = node;
  const symbol = types.getSymbolAtLocation(
    ts.isPropertyAccessExpression(expression) ? expression.name : expression,
  );
  const callee = symbol && symbol.flags & ts.SymbolFlags.Alias ? types.getAliasedSymbol(symbol) : symbol;
  return { callee, declaration: types.getResolvedSignature(node)?.declaration };
}
