/** The interrupt checks of loops: a look at one flag at the end of each turn, and the throw behind the loop. */
import type { ContinueStatement } from "typescript";
import { INTERRUPT_FLAG } from "../threads.ts";
import { type Node, ts } from "./typescript.ts";

/** What a loop is written with. */
export interface LoopCheck {
  /** Before the loop and its labels. */
  readonly before: string;
  /** Before and after the body. */
  readonly turn: string;
  readonly turned: string;
  /** Behind the loop. */
  readonly after: string;
}

/**
 * The checks of one file's loops. A turn leaves the loop by `break` for a throw that stands behind it: a call inside, even one
 * that never happens, costs V8 the loop's registers (2 to 6 ns a turn). The check is the last thing in a turn, where a variable
 * has another value than at the loop's head: were it the same, V8 would box it in each turn for both ways out.
 */
export class LoopChecks {
  readonly #context: string;
  readonly #flag: string;
  readonly #labels = new Map<Node, string>();

  /** `flag` is the text that stands for the flag's array. */
  constructor(context: string, flag: string) {
    this.#context = context;
    this.#flag = flag;
  }

  /** The check of `loop`. */
  of(loop: Node): LoopCheck {
    const done = `${this.#context}${this.#labels.size + 1}`;
    const [stop, turn] = [`${done}s`, `${done}t`];
    this.#labels.set(loop, turn);
    return {
      before: `${done}:{${stop}:{`,
      turn: `{${turn}:`,
      turned: `;if(${this.#flag}[0])break ${stop}}`,
      after: `;break ${done}}throw ${this.#context}.interrupt()}`,
    };
  }

  /** What stands for a `continue`: the end of the turn. */
  end(node: ContinueStatement): string {
    return `break ${this.#labels.get(targetOf(node))}`;
  }
}

/** The loop that a `continue` continues. */
function targetOf({ label, parent }: ContinueStatement): Node {
  let node: Node = parent;
  while (label || !ts.isIterationStatement(node, false)) {
    if (label && ts.isLabeledStatement(node) && node.label.text === label.text) return bodyOf(node);
    node = node.parent;
  }
  return node;
}

function bodyOf(node: Node): Node {
  return ts.isLabeledStatement(node) ? bodyOf(node.statement) : node;
}

/** The flag is a global, which V8 reads as a constant, unless the file itself says that name. */
export const flagText = (context: string, identifiers: ReadonlyMap<string, string>): string =>
  identifiers.has(INTERRUPT_FLAG) ? `${context}.flag` : INTERRUPT_FLAG;
