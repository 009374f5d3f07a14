/** The reverse walk: `backward` adds gradients to leaves, `grad` returns them. */

import { allocate } from "../core/allocate.ts";
import { type Dtype, float32 } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { checkKeywords } from "../core/keywords.ts";
import { mode, withGrad } from "../core/mode.ts";
import {
  type AnyVjp,
  checkedSaved,
  edgesOf,
  type Gradient,
  leafRule,
  type Node,
  resultRule,
} from "../core/node.ts";
import { type Layout, sameShape } from "../core/shape.ts";
import { nodeOf, Tensor } from "../core/tensor.ts";
import { type Tuple, tuple } from "../core/tuple.ts";
import { clone, convert, sumTo } from "../ops/broadcast.ts";
import { add } from "../ops/elementwise.ts";
import { copied, filled } from "../ops/loops.ts";

const freedMessage =
  "Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.";

/** Refuses what an earlier walk has freed. */
export function checkNotFreed(node: Node): void {
  if (node.freed) throw new RuntimeError(freedMessage);
}

interface Walk {
  readonly retain: boolean;
  readonly create: boolean;
  /** Nodes whose gradients are wanted; null means: add to the leaves. */
  readonly wanted: Map<Node, Gradient> | null;
}

let walks = 0;

/** All nodes below the roots, each before those it came from. */
function ordered(roots: readonly Node[]): Node[] {
  const id = ++walks;
  const stack: Node[] = [];
  const found: Node[] = [];
  const visit = (node: Node | null): void => {
    if (node === null || node.walk === id) return;
    node.walk = id;
    stack.push(node);
  };
  for (const root of roots) visit(root);
  let sorted = true;
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (found.length > 0 && found[found.length - 1]!.sequence < node.sequence) sorted = false;
    found.push(node);
    if (node.rule.arity === 0) for (const edge of edgesOf(node)) visit(edge);
    else if (node.rule !== leafRule) {
      visit(node.next0);
      visit(node.next1);
    }
  }
  return sorted ? found : found.sort((p, q) => q.sequence - p.sequence);
}

/** Of the ordered nodes those from which a wanted one is reached. */
function leadingTo(nodes: readonly Node[], wanted: ReadonlyMap<Node, Gradient>): Set<Node> {
  const needed = new Set<Node>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (wanted.has(node) || edgesOf(node).some((edge) => edge !== null && needed.has(edge))) needed.add(node);
  }
  return needed;
}

/** Carries gradients from the roots down. */
function walkBack(roots: readonly Node[], seeds: readonly Tensor[], how: Walk): void {
  const nodes = ordered(roots);
  const needed = how.wanted === null ? null : leadingTo(nodes, how.wanted);
  const before = mode.grad;
  mode.grad = how.create;
  try {
    for (let i = 0; i < roots.length; i++) deliver(roots[i]!, seeds[i]!, false);
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      if (needed === null || needed.has(node)) step(node, how, needed);
    }
  } finally {
    mode.grad = before;
    for (const node of nodes) {
      node.g = null;
      if (node.more !== null) node.more.gs = [];
    }
  }
}

function deliver(node: Node, g: Tensor, fresh: boolean): void {
  if (node.g === null) {
    node.g = g;
    node.fresh = fresh;
  } else {
    node.g = add(node.g, g);
    node.fresh = true;
  }
}

function step(node: Node, how: Walk, needed: ReadonlySet<Node> | null): void {
  if (node.rule.arity === 0) {
    if (node.g !== null) node.g = seen(node, node.g);
    stepList(node, how);
    return;
  }
  if (node.g === null) return;
  let g = node.g;
  if (node.more !== null) {
    g = seen(node, g);
    if (node.more.retained !== null) accumulate(node.more.retained, g, false);
  }
  if (how.wanted?.has(node)) how.wanted.set(node, g);
  if (node.rule === leafRule) {
    if (how.wanted === null) accumulate(node.a!, g, node.fresh && g === node.g);
  } else if (node.rule === resultRule) {
    node.next0!.more!.gs[node.parameters as number] = g;
  } else {
    checkNotFreed(node);
    if (node.rule.arity === 1) step1(node, g);
    else step2(node, g, needed);
    if (!how.retain) release(node);
  }
  node.g = null;
}

/** What a node's hooks make of its gradient. */
function seen(node: Node, given: Tensor): Tensor {
  let g = given;
  for (const hook of node.more?.hooks ?? []) {
    const changed = hook(g);
    if (changed instanceof Tensor) g = changed;
  }
  return g;
}

