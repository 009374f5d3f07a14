/** Ops of one's own: `class Cube extends Function { static forward(ctx, x) … static backward(ctx, g) … }`. */
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { mode, withGrad } from "../core/mode.ts";
import { checkedSaved, type Gradient, leafRule, type Node, type Rule } from "../core/node.ts";
import { recordN, ruleN } from "../core/op.ts";
import { layoutOf, sameShape, showShape } from "../core/shape.ts";
import { nodeOf, Tensor } from "../core/tensor.ts";
import { type Tuple, tuple } from "../core/tuple.ts";
import { sumTo } from "../ops/broadcast.ts";
import { rebase } from "../ops/inplace.ts";
import { filled } from "../ops/loops.ts";
import { checkNotFreed } from "./backward.ts";

/** What `forward` hands over to `backward`. Other properties may be set on it freely. */
export class Context {
  /** Which inputs need a gradient. */
  needs_input_grad: readonly boolean[] = [];
  #saved: readonly (Tensor | null)[] = [];
  #versions: readonly number[] = [];
  #node: Node | null = null;
  dirty: readonly Tensor[] = [];
  nonDifferentiable: readonly Tensor[] = [];
  materialize = true;

  /** Keeps tensors for `backward`, which finds them in `saved_tensors`. */
  save_for_backward(...tensors: (Tensor | null)[]): void {
    this.#saved = tensors;
    this.#versions = tensors.map((x) => x?.storage.version ?? 0);
  }
  /** The tensors that `save_for_backward` kept; refused when written in place since. */
  get saved_tensors(): Tuple<Tensor> & Tensor[] {
    if (this.#node !== null) checkNotFreed(this.#node);
    return tuple(
      this.#saved.map((x, i) => (x === null ? x : checkedSaved(x, this.#versions[i]!, x.node))) as Tensor[],
    );
  }
  /** Says that inputs were written in place. */
  mark_dirty(...tensors: Tensor[]): void {
    this.dirty = tensors;
    const saved = this.#saved;
    this.#versions = saved.map((x, i) =>
      x !== null && tensors.includes(x) ? x.storage.version : this.#versions[i]!,
    );
  }
  /** Says that outputs have no gradient. */
  mark_non_differentiable(...tensors: Tensor[]): void {
    this.nonDifferentiable = tensors;
  }
  /** Whether missing gradients reach `backward` as zeros (the default) or as null. */
  set_materialize_grads(value: boolean): void {
    this.materialize = value;
  }
  /** For the library: ties the saved tensors to the graph's life. */
  attach(node: Node): void {
    this.#node = node;
    if (node.more !== null) {
      node.more.saved = this.#saved
        .filter((x) => x !== null)
        .map((x) => ({ tensor: x, version: x.storage.version }));
    }
  }
}

/** A class with a `forward`. */
interface WithForward {
  forward(ctx: Context, ...args: never[]): unknown;
}
type Rest<F extends (...args: never[]) => unknown> = Parameters<F> extends [unknown, ...infer R] ? R : never;

/** Calls `forward` and records it: typed from `forward`, also when detached from its class. */
export interface Apply {
  <F extends WithForward>(this: F, ...args: Rest<F["forward"]>): ReturnType<F["forward"]>;
  (this: void, ...args: unknown[]): Tensor;
}

const applied = new WeakMap<object, Apply>();
const rules = new WeakMap<object, Rule>();

/** Base of differentiable functions of one's own (`torch.autograd.Function`). */
// biome-ignore lint/complexity/noStaticOnlyClass: users extend it, as in PyTorch
class CustomFunction {
  /** Computes the result; tensors for `backward` go to `ctx.save_for_backward`. */
  static forward(_ctx: Context, ..._args: never[]): unknown {
    throw new NotImplementedError("You must implement the forward function for custom autograd.Function.");
  }
  /** Gives the gradient of each input from those of the outputs; null where there is none. */
  static backward(_ctx: Context, ..._gradients: never[]): unknown {
    throw new NotImplementedError(
      "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.",
    );
  }
  /** Calls the function on tensors and other values: `Cube.apply(x)`. */
  static get apply(): Apply {
    // biome-ignore lint/complexity/noThisInStatic: each subclass has its own, with statics that the base does not declare
    return applyOf(this as unknown as FunctionClass);
  }
}

function applyOf(type: FunctionClass): Apply {
  let f = applied.get(type);
  if (f === undefined) {
    f = ((...args: unknown[]) => run(type, args)) as Apply;
    applied.set(type, f);
  }
  return f;
}

