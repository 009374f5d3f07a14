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

const period = 1024;

/** The outermost loop of each function declares a counter and takes the flag; the loops inside share them. */
export class LoopChecks {
  readonly #context: string;
  #counter: string | undefined;
  #made = 0;

  constructor(context: string) {
    this.#context = context;
  }

  /** What to declare before a loop that has no loop around it. */
  enter(): string | undefined {
    if (this.#counter) return undefined;
    this.#counter = `${this.#context}${++this.#made}`;
    return `let ${this.#counter}=${period};const ${this.#flag}=${this.#context}.flag;`;
  }

  /** Ends the loop for which `enter` gave `declared`. */
  leave(declared: string | undefined): void {
    if (declared) this.#counter = undefined;
  }

  /** The statement that begins each turn: in a call-free body it looks at the flag now and then only. */
  check(calls: boolean): string {
    const stop = `${this.#flag}[0]&&${this.#context}.interrupt()`;
    return calls ? `${stop};` : `--${this.#counter}||(${this.#counter}=${period},${stop});`;
  }

  /** Runs `walk` for a function's body, whose loops are its own. */
  inFunction(walk: () => void): void {
    const outer = this.#counter;
    this.#counter = undefined;
    walk();
    this.#counter = outer;
  }

  get #flag(): string {
    return `${this.#counter}f`;
  }
}