const nothing = allocate(float32, 0);
/** A tensor that has only shape and dtype, for a rule that reads no more. */
function ghost(layout: Layout | null, dtype: Dtype | null): Tensor {
  const x = new Tensor(nothing, 0, layout!);
  x.dtype = dtype!;
  return x;
}

function step1(node: Node, g: Tensor): void {
  const vjp = node.rule.vjp0!;
  const y = node.y === null ? ghost(node.yLayout, g.dtype) : checkedSaved(node.y, node.yVersion, node);
  const x =
    node.a === null ? ghost(node.aLayout, node.aDtype) : checkedSaved(node.a, node.aVersion, node.next0);
  const r = vjp(g, y, x, node.parameters, undefined);
  if (r !== null) deliver(node.next0!, r, r !== g && r.base === null);
}

function step2(node: Node, g: Tensor, needed: ReadonlySet<Node> | null): void {
  const { rule, next0, next1 } = node;
  const y = node.y === null ? ghost(node.yLayout, g.dtype) : checkedSaved(node.y, node.yVersion, node);
  const a =
    node.a === null ? ghost(node.aLayout, node.aDtype) : checkedSaved(node.a, node.aVersion, node.next0);
  const b =
    node.b === null ? ghost(node.bLayout, node.bDtype) : checkedSaved(node.b, node.bVersion, node.next1);
  if (next0 !== null && (needed === null || needed.has(next0))) {
    apply2(rule.vjp0!, node, g, y, a, b, next0, node.aLayout!, node.aDtype!);
  }
  if (next1 !== null && (needed === null || needed.has(next1))) {
    apply2(rule.vjp1!, node, g, y, a, b, next1, node.bLayout!, node.bDtype!);
  }
}

function apply2(
  vjp: AnyVjp,
  node: Node,
  g: Tensor,
  y: Tensor,
  a: Tensor,
  b: Tensor,
  next: Node,
  layout: Layout,
  dtype: Dtype,
): void {
  let r = vjp(g, y, a, b, node.parameters);
  if (r === null) return;
  if (node.rule.broadcasts) r = sumTo(convert(r, dtype), layout.shape);
  deliver(next, r, r !== g && r.base === null);
}

function stepList(node: Node, how: Walk): void {
  const more = node.more!;
  const gs = more.outputs.length === 1 ? [node.g] : more.outputs.map((_, i) => more.gs[i] ?? null);
  if (gs.every((g) => g === null)) return;
  if (how.wanted?.has(node)) how.wanted.set(node, gs[0]!);
  if (more.retained !== null && gs[0] !== null) accumulate(more.retained, gs[0]!, false);
  checkNotFreed(node);
  const results = node.rule.list!(gs, node);
  more.edges.forEach((edge, i) => {
    const r = results[i] ?? null;
    if (edge !== null && r !== null)
      deliver(edge, r, !node.rule.custom && !gs.includes(r) && r.base === null);
  });
  more.gs = [];
  node.g = null;
  if (!how.retain) release(node);
}

/** Lets go of the saved tensors; a later walk through this node is refused. */
function release(node: Node): void {
  if (node.a !== null || node.b !== null || node.y !== null) {
    node.a = null;
    node.b = null;
    node.y = null;
    node.freed = true;
  }
  if (node.more !== null && node.more.saved.length > 0) {
    node.more.saved = [];
    node.freed = true;
  }
}

/** Adds a gradient to `x.grad`; one that nobody else holds is taken over. */
function accumulate(x: Tensor, g: Tensor, fresh: boolean): void {
  if (x.grad === null) {
    if (mode.grad && nodeOf(g) !== null) x.grad = fresh ? g : clone(g);
    else x.grad = fresh && g.layout.contiguous ? g : copied(g);
  } else if (mode.grad) x.grad = add(x.grad, g);
  else add.inPlace(x.grad, g);
}

/** The gradients to begin with: ones for scalars, else what the caller gave. */
function seedsOf(outputs: readonly Tensor[], given: readonly (Tensor | null)[]): Tensor[] {
  const seeds = outputs.map((y, i) => {
    const g = given[i] ?? null;
    if (g !== null) {
      if (!sameShape(g.shape, y.shape)) {
        throw new RuntimeError(
          `Mismatch in shape: grad_output[${i}] has a shape of ${g.shape} and output[${i}] has a shape of ${y.shape}.`,
        );
      }
      return convert(g, y.dtype);
    }
    if (nodeOf(y) !== null && y.layout.numel !== 1) {
      throw new RuntimeError("grad can be implicitly created only for scalar outputs");
    }
    return filled(y.layout, y.dtype, 1, y.storage.device);
  });
  outputs.forEach((y, i) => {
    if (nodeOf(y) === null) {
      throw new RuntimeError(`element ${i} of tensors does not require grad and does not have a grad_fn`);
    }
  });
  return seeds;
}

