/** Shapes and strides against their definitions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { broadcastShapes, broadcastStrides, layoutOf, size, stridedLayout, viewStrides } from "./shape.ts";

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

test("a Size prints as PyTorch's and stays an array", () => {
  const s = size([2, 3]);
  assert.equal(String(s), "torch.Size([2, 3])");
  assert.deepEqual([s.length, s[1], s.numel(), Array.isArray(s)], [2, 3, 6, true]);
  assert.deepEqual(s.slice(1), [3]);
});

test("broadcasting aligns on the right and repeats lengths of 1", () => {
  fc.assert(
    fc.property(
      shapes,
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.nat(4),
      (full, ones, cut) => {
        const part = full.map((n, d) => (ones[d] ? 1 : n)).slice(Math.min(cut, full.length));
        assert.deepEqual([...broadcastShapes(full, part)], full);
        const strides = broadcastStrides(layoutOf(part), full);
        const missing = full.length - part.length;
        full.forEach((n, d) => {
          const repeated = d < missing || (part[d - missing] === 1 && n !== 1);
          assert.equal(strides[d] === 0, repeated, `dimension ${d}`);
        });
      },
    ),
  );
});

/** Positions in memory, in row-major order of the shape. */
function positions(shape: readonly number[], strides: readonly number[]): number[] {
  let at = [0];
  shape.forEach((n, d) => {
    at = at.flatMap((p) => Array.from({ length: n }, (_, i) => p + i * strides[d]!));
  });
  return at;
}

test("a view's strides reach the same elements in the same order, or there are none", () => {
  fc.assert(
    fc.property(shapes, fc.infiniteStream(fc.nat()), (shape, random) => {
      const layout = layoutOf(shape);
      const order = shape.map((_, d) => d).sort(() => (random.next().value % 3) - 1);
      const permuted = stridedLayout(
        order.map((d) => shape[d]!),
        order.map((d) => layout.strides[d]!),
      );
      const target = [...permuted.shape, 1];
      const merged = target.length > 2 ? [target[0]! * target[1]!, ...target.slice(2)] : target;
      const strides = viewStrides(permuted, merged);
      if (strides !== null) {
        assert.deepEqual(positions(merged, strides), positions(permuted.shape, permuted.strides));
      } else {
        assert.ok(!permuted.contiguous, "row-major memory can be viewed in any shape");
      }
    }),
  );
});

test("shapes that do not fit are refused with the dimension", () => {
  assert.throws(() => broadcastShapes([2, 3], [2, 4]), {
    message: "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
  });
});

test("sizes that are no sizes are refused before memory is taken", () => {
  assert.throws(() => layoutOf([2, Number.NaN]), /^TypeError: shape: \[2, NaN\] was given: lengths must be/);
  assert.throws(() => layoutOf([2, 3, 0.5]), TypeError);
  assert.throws(() => layoutOf([-1]), TypeError);
});
