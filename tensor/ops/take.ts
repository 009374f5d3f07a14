/** Elements by position: the one pair of primitives, take and put, behind gather, index and diagonals. */
import { materialise } from "../core/allocate.ts";
import type { Rule } from "../core/node.ts";
import { record1, rule1 } from "../core/op.ts";
import { layoutOf } from "../core/shape.ts";
import type { Data } from "../core/storage.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { copied, filled, settle } from "./loops.ts";

/** Row-major positions in the source, and the shape they are laid out in. */
export interface Positions {
  readonly at: Int32Array;
  readonly shape: readonly number[];
}

/** The elements in row-major order: `data[start]` is the first. Read within the op, never kept. */
export function elementsOf(x: Tensor): { readonly data: Data; readonly start: number } {
  const source = x.layout.contiguous ? x : copied(x);
  const start = source.offset;
  return { data: materialise(source.storage), start };
}

/** The rule of an op that takes elements, with PyTorch's name. */
export function takeRule(name: string): Rule {
  return rule1<Positions>({ name, vjp: (g, _y, x, p): Tensor => putSum(g, x.shape, p) });
}

/** y[k] = x[positions[k]]. */
export function take(rule: Rule, x: Tensor, positions: Positions): Tensor {
  const y = uninitialised(x.dtype, layoutOf(positions.shape));
  const { data, start } = elementsOf(x);
  const to = materialise(y.storage);
  const { at } = positions;
  for (let k = 0; k < at.length; k++) to[k] = data[start + at[k]!]!;
  settle(y);
  return record1(rule, y, x, positions);
}

const backRule = takeRule("TakeBackward0");
const putRule = rule1<Positions>({
  name: "PutBackward0",
  vjp: (g, _y, _x, p): Tensor => take(backRule, g, p),
});

/** Zeros of `shape` with each g[k] added at positions[k]: the transpose of `take`. */
export function putSum(
  g: Tensor,
  shape: readonly number[],
  positions: Positions,
  rule: Rule = putRule,
): Tensor {
  const y = filled(layoutOf(shape), g.dtype, 0);
  const { data, start } = elementsOf(g);
  const to = materialise(y.storage) as Float64Array;
  const { at } = positions;
  for (let k = 0; k < at.length; k++) to[at[k]!]! += data[start + k] as number;
  settle(y);
  return record1(rule, y, g, positions);
}

/** The rule of an op that puts elements at distinct positions. */
export function putRuleNamed(name: string): Rule {
  return rule1<Positions>({ name, vjp: (g, _y, _x, p): Tensor => take(backRule, g, p) });
}

/** Positions of all combinations: index i of dimension d is at `offset + Σ i_d · strides_d`. */
export function stridedPositions(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): Positions {
  const n = shape.reduce((p, q) => p * q, 1);
  const at = new Int32Array(n);
  const index = shape.map(() => 0);
  let position = offset;
  for (let k = 0; k < n; k++) {
    at[k] = position;
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d]!++;
      position += strides[d]!;
      if (index[d]! < shape[d]!) break;
      position -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return { at, shape };
}