export { CustomFunction as Function };

interface FunctionClass {
  readonly name: string;
  forward(ctx: Context, ...args: unknown[]): unknown;
  backward(ctx: Context, ...gradients: unknown[]): unknown;
  setup_context?(ctx: Context, inputs: unknown[], output: unknown): void;
}

function ruleFor(type: FunctionClass): Rule {
  let rule = rules.get(type);
  if (rule === undefined) {
    rule = ruleN(`${type.name}Backward`, (gs, node) => gradients(type, gs, node), true);
    rules.set(type, rule);
  }
  return rule;
}

interface Call {
  readonly ctx: Context;
  readonly shapes: readonly (readonly number[] | null)[];
}

function run(type: FunctionClass, args: unknown[]): unknown {
  const ctx = new Context();
  const inputs = args.map((x) => (x instanceof Tensor ? x : null));
  ctx.needs_input_grad = tuple(inputs.map((x) => x !== null && nodeOf(x) !== null));
  const result = withGrad(false, () => {
    if (type.setup_context === undefined) return type.forward(ctx, ...args);
    const output = (type.forward as (...args: unknown[]) => unknown)(...args);
    type.setup_context(ctx, args, output);
    return output;
  });
  const several = Array.isArray(result);
  const outputs = (several ? result : [result]).map((y: unknown) => ownOutput(y, inputs, ctx));
  record(type, ctx, inputs, outputs);
  return several ? tuple(outputs) : outputs[0];
}

/** An input returned as it came is another tensor of the same memory, unless it was marked dirty. */
function ownOutput(y: unknown, inputs: readonly (Tensor | null)[], ctx: Context): unknown {
  if (!(y instanceof Tensor) || !inputs.includes(y) || ctx.dirty.includes(y)) return y;
  return new Tensor(y.storage, y.offset, y.layout);
}

function record(
  type: FunctionClass,
  ctx: Context,
  inputs: readonly (Tensor | null)[],
  outputs: readonly unknown[],
): void {
  if (!mode.grad || !ctx.needs_input_grad.includes(true)) return;
  for (const x of ctx.dirty) {
    if (nodeOf(x)?.rule === leafRule) {
      throw new RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.");
    }
  }
  const ys = outputs.filter((y): y is Tensor => y instanceof Tensor && !ctx.nonDifferentiable.includes(y));
  const call: Call = { ctx, shapes: inputs.map((x) => x?.shape ?? null) };
  const node = recordN(ruleFor(type), ys, inputs, call);
  if (node === null) return;
  for (const y of ys) if (y.base !== null && ctx.dirty.includes(y)) rebase(y, y.node);
  ctx.attach(node);
}

/** Runs the user's backward and checks what it gave. */
function gradients(type: FunctionClass, gs: readonly Gradient[], node: Node): readonly Gradient[] {
  const { ctx, shapes } = node.parameters as Call;
  const given = gs.map((g, i) => {
    if (g !== null || !ctx.materialize) return g;
    const { layout, dtype } = node.more!.outputs[i]!;
    return filled(layoutOf(layout.shape), dtype, 0);
  });
  const result = type.backward(ctx, ...given);
  const list = (Array.isArray(result) ? result : [result]) as (Gradient | undefined)[];
  const extra = list.slice(shapes.length);
  if (list.length < shapes.length || extra.some((g) => g !== null && g !== undefined)) {
    throw new RuntimeError(
      `function ${type.name}Backward returned an incorrect number of gradients (expected ${shapes.length}, got ${list.length})`,
    );
  }
  return shapes.map((shape, i) => fitted(type, list[i] ?? null, shape, i));
}

function fitted(type: FunctionClass, g: Gradient, shape: readonly number[] | null, i: number): Gradient {
  if (g === null || shape === null) return null;
  if (!(g instanceof Tensor)) {
    throw new TypeError(`expected Variable or None (got ${typeof g}): ${type.name}.backward, gradient ${i}`);
  }
  if (sameShape(g.shape, shape)) return g;
  const fits =
    g.ndim >= shape.length && shape.every((n, d) => n === 1 || n === g.shape[g.ndim - shape.length + d]);
  if (fits) return sumTo(g, shape);
  throw new RuntimeError(
    `Function ${type.name}Backward returned an invalid gradient at index ${i} - got ${showShape(g.shape)} but expected shape compatible with ${showShape(shape)}`,
  );
}
