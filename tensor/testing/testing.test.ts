/** jacobi/testing: what holds passes, and each failure says in one error what was given and what was expected. */
import nodeAssert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssertionError, assert } from "jacobi/testing";
import * as np from "numpy-ts";
import torch from "../index.ts";

/** The message of the AssertionError that `fn` throws. */
function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    nodeAssert.ok(error instanceof AssertionError, String(error));
    nodeAssert.equal(error.name, "AssertionError");
    nodeAssert.deepEqual(Object.keys(error), [], "nothing beside the message is printed");
    return error.message;
  }
  throw new Error("it passed");
}
const float64 = { dtype: torch.float64 };

test("assert takes a condition and narrows its type", () => {
  const found: number | undefined = [1, 2].find((x) => x > 1);
  assert(found !== undefined);
  nodeAssert.equal(found.toFixed(1), "2.0");
  nodeAssert.equal(
    messageOf(() => assert(1 > 2)),
    "assert: false was given: expected true",
  );
  nodeAssert.equal(
    messageOf(() => assert(0, "the sum is off")),
    "the sum is off",
  );
});

test("assert takes a tensor of one element by its element, and refuses what is always true", () => {
  assert(
    torch
      .tensor([1, 2])
      .eq(torch.tensor([1, 2]))
      .all(),
  );
  nodeAssert.match(
    messageOf(() => assert(torch.tensor(false))),
    /tensor\(False\) was given/,
  );
  nodeAssert.match(
    messageOf(() => assert(torch.tensor([true, true]))),
    /2 elements was given.*use \.all\(\)/,
  );
  nodeAssert.match(
    messageOf(() => assert(Promise.resolve(1))),
    /put await before it/,
  );
});

test("assert.equal compares numbers in any nesting by shape and value", () => {
  assert.equal(2, 2);
  assert.equal(Number.NaN, Number.NaN);
  assert.equal(torch.zeros(2, 3).shape, [2, 3]);
  assert.equal(torch.tensor([[1, 2]]), [[1, 2]]);
  assert.equal(np.array([1, 2]), torch.tensor([1, 2]));
  assert.equal(new Float32Array([1, 2]), [1, 2]);
  assert.equal(torch.tensor([2n]), [2]);
  nodeAssert.equal(
    messageOf(() => assert.equal(torch.tensor([1, 2, 3]), [1, 4, 4])),
    "assert.equal: 2 of 3 entries differ: the largest difference is 2 at [1]: 2, expected 4\n" +
      "  actual:   tensor([1., 2., 3.])\n  expected: [ 1, 4, 4 ]",
  );
  nodeAssert.match(
    messageOf(() => assert.equal([1, 2], [1])),
    /shape \[2\] was given: expected shape \[1\]/,
  );
  nodeAssert.match(
    messageOf(() => assert.equal(3, 4, "wrong count")),
    /^wrong count\nassert.equal: the numbers differ/,
  );
});

test("assert.equal compares all else by structure", () => {
  assert.equal({ a: ["x", { b: null }] }, { a: ["x", { b: null }] });
  assert.equal(new Map([["a", 1]]), new Map([["a", 1]]));
  assert.equal(torch.zeros(1).dtype, torch.float32);
  nodeAssert.equal(
    messageOf(() => assert.equal(["a"], ["b"])),
    "assert.equal: the values differ\n  actual:   [ 'a' ]\n  expected: [ 'b' ]",
  );
  for (const [a, b] of [
    [true, 1],
    ["1", 1],
    [undefined, null],
    [1, [1]],
  ])
    nodeAssert.throws(() => assert.equal(a, b), AssertionError);
});

test("assert.allclose shows both and the largest difference", () => {
  assert.allclose(torch.tensor([1, 2], { requires_grad: true }), [1 + 1e-7, 2]);
  assert.allclose(0.1 + 0.2, 0.3);
  assert.allclose([torch.ones(2), torch.zeros(2, 2)], [[1, 1], torch.zeros(2, 2)]);
  assert.allclose(np.array([[1.05]]), [[1]], { atol: 0.1 });
  nodeAssert.equal(
    messageOf(() =>
      assert.allclose(
        torch.tensor([
          [1, 2],
          [3, 4],
        ]),
        [
          [1, 2],
          [3.5, 5],
        ],
        { rtol: 0.01 },
      ),
    ),
    "assert.allclose: 2 of 4 entries differ\n" +
      "  actual:             tensor([[1., 2.],\n                              [3., 4.]])\n" +
      "  expected:           [ [ 1, 2 ], [ 3.5, 5 ] ]\n" +
      "  largest difference: 1 at [1, 1]: 4, expected 5\n" +
      "  allowed:            1e-8 + 0.01 · |expected|",
  );
});

