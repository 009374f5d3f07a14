/** What an op is: its gradient rule, its samples, and the recording of its calls, one function per arity. */
import type { Dtype } from "./dtype.ts";
import { withKeywords } from "./keywords.ts";
import { mode } from "./mode.ts";
import {
  type AnyVjp,
  extrasOf,
  type Gradient,
  type ListVjp,
  Node,
  type Rule,
  resultRule,
  Saved,
} from "./node.ts";
import type { Layout } from "./shape.ts";
import { nodeOf, type Tensor } from "./tensor.ts";

/** Inputs that the generated tests give an op. Lengths are distinct, so that mixed-up axes are seen. */
export interface Sample {
  /** Shapes of the tensor arguments. */
  readonly shapes: readonly (readonly number[])[];
  /** Arguments after the tensors. */
  readonly args?: readonly unknown[];
  /** Elements are drawn between these (default −2 and 2). */
  readonly range?: readonly [number, number];
  /** The tensors are passed as one array. */
  readonly list?: boolean;
  /** Which of the tensors are bool. */
  readonly masks?: readonly number[];
  /** Which of the tensors are int64 indices below this bound: [tensor, bound]. */
  readonly indices?: readonly (readonly [number, number])[];
  /** How tensors (by number) and `args` ("dim") follow one another, where not tensors first. */
  readonly order?: readonly (number | "dim")[];
  /** Why no gradient of the gradient is checked here. */
  readonly firstOrderOnly?: string;
}
/** A call that must be refused, and PyTorch's text. */
export interface Refusal {
  readonly shapes: readonly (readonly number[])[];
  readonly args?: readonly unknown[];
  readonly list?: boolean;
  readonly message: string;
}

/** What a table entry carries beside being the op's function. */
export interface OpInfo {
  /** How gradients go back; null where the op is not differentiable, "composed" where it is made of other ops. */
  readonly rule: Rule | "composed" | null;
  readonly samples: readonly Sample[];
  readonly refusals: readonly Refusal[];
}
export type Op<F> = F & OpInfo;

/**
 * Makes `f` a table entry. With `takes`, PyTorch's signature such as `"transpose(input, dim0, dim1)"`, its arguments may
 * be named and other names are refused; without, `f` reads its options itself.
 */
export function op<F extends (...args: never[]) => unknown>(
  about: { rule: OpInfo["rule"]; samples: readonly Sample[]; refusals?: readonly Refusal[]; takes?: string },
  f: F,
): Op<F> {
  const call = about.takes === undefined ? f : withKeywords(about.takes, f);
  return Object.assign(call, { rule: about.rule, samples: about.samples, refusals: about.refusals ?? [] });
}

/** Letters of the tensors that a vjp reads: `y` the result, `a` (or `x`) and `b` the inputs. */
type Letters = "" | "y" | "x" | "xy" | "a" | "b" | "ab" | "ay" | "by" | "aby";
function bits(letters: Letters): number {
  let saved = 0;
  for (const c of letters) saved |= c === "y" ? Saved.y : c === "b" ? Saved.b : Saved.a;
  return saved;
}

/** The rule of an op with one differentiable input. Unsaved tensors still have their shape and dtype. */
export function rule1<P>(about: {
  name: string;
  saves?: "" | "y" | "x" | "xy";
  vjp: (g: Tensor, y: Tensor, x: Tensor, p: P) => Gradient;
}): Rule {
  return {
    name: about.name,
    arity: 1,
    broadcasts: false,
    // The graph calls a vjp by its arity, and holds those of all arities under one type.
    vjp0: about.vjp as unknown as AnyVjp,
    vjp1: null,
    list: null,
    saves0: bits(about.saves ?? ""),
    saves1: 0,
    custom: false,
  };
}