/** One tensor or several. */
export type Tensors = Tensor | readonly Tensor[];
export function listOf<T extends Tensor | null>(given: T | readonly T[] | null | undefined): readonly T[] {
  if (given === null || given === undefined) return [];
  return given instanceof Tensor ? [given as T] : (given as readonly T[]);
}

export interface BackwardOptions {
  readonly retain_graph?: boolean | null;
  readonly create_graph?: boolean;
  /** Add to these leaves only. */
  readonly inputs?: Tensors | null;
}

const plain: BackwardOptions = {};

/** Adds the gradients of `tensors` to the `grad` of the leaves they were computed from (`torch.autograd.backward`). */
export function backward(
  tensors: Tensors,
  grad_tensors?: Tensor | readonly (Tensor | null)[] | null,
  options: BackwardOptions = plain,
): void {
  if (options !== plain)
    checkKeywords("Tensor.backward", options, ["gradient", "retain_graph", "create_graph", "inputs"]);
  const outputs = listOf(tensors);
  const seeds = seedsOf(outputs, listOf(grad_tensors));
  const create = options.create_graph ?? false;
  const retain = options.retain_graph ?? create;
  const roots = outputs.map((y) => nodeOf(y)!);
  const inputs = listOf(options.inputs);
  if (options.inputs === undefined || options.inputs === null) {
    walkBack(roots, seeds, { retain, create, wanted: null });
    return;
  }
  if (inputs.length === 0) throw new RuntimeError("'inputs' argument to 'backward' cannot be empty.");
  const wanted = wantedOf(inputs);
  walkBack(roots, seeds, { retain, create, wanted });
  withGrad(create, () => {
    for (const x of inputs) {
      const g = wanted.get(nodeOf(x)!) ?? null;
      if (g !== null) accumulate(x, g, false);
    }
  });
}

function wantedOf(inputs: readonly Tensor[]): Map<Node, Gradient> {
  const wanted = new Map<Node, Gradient>();
  for (const x of inputs) {
    const node = nodeOf(x);
    if (node === null) throw new RuntimeError("One of the differentiated Tensors does not require grad");
    wanted.set(node, null);
  }
  return wanted;
}

export interface GradOptions {
  readonly grad_outputs?: Tensor | readonly (Tensor | null)[] | null;
  readonly retain_graph?: boolean | null;
  readonly create_graph?: boolean;
  /** An input that the outputs do not depend on gives null rather than an error. */
  readonly allow_unused?: boolean | null;
  /** An unused input gives zeros. */
  readonly materialize_grads?: boolean;
}

const gradNames = ["grad_outputs", "retain_graph", "create_graph", "allow_unused", "materialize_grads"];

/** The gradients of `outputs` with respect to each input, as a tuple (`torch.autograd.grad`). */
export function grad(
  outputs: Tensors,
  inputs: Tensors,
  given: GradOptions | Tensor | readonly (Tensor | null)[] | null = {},
  rest: GradOptions = {},
): Tuple<Tensor> {
  const options: GradOptions =
    given === null || given instanceof Tensor || Array.isArray(given)
      ? { grad_outputs: given as GradOptions["grad_outputs"] & {}, ...rest }
      : (given as GradOptions);
  checkKeywords("grad", options, gradNames);
  const ys = listOf(outputs);
  const seeds = seedsOf(ys, listOf(options.grad_outputs));
  const xs = listOf(inputs);
  const wanted = wantedOf(xs);
  const create = options.create_graph ?? false;
  walkBack(
    ys.map((y) => nodeOf(y)!),
    seeds,
    { retain: options.retain_graph ?? create, create, wanted },
  );
  const found = xs.map((x) => wanted.get(nodeOf(x)!) ?? unused(x, options));
  return tuple(found as Tensor[]) as Tuple<Tensor>;
}

function unused(x: Tensor, options: GradOptions): Tensor | null {
  if (options.materialize_grads) return filled(x.layout, x.dtype, 0, x.storage.device);
  if (options.allow_unused) return null;
  throw new RuntimeError(
    "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.",
  );
}