test("numbers in a message have as many digits as it takes to tell them apart", () => {
  nodeAssert.match(
    messageOf(() => assert.allclose(torch.tensor(0.8), 1)),
    /: 0\.8, expected 1\n/,
  );
  nodeAssert.match(
    messageOf(() => assert.equal([1 + 2 ** -40], [1])),
    /: 1\.0000000000009095, expected 1\n/,
  );
});

test("assert.allclose refuses other shapes, other things, NaN and infinity", () => {
  nodeAssert.match(
    messageOf(() => assert.allclose(torch.zeros(2), torch.zeros(1, 2))),
    /shape \[2\] was given: expected shape \[1, 2\]/,
  );
  nodeAssert.match(
    messageOf(() => assert.allclose([[1], [1, 2]], [1])),
    /parts of shape \[1\], shape \[2\] was given/,
  );
  nodeAssert.equal(
    messageOf(() => assert.allclose(undefined, 1, { message: "exercise 1" })),
    "exercise 1\nassert.allclose: undefined was given: expected a tensor, an array or a number",
  );
  nodeAssert.match(
    messageOf(() => assert.allclose(Number.NaN, 1)),
    /Infinity: NaN, expected 1/,
  );
  nodeAssert.match(
    messageOf(() => assert.allclose(1, Number.POSITIVE_INFINITY)),
    /differ/,
  );
  assert.allclose(Number.NaN, Number.NaN, { equal_nan: true });
  assert.allclose(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
});

test("assert.allclose agrees with torch.allclose", () => {
  const numbers = fc.array(fc.double({ min: -10, max: 10 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(numbers, numbers, fc.double({ min: 0, max: 2, noNaN: true }), (a, e, rtol) => {
      const passes = torch.allclose(torch.tensor(a, float64), torch.tensor(e, float64), { rtol, atol: 1 });
      const check = (): void => assert.allclose(a, e, { rtol, atol: 1 });
      passes ? check() : nodeAssert.throws(check, AssertionError);
    }),
  );
});

test("assert.throws wants an error, of a text or a class", async () => {
  const wrong = (): never => {
    throw new RangeError("x is too large");
  };
  assert.throws(wrong);
  assert.throws(wrong, /too large/);
  assert.throws(wrong, "too large");
  assert.throws(wrong, RangeError);
  nodeAssert.equal(
    messageOf(() => assert.throws(() => 1)),
    "assert.throws: nothing was thrown: expected an error",
  );
  nodeAssert.equal(
    messageOf(() => assert.throws(wrong, /small/)),
    "assert.throws: RangeError: x is too large was thrown: expected an error that says /small/",
  );
  nodeAssert.match(
    messageOf(() => assert.throws(wrong, TypeError)),
    /was thrown: expected TypeError/,
  );
  await assert.throws(async () => wrong(), RangeError);
  await nodeAssert.rejects(async () => assert.throws(async () => 1), /nothing was thrown/);
});

test("assert.gradient passes a right derivative, of inputs that need not ask for one", () => {
  assert.gradient((x) => x.pow(2).sum(), torch.tensor([1, 2], float64));
  assert.gradient((x, y) => [x.mul(y), x.sin()], [torch.ones(2, float64), torch.ones(2, float64)]);
});

test("assert.gradient names the entry that is furthest off", () => {
  class Wrong extends torch.autograd.Function {
    static override forward(ctx: torch.autograd.Context, x: torch.Tensor): torch.Tensor {
      ctx.save_for_backward(x);
      return x.pow(2);
    }
    static override backward(ctx: torch.autograd.Context, g: torch.Tensor): torch.Tensor {
      const [x] = ctx.saved_tensors;
      return g.mul(x!).mul(
        torch.tensor(
          [
            [2, 2],
            [2, 3],
          ],
          float64,
        ),
      );
    }
  }
  nodeAssert.equal(
    messageOf(() =>
      assert.gradient(
        Wrong.apply,
        torch.tensor(
          [
            [1, 2],
            [3, 4],
          ],
          float64,
        ),
      ),
    ),
    "assert.gradient: the derivative of output 0 at [1, 1] with respect to input 0 at [1, 1] is off (1 of 16 entries are)\n" +
      "  by backward:           12\n  by finite differences: 8",
  );
});

test("assert.gradient refuses what it cannot check", () => {
  const x = torch.ones(2, float64);
  nodeAssert.match(
    messageOf(() => assert.gradient(() => undefined, x)),
    /gave undefined: expected a tensor/,
  );
  nodeAssert.match(
    messageOf(() => assert.gradient((t) => t.detach(), x)),
    /has no grad_fn/,
  );
  nodeAssert.match(
    messageOf(() => assert.gradient((t) => t, torch.ones(1))),
    /input 0 is float32.*float64/,
  );
  nodeAssert.match(
    messageOf(() => assert.gradient(() => x, [1])),
    /no input is a tensor/,
  );
});
