/** Losses as functions: mse_loss, nll_loss, cross_entropy. */
import { int64, uint8 } from "../core/dtype.ts";
import { IndexError, RuntimeError, ValueError } from "../core/errors.ts";
import { checkKeywords } from "../core/keywords.ts";
import { mode } from "../core/mode.ts";
import { record2, rule2 } from "../core/op.ts";
import type { Tensor } from "../core/tensor.ts";
import { toTypedArray } from "../ops/access.ts";
import * as ops from "../ops/index.ts";

/** How a loss's elements become one number, or do not. */
export type Reduction = "mean" | "sum" | "none";

/** What the losses take last. */
export interface LossOptions {
  readonly reduction?: Reduction;
}

/** Names that the losses take; `size_average` and `reduce` are gone from PyTorch's own advice and from here. */
const lossNames = ["reduction"];
const classNames = ["reduction", "weight", "ignore_index"];

function reduced(x: Tensor, reduction: Reduction): Tensor {
  switch (reduction) {
    case "mean":
      return ops.mean(x);
    case "sum":
      return ops.sum(x);
    case "none":
      return x;
    default:
      throw new ValueError(`${reduction satisfies never} is not a valid value for reduction`);
  }
}

/** d/da mean((a - b)^2) = 2 (a - b) / n. */
const slope = (g: Tensor, a: Tensor, b: Tensor, reduction: Reduction): Tensor =>
  ops.mul(ops.mul(ops.sub(a, b), reduction === "mean" ? 2 / a.layout.numel : 2), g);

const mseRule = rule2<Reduction>({
  name: "MseLossBackward0",
  saves: ["ab", "ab"],
  broadcasts: true,
  vjp: [
    (g, _y, a, b, reduction): Tensor => slope(g, a, b, reduction),
    (g, _y, a, b, reduction): Tensor => slope(g, b, a, reduction),
  ],
});

/** Mean (or sum) of squared differences (torch.nn.functional.mse_loss). */
export function mse_loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  checkKeywords("mse_loss", options, lossNames);
  const { reduction = "mean" } = options;
  const [a, b] = sameShapes(input, target);
  const recording = mode.grad;
  mode.grad = false;
  let y: Tensor;
  try {
    const d = ops.sub(a, b);
    y = reduced(ops.mul(d, d), reduction);
  } finally {
    mode.grad = recording;
  }
  return record2(mseRule, y, a, b, reduction);
}

function sameShapes(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  if (String(a.shape) === String(b.shape)) return [a, b];
  const zero = ops.mul(ops.sub(a.detach(), b.detach()), 0);
  return [ops.broadcast_to(a, zero.shape), ops.broadcast_to(b, zero.shape)];
}

/** What cross_entropy and nll_loss take last. */
export interface ClassLossOptions extends LossOptions {
  readonly weight?: Tensor | null;
  readonly ignore_index?: number;
  readonly label_smoothing?: number;
}

/** The class dimension: 1, or 0 of a single sample. */
const classDim = (x: Tensor) => (x.ndim === 1 ? 0 : 1);

/** Minus the log-probability of each target class (torch.nn.functional.nll_loss). */
export function nll_loss(input: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  checkKeywords("nll_loss", options, classNames);
  const { reduction = "mean", weight = null, ignore_index = -100 } = options;
  checkBatch(input, target);
  checkClasses(input, target, ignore_index);
  const dim = classDim(input);
  const ignored = ops.eq(target, ignore_index);
  const index = ops.masked_fill(target, ignored, 0);
  const picked = ops.squeeze(ops.gather(input, dim, ops.unsqueeze(index, dim)), dim);
  const kept = ops.logical_not(ignored).to(input.dtype);
  const weights = weight === null ? kept : ops.mul(weightOf(weight, index), kept);
  const losses = ops.mul(ops.neg(picked), weights);
  return reduction === "mean" ? ops.div(ops.sum(losses), ops.sum(weights)) : reduced(losses, reduction);
}

/** Refuses targets of another dtype than PyTorch takes, and classes that are not there. */
function checkClasses(input: Tensor, target: Tensor, ignored: number): void {
  if (target.dtype !== int64 && target.dtype !== uint8) {
    throw new RuntimeError(`expected target dtype to be Long or Byte, but got ${target.dtype.scalarName}`);
  }
  const classes = input.shape[classDim(input)]!;
  for (const value of toTypedArray(target)) {
    const c = Number(value);
    if (c !== ignored && (c < 0 || c >= classes)) throw new IndexError(`Target ${c} is out of bounds.`);
  }
}

function weightOf(weight: Tensor, index: Tensor): Tensor {
  const flat = ops.index_select(weight, 0, ops.reshape(index, [-1]));
  return ops.reshape(flat, [...index.shape]);
}

function checkBatch(input: Tensor, target: Tensor): void {
  if (input.ndim === 0) {
    throw new RuntimeError("input tensor should be 1D or 2D");
  }
  const [n, m] = [input.ndim === 1 ? 1 : input.shape[0], target.ndim === 0 ? 1 : target.shape[0]];
  if (n !== m) throw new ValueError(`Expected input batch_size (${n}) to match target batch_size (${m}).`);
}

/** Cross entropy of logits [n, c, …] with classes [n, …] or probabilities (torch.nn.functional.cross_entropy). */
export function cross_entropy(input: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  checkKeywords("cross_entropy", options, [...classNames, "label_smoothing"]);
  const { label_smoothing = 0, ...classOptions } = options;
  const { reduction = "mean", weight = null } = options;
  const dim = classDim(input);
  const logs = ops.log_softmax(input, dim);
  if (target.dtype.is_floating_point && String(target.shape) === String(input.shape)) {
    return probabilityLoss(logs, target, dim, options);
  }
  const hard = nll_loss(logs, target, classOptions);
  if (label_smoothing === 0) return hard;
  const classes = input.shape[dim]!;
  const ignored = ops.eq(target, options.ignore_index ?? -100);
  const kept = ops.logical_not(ignored).to(input.dtype);
  const weighted = weight === null ? logs : ops.mul(logs, alongClasses(weight, input, dim));
  const smooth = ops.mul(ops.neg(ops.sum(weighted, dim)), kept);
  const index = ops.masked_fill(target, ignored, 0);
  const count = weight === null ? kept : ops.mul(weightOf(weight, index), kept);
  const even = reduction === "mean" ? ops.div(ops.sum(smooth), ops.sum(count)) : reduced(smooth, reduction);
  return ops.add(ops.mul(hard, 1 - label_smoothing), ops.mul(even, label_smoothing / classes));
}

function alongClasses(weight: Tensor, input: Tensor, dim: number): Tensor {
  return ops.reshape(
    weight,
    [...input.shape].map((size, d) => (d === dim ? size : 1)),
  );
}

function probabilityLoss(logs: Tensor, target: Tensor, dim: number, options: ClassLossOptions): Tensor {
  const { reduction = "mean", weight = null, label_smoothing = 0 } = options;
  const classes = logs.shape[dim]!;
  const smooth =
    label_smoothing === 0 ? target : ops.add(ops.mul(target, 1 - label_smoothing), label_smoothing / classes);
  const weighted = weight === null ? logs : ops.mul(logs, alongClasses(weight, logs, dim));
  const losses = ops.neg(ops.sum(ops.mul(weighted, smooth), dim));
  if (reduction !== "mean") return reduced(losses, reduction);
  return ops.div(ops.sum(losses), Math.max(losses.layout.numel, 1));
}
