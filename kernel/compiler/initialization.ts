/** Which references to a cell's variables may come before their declaration, where JavaScript throws. */
import type { Cell } from "./checker.ts";
import { type Node, type TsSymbol, ts } from "./typescript.ts";

/**
 * The references that may be evaluated before what they refer to is initialized: those that stand above its end, and
 * those in functions that are there from the start, when one of these is mentioned above.
 */
export function earlyReferences(cell: Cell, references: ReadonlyMap<Node, TsSymbol>): Set<Node> {
  let mentioned = Number.POSITIVE_INFINITY;
  for (const [node, symbol] of references) {
    const isFunction = symbol.flags & ts.SymbolFlags.Function && isOf(symbol, cell);
    if (isFunction && node.pos < mentioned && !isHoisted(node, cell)) mentioned = node.pos;
  }
  const early = new Set<Node>();
  for (const [node, symbol] of references) {
    const ready = readyAt(symbol, cell);
    if (ready === undefined || isTag(node)) continue;
    if (node.pos < ready || (mentioned < ready && isHoisted(node, cell))) early.add(node);
  }
  return early;
}

const isOf = (symbol: TsSymbol, cell: Cell): boolean => cell.locals.get(symbol.escapedName) === symbol;

/** The position behind which a `let`, `const`, `using` or class of this cell is initialized. */
function readyAt(symbol: TsSymbol, cell: Cell): number | undefined {
  const { BlockScopedVariable, Class } = ts.SymbolFlags;
  if (!(symbol.flags & (BlockScopedVariable | Class)) || !isOf(symbol, cell)) return undefined;
  let declaration: Node | undefined = symbol.valueDeclaration;
  while (declaration && ts.isBindingElement(declaration)) declaration = declaration.parent.parent;
  return declaration?.end;
}

/** Whether a name is (the start of) a JSX tag's, where no other expression may stand. */
function isTag(node: Node): boolean {
  let tag = node;
  while (ts.isPropertyAccessExpression(tag.parent)) tag = tag.parent;
  return ts.isJsxOpeningLikeElement(tag.parent) || ts.isJsxClosingElement(tag.parent);
}

/** Whether a node stands in a function declared by a statement of the cell itself. */
function isHoisted(node: Node, cell: Cell): boolean {
  let statement = node;
  while (statement.parent !== cell.file) statement = statement.parent;
  return ts.isFunctionDeclaration(statement);
}
