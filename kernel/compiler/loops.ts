/** The interrupt checks of loops. */
import { type Node, ts } from "./typescript.ts";

/** Whether a loop's turn can run code that is not written in it, and so may take long. */
export function callsSomething(node: Node): boolean {
  if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return false;
  switch (node.kind) {
    case ts.SyntaxKind.CallExpression:
    case ts.SyntaxKind.NewExpression:
    case ts.SyntaxKind.TaggedTemplateExpression:
    case ts.SyntaxKind.AwaitExpression:
    case ts.SyntaxKind.YieldExpression:
    case ts.SyntaxKind.Decorator:
      return true;
    default:
      return ts.forEachChild(node, (child) => callsSomething(child) || undefined) ?? false;
  }
}

/** One counter for a call-free loop and the loops inside it, until a function begins. */
export class LoopChecks {
  readonly #context: string;
  #counter: string | undefined;
  #made = 0;

  constructor(context: string) {
    this.#context = context;
  }

  /** The counter to declare before a loop, if it is the outermost call-free one. */
  enter(calls: boolean): string | undefined {
    if (calls || this.#counter) return undefined;
    this.#counter = `${this.#context}${++this.#made}`;
    return this.#counter;
  }

  leave(declared: string | undefined): void {
    if (declared) this.#counter = undefined;
  }

  /** The statement that begins each turn. */
  check(calls: boolean): string {
    const stop = `${this.#context}.flag[0]&&${this.#context}.interrupt();`;
    return calls || !this.#counter ? stop : `(++${this.#counter}&1023)||${stop}`;
  }

  /** Runs `walk` for a function's body, whose loops count for themselves. */
  inFunction(walk: () => void): void {
    const outer = this.#counter;
    this.#counter = undefined;
    walk();
    this.#counter = outer;
  }
}
