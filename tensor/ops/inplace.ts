/** Writing in place: who may, how the version counts, and how the graph follows. */

import { backend } from "../backend/index.ts";
import { can_cast } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { hooks } from "../core/hooks.ts";
import { mode } from "../core/mode.ts";
import { leafRule, Node } from "../core/node.ts";
import { record1, record2, rule1, rule2 } from "../core/op.ts";
import { type Layout, layoutOf, sameShape, showShape, stridedLayout } from "../core/shape.ts";
import { nodeOf, type Tensor, viewAs } from "../core/tensor.ts";
import { clone, contiguous, reshapeTo, sumKeeping } from "./broadcast.ts";
import { broadcast, broadcastLayout, converted, copied, filled, zerosLike } from "./loops.ts";

/** Refuses a write that the graph forbids, with PyTorch's text. */
export function checkWritable(x: Tensor): void {
  if (!x.layout.contiguous) checkApart(x.layout);
  if (!mode.grad) return;
  const node = nodeOf(x);
  if (node === null) return;
  const parted = /^(Unbind|Split)Backward/.exec(node.rule.name);
  if (parted !== null && x.base !== null) {
    throw new RuntimeError(
      `Output ${(node.parameters as { output?: number }).output ?? 0} of ${parted[1]} is a view and is being modified inplace. This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.`,
    );
  }
  if (node.rule === leafRule) {
    throw new RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.");
  }
  if (x.base !== null && x.base.node !== null && x.base.node.rule === leafRule) {
    throw new RuntimeError(
      "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    );
  }
}

/** Refuses to write where several elements are one place in memory. */
function checkApart(layout: Layout): void {
  if (!layout.strides.some((stride, d) => stride === 0 && layout.shape[d]! > 1)) return;
  throw new RuntimeError(
    "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
  );
}

/** Refuses a result that does not fit into `x`. */
export function checkFits(
  x: Tensor,
  layout: Layout,
  dtype: Tensor["dtype"],
  outputName = x.dtype.scalarName,
): void {
  if (!sameShape(layout.shape, x.shape)) {
    throw new RuntimeError(
      `output with shape ${showShape(x.shape)} doesn't match the broadcast shape ${showShape(layout.shape)}`,
    );
  }
  if (!can_cast(dtype, x.dtype)) {
    throw new RuntimeError(
      `result type ${dtype.scalarName} can't be cast to the desired output type ${outputName}`,
    );
  }
}

interface Region {
  readonly layout: Layout;
  readonly offset: number;
}

const stridedRule = rule1<Region>({
  name: "AsStridedBackward0",
  vjp: (g, _y, x, p): Tensor => scatterRegion(g, x, p),
});

/** `x`'s memory seen through a layout whose offset counts from `x`'s own (`torch.as_strided`). */
export function regionOf(x: Tensor, region: Region): Tensor {
  const y = viewAs(x, region.layout, x.offset + region.offset);
  return record1(stridedRule, y, x, region);
}

/** Zeros of `like`'s shape with `g` at a region; what expanding repeated is summed. */
function scatterRegion(g: Tensor, like: Tensor, region: Region): Tensor {
  const repeated: number[] = [];
  region.layout.strides.forEach((stride, d) => {
    if (stride === 0 && region.layout.shape[d]! > 1) repeated.push(d);
  });
  const z = filled(layoutOf(like.shape), g.dtype, 0, g.storage.device);
  const part = repeated.length === 0 ? g : sumKeeping(g, repeated);
  const layout = stridedLayout(part.shape, region.layout.strides);
  return copyInto(regionOf(z, { layout, offset: region.offset }), part, z);
}

/** The whole tensor's node after a view of it was written: the region's gradient goes to the view's new node. */
const slicesRule = rule2<Region>({
  name: "CopySlices",
  saves: ["", ""],
  vjp: [
    (g, _y, _a, _b, p): Tensor => {
      const rest = clone(g);
      return zeroInto(regionOf(rest, p), rest);
    },
    (g, _y, _a, b, p): Tensor => reshapeTo(regionOf(contiguous(g), p), b.shape),
  ],
});

/** Gives `x`, just written, the node that records the write. */
export function rebase(x: Tensor, written: Node | null): void {
  if (!mode.grad) return;
  if (x.base === null) {
    x.node = written;
    return;
  }
  const base = x.base;
  const old = nodeOf(base);
  if (written === null && old === null) return;
  const node = new Node(slicesRule, old, written, { layout: x.layout, offset: x.offset - base.offset });
  node.aLayout = base.layout;
  node.aDtype = base.dtype;
  node.bLayout = layoutOf(x.shape);
  node.bDtype = x.dtype;
  node.yLayout = base.layout;
  base.node = node;
  x.node = written;
  x.baseNode = node;
}

hooks.regenerate = (view) => {
  const base = view.base!;
  view.baseNode = base.node;
  if (base.node === null || base.node.rule === leafRule || !view.dtype.is_floating_point) return;
  view.node = regionOf(base, { layout: view.layout, offset: view.offset - base.offset }).node;
};

const copyRule = rule2<null>({
  name: "CopyBackwards",
  saves: ["", ""],
  broadcasts: true,
  vjp: [(g): Tensor => zerosLike(g), (g) => g],
});

/** Copies `source`, broadcast and converted, into `x`; returns `result` (default `x`). */
export function copyInto(x: Tensor, source: Tensor, result: Tensor = x): Tensor {
  checkWritable(x);
  const layout = broadcastLayout(x.layout, source.layout);
  if (!sameShape(layout.shape, x.shape)) {
    throw new RuntimeError(
      `output with shape ${showShape(x.shape)} doesn't match the broadcast shape ${showShape(layout.shape)}`,
    );
  }
  const node = recordWrite(x, (y) => record2(copyRule, y, x, source, null));
  const from = x.storage === source.storage ? copied(source) : source;
  backend.copy(x, broadcast(from, x.layout));
  x.storage.version++;
  rebase(x, node);
  return result;
}

/** The node that `record` gives a stand-in for `x`'s new value. */
export function recordWrite(x: Tensor, record: (y: Tensor) => Tensor): Node | null {
  if (!mode.grad) return null;
  const y = viewAs(x, x.layout, x.offset);
  y.base = null;
  return record(y).node;
}

const fillRule = rule1<null>({
  name: "FillBackward0",
  vjp: (g): Tensor => zerosLike(g),
});

/** Writes one number everywhere. */
export function fillInto(x: Tensor, value: number | bigint, result: Tensor = x): Tensor {
  checkWritable(x);
  const node = recordWrite(x, (y) => record1(fillRule, y, x, null));
  backend.fill(x, value);
  x.storage.version++;
  rebase(x, node);
  return result;
}
function zeroInto(x: Tensor, result: Tensor): Tensor {
  return fillInto(x, 0, result);
}

/** Moves a freshly computed value into `x`, converting it. */
export function writeBack(x: Tensor, value: Tensor, outputName?: string): void {
  checkFits(x, value.layout, value.dtype, outputName);
  backend.copy(x, converted(value, x.dtype));
  x.storage.version++;
}

/**
 * Computes f of x's present value and writes the result into x, graph and all; `outputName` names x's dtype where it
 * does not take the result.
 */
export function writeAside(x: Tensor, f: (old: Tensor) => Tensor, outputName?: string): Tensor {
  checkWritable(x);
  const old = copied(x);
  old.node = nodeOf(x);
  const y = f(old);
  writeBack(x, y, outputName);
  rebase(x, y.node);
  return x;
}