/** The rule of an op with two; `saves` says what each vjp reads, `broadcasts` undoes broadcasting and promotion. */
export function rule2<P>(about: {
  name: string;
  saves: readonly [Letters, Letters];
  broadcasts?: boolean;
  vjp: readonly [
    ((g: Tensor, y: Tensor, a: Tensor, b: Tensor, p: P) => Gradient) | null,
    ((g: Tensor, y: Tensor, a: Tensor, b: Tensor, p: P) => Gradient) | null,
  ];
}): Rule {
  return {
    name: about.name,
    arity: 2,
    broadcasts: about.broadcasts ?? false,
    vjp0: about.vjp[0] as unknown as AnyVjp | null,
    vjp1: about.vjp[1] as unknown as AnyVjp | null,
    list: null,
    saves0: bits(about.saves[0]),
    saves1: bits(about.saves[1]),
    custom: false,
  };
}

/** The rule of an op with any number of inputs. */
export function ruleN(name: string, list: ListVjp, custom = false): Rule {
  return {
    name,
    arity: 0,
    broadcasts: false,
    vjp0: null,
    vjp1: null,
    list,
    saves0: 0,
    saves1: 0,
    custom,
  };
}

function save(node: Node, saved: number, y: Tensor, a: Tensor, b: Tensor | null): void {
  if ((saved & Saved.y) !== 0) {
    node.y = y;
    node.yVersion = y.storage.version;
  }
  if ((saved & Saved.a) !== 0) {
    node.a = a;
    node.aVersion = a.storage.version;
  }
  if ((saved & Saved.b) !== 0 && b !== null) {
    node.b = b;
    node.bVersion = b.storage.version;
  }
}

/** Records y = op(x) where gradients are wanted; returns y. */
export function record1(rule: Rule, y: Tensor, x: Tensor, parameters: unknown): Tensor {
  if (!mode.grad) return y;
  const next = nodeOf(x);
  if (next === null || y.dtype.kind !== "float") return y;
  const node = new Node(rule, next, null, parameters);
  save(node, rule.saves0, y, x, null);
  node.aLayout = x.layout;
  node.aDtype = x.dtype;
  node.yLayout = y.layout;
  y.node = node;
  if (y.base !== null) y.baseNode = y.base.node;
  return y;
}

/** Records y = op(a, b) where gradients are wanted; returns y. */
export function record2(rule: Rule, y: Tensor, a: Tensor, b: Tensor, parameters: unknown): Tensor {
  if (!mode.grad) return y;
  const next0 = rule.vjp0 === null ? null : nodeOf(a);
  const next1 = rule.vjp1 === null ? null : nodeOf(b);
  if ((next0 === null && next1 === null) || y.dtype.kind !== "float") return y;
  const node = new Node(rule, next0, next1, parameters);
  const saved = (next0 === null ? 0 : rule.saves0) | (next1 === null ? 0 : rule.saves1);
  if (saved !== 0) save(node, saved, y, a, b);
  node.aLayout = a.layout;
  node.aDtype = a.dtype;
  node.bLayout = b.layout;
  node.bDtype = b.dtype;
  node.yLayout = y.layout;
  y.node = node;
  return y;
}

/** Records ys = op(…inputs); `saved` tensors are read back by `savedOf`. */
export function recordN(
  rule: Rule,
  ys: readonly Tensor[],
  inputs: readonly (Tensor | null)[],
  parameters: unknown,
  saved: readonly Tensor[] = [],
): Node | null {
  if (!mode.grad) return null;
  const edges = inputs.map((x) => (x === null ? null : nodeOf(x)));
  if (edges.every((edge) => edge === null)) return null;
  const node = new Node(rule, null, null, parameters);
  const more = extrasOf(node);
  more.edges = edges;
  more.saved = saved.map((tensor) => ({ tensor, version: tensor.storage.version }));
  more.outputs = ys.map((y) => ({ layout: y.layout, dtype: y.dtype }));
  ys.forEach((y, i) => {
    if (y.dtype.kind === "float") y.node = ys.length === 1 ? node : new Node(resultRule, node, null, i);
    if (y.base !== null) y.baseNode = y.base.node;
  });
  return node;
}

/** Shape and dtype of a tensor, without its elements. */
export interface Meta {
  readonly layout: Layout;
  readonly dtype: Dtype;
}
