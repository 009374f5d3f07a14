/** The tensor type: memory seen through a layout, and the node that made it. Ops are elsewhere. */
import { allocate } from "./allocate.ts";
import type { Dtype } from "./dtype.ts";
import { RuntimeError } from "./errors.ts";
import { hooks } from "./hooks.ts";
import { leafRule, Node, publicEdge } from "./node.ts";
import { type Layout, type Size, sameShape, showShape } from "./shape.ts";
import { cpu, type Device, type Storage } from "./storage.ts";

export { cpu, type Device } from "./storage.ts";

/** An n-dimensional array that can record how it was computed (`torch.Tensor`). */
export class Tensor {
  storage: Storage;
  /** Position of the first element in the storage. */
  offset: number;
  layout: Layout;
  dtype: Dtype;
  /** What made this tensor; a leaf that requires a gradient has a node of its own. */
  node: Node | null = null;
  /** The tensor that this one is a view of. */
  base: Tensor | null = null;
  /** The base's node when this view's node was made. */
  baseNode: Node | null = null;
  private gradient: Tensor | null = null;

  /** For the library's own use; users call `torch.tensor`. */
  constructor(storage: Storage, offset: number, layout: Layout) {
    this.storage = storage;
    this.offset = offset;
    this.layout = layout;
    this.dtype = storage.dtype;
  }

  /** The lengths of the dimensions. */
  get shape(): Size {
    return this.layout.shape;
  }
  /** Steps between neighbours along each dimension, in elements. */
  get strides(): readonly number[] {
    return this.layout.strides;
  }
  /** Number of dimensions. */
  get ndim(): number {
    return this.layout.shape.length;
  }
  /** Where the elements are. */
  get device(): Device {
    return this.storage.device;
  }
  /**
   * The gradient that backward left here; null before. Typed as present, so that `x.grad.mul(2)` reads as it does
   * in Python, with no `!`.
   */
  get grad(): Tensor {
    return this.gradient as Tensor;
  }
  set grad(gradient: Tensor | null) {
    if (gradient !== null && !sameShape(gradient.shape, this.shape)) {
      throw new RuntimeError(
        `attempting to assign a gradient of size '${showShape(gradient.shape)}' to a tensor of size '${showShape(this.shape)}'. Please ensure that the gradient and the tensor are the same size`,
      );
    }
    this.gradient = gradient;
  }
  /** Whether ops on this tensor are recorded. May be set on leaves of a floating-point dtype. */
  get requires_grad(): boolean {
    return nodeOf(this) !== null;
  }
  set requires_grad(required: boolean) {
    setRequiresGrad(this, required);
  }
  /** The node that made this tensor; null for a leaf, though typed as present (as `grad` is). */
  get grad_fn(): Node {
    const node = nodeOf(this);
    return (node === null || node.rule === leafRule ? null : publicEdge(node)[0]) as Node;
  }
  /** True where no recorded op made this tensor. */
  get is_leaf(): boolean {
    return this.grad_fn === null;
  }
  /** Which result of its maker this tensor is. */
  get output_nr(): number {
    return this.node === null ? 0 : publicEdge(this.node)[1];
  }
  /** How often the memory was written in place. */
  get _version(): number {
    return this.storage.version;
  }
  /** The tensor this one is a view of, or null. */
  get _base(): Tensor | null {
    return this.base;
  }
  /** This tensor's text, as PyTorch prints it. */
  toString(): string {
    return hooks.repr(this);
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return hooks.repr(this);
  }
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new TypeError(
      "tensor: used with a JavaScript operator: use its methods, x.add(y) or x.mul(2), or x.item() for its number",
    );
  }
  /** Rows along the first dimension. */
  *[Symbol.iterator](): Generator<Tensor> {
    if (this.ndim === 0) throw new TypeError("iteration over a 0-d tensor");
    for (let i = 0; i < this.shape[0]!; i++) yield hooks.row(this, i);
  }
}

/** Marks a leaf as requiring a gradient, or no longer. */
export function setRequiresGrad(x: Tensor, required: boolean): void {
  if (required === x.requires_grad) return;
  if (!x.is_leaf) {
    throw new RuntimeError(
      "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
    );
  }
  if (required && !x.dtype.is_floating_point) {
    throw new RuntimeError("only Tensors of floating point and complex dtype can require gradients");
  }
  x.node = required ? new Node(leafRule, null, null, null) : null;
  if (x.node !== null) x.node.a = x;
}

/** The node of a tensor; a view whose base was written in place gets a new one first. */
export function nodeOf(x: Tensor): Node | null {
  if (x.base !== null && x.base.node !== x.baseNode) hooks.regenerate(x);
  return x.node;
}

/** A new tensor whose elements are still to be written. */
export function uninitialised(dtype: Dtype, layout: Layout, device: Device = cpu): Tensor {
  return new Tensor(allocate(dtype, layout.numel, device), 0, layout);
}

/** A view of `x`'s memory with another layout. */
export function viewAs(x: Tensor, layout: Layout, offset: number): Tensor {
  const y = new Tensor(x.storage, offset, layout);
  y.base = x.base === null ? x : x.base;
  y.baseNode = y.base.node;
  return y;
}
