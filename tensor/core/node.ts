/** Nodes of the recorded graph: what made a tensor, and what its gradient's way back needs. */
import type { Dtype } from "./dtype.ts";
import { RuntimeError } from "./errors.ts";
import type { Layout } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { type Tuple, tuple } from "./tuple.ts";

/** A gradient, or null for "none". */
export type Gradient = Tensor | null;
/** A tensor's hook: sees the gradient, may give another. */
export type Hook = (g: Tensor) => unknown;
/** A vjp as nodes call it: (g, y, x, parameters) for one input, (g, y, a, b, parameters) for two. */
export type AnyVjp = (g: Tensor, y: Tensor, a: Tensor, b: unknown, parameters: unknown) => Gradient;
/** The vjp of an op with any number of inputs: all gradients at once. */
export type ListVjp = (gs: readonly Gradient[], node: Node) => readonly Gradient[];

/** How gradients go back through an op. One object per op, shared by all of its nodes. */
export interface Rule {
  /** PyTorch's name of the node: `AddBackward0`. */
  readonly name: string;
  /** Number of inputs: 1, 2, or 0 for a list. */
  readonly arity: 0 | 1 | 2;
  /** Inputs were broadcast and promoted: their gradients are summed to shape and converted back. */
  readonly broadcasts: boolean;
  readonly vjp0: AnyVjp | null;
  readonly vjp1: AnyVjp | null;
  readonly list: ListVjp | null;
  /** What vjp0 and vjp1 read, as bits of `Saved`. */
  readonly saves0: number;
  readonly saves1: number;
  /** Written by a user: what it returns may be anything. */
  readonly custom: boolean;
}

/** Bits that say which tensors a vjp reads. */
export const Saved = { y: 1, a: 2, b: 4 } as const;

let sequence = 0;

/**
 * One recorded call. `a`, `b`, `y` are the saved tensors, null where the rule does not read them;
 * the versions say how often their memory had been written then.
 */
export class Node {
  readonly rule: Rule;
  /** Later nodes have higher numbers, so descending order is a topological one. */
  readonly sequence: number = sequence++;
  next0: Node | null;
  next1: Node | null;
  a: Tensor | null = null;
  b: Tensor | null = null;
  y: Tensor | null = null;
  aVersion = 0;
  bVersion = 0;
  yVersion = 0;
  aLayout: Layout | null = null;
  bLayout: Layout | null = null;
  aDtype: Dtype | null = null;
  bDtype: Dtype | null = null;
  yLayout: Layout | null = null;
  /** The op's other arguments. */
  readonly parameters: unknown;
  /** Saved tensors are gone: backward ran without retain_graph. */
  freed = false;
  /** Gradient collected so far during a walk. */
  g: Gradient = null;
  /** Nobody but backward holds `g`. */
  fresh = false;
  /** The walk that last reached this node. */
  walk = 0;
  /** Seldom-used parts. */
  more: NodeExtras | null = null;

  constructor(rule: Rule, next0: Node | null, next1: Node | null, parameters: unknown) {
    this.rule = rule;
    this.next0 = next0;
    this.next1 = next1;
    this.parameters = parameters;
  }

  /** PyTorch's name: `AddBackward0`. */
  name(): string {
    return this.rule === leafRule ? `torch::autograd::${leafRule.name}` : this.rule.name;
  }
  /**
   * The nodes of the inputs, each with the number of its result: `((<AccumulateGrad object at 0x…>, 0),)`.
   * The node of an input that needs no gradient is null, though typed as present.
   */
  get next_functions(): Tuple<readonly [Node, number]> {
    // Null for inputs without gradient, typed as present for the sake of cells (see above).
    return tuple(edgesOf(this).map((edge) => tuple(publicEdge(edge)))) as unknown as Tuple<
      readonly [Node, number]
    >;
  }
  /** The leaf that an AccumulateGrad node belongs to; null for other nodes. */
  get variable(): Tensor {
    return (this.rule === leafRule ? this.a : null) as Tensor;
  }
  /** Room for a user's notes about the node. */
  get metadata(): Record<string, unknown> {
    const more = extrasOf(this);
    more.metadata ??= {};
    return more.metadata;
  }
  /** PyTorch's text, with a made-up but stable address. */
  toString(): string {
    const address = (0x7f2c00000000 + this.sequence * 48).toString(16);
    return `<${this.rule.name} object at 0x${address}>`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Parts of a node that most nodes lack. */
export interface NodeExtras {
  /** Nodes of a list's inputs. */
  edges: readonly (Node | null)[];
  /** A list's saved tensors, with what they were when saved. */
  saved: readonly SavedTensor[];
  /** Gradients of several results. */
  gs: Gradient[];
  /** How many results the call had. */
  outputs: readonly { readonly layout: Layout; readonly dtype: Dtype }[];
  hooks: Hook[];
  metadata: Record<string, unknown> | null;
  /** The tensors to whose `grad` this node's gradient is written as well (retain_grad). */
  retained: Tensor | null;
}
export interface SavedTensor {
  readonly tensor: Tensor;
  readonly version: number;
}

export function extrasOf(node: Node): NodeExtras {
  node.more ??= { edges: [], saved: [], gs: [], outputs: [], hooks: [], metadata: null, retained: null };
  return node.more;
}

function plainRule(name: string): Rule {
  return {
    name,
    arity: 1,
    broadcasts: false,
    vjp0: null,
    vjp1: null,
    list: null,
    saves0: 0,
    saves1: 0,
    custom: false,
  };
}
/** A leaf's node: gradients that reach it are added to `variable.grad`. */
export const leafRule: Rule = plainRule("AccumulateGrad");
/** One result of a call that has several; `parameters` is its number, `next0` the call. */
export const resultRule: Rule = plainRule("Result");

/** The nodes of a node's inputs. */
export function edgesOf(node: Node): readonly (Node | null)[] {
  if (node.rule.arity === 0) return node.more?.edges ?? [];
  if (node.rule === leafRule) return [];
  return node.rule.arity === 1 ? [node.next0] : [node.next0, node.next1];
}

/** A result's node as users see it: its maker, and which result it is. */
export function publicEdge(node: Node | null): readonly [Node | null, number] {
  if (node === null || node.rule !== resultRule) return [node, 0];
  return [node.next0, node.parameters as number];
}

/** A saved tensor, refused when its memory was written since. */
export function checkedSaved(x: Tensor, version: number, made: Node | null): Tensor {
  if (x.storage.version === version) return x;
  const maker = made === null ? "" : publicEdge(made)[0]!.rule.name.replace(/Backward\d*$/, "");
  const origin = maker === "" || maker === "AccumulateGrad" ? "" : `, which is output 0 of ${maker},`;
  throw new RuntimeError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: [${x.dtype.tensorType} [${Array.from(x.shape).join(", ")}]]${origin} is at version ${x.storage.version}; expected version ${version} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).`,
  );
}
