import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as torch from "./index.ts";

test("a tensor has one text for String, console.log and Jupyter", () => {
  const x = torch.tensor([
    [1, 2.5],
    [-3, 4],
  ]);
  const text = "tensor([[ 1.0000,  2.5000],\n        [-3.0000,  4.0000]])";
  const display = (x as unknown as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")];
  assert.deepEqual([String(x), inspect(x), display?.call(x)], [text, text, { "text/plain": text }]);
});

test("tuples, lists and objects of tensors show their items' text", () => {
  const x = torch.tensor([1]);
  assert.equal(String(torch.tuple([x])), "(tensor([1.]),)");
  assert.equal(inspect([x, x]), "[ tensor([1.]), tensor([1.]) ]");
});

test("JSON holds a tensor's elements as nested arrays", () => {
  const x = torch.tensor([
    [1, 2.5],
    [-3, 4],
  ]);
  assert.equal(JSON.stringify({ x, flag: torch.tensor(true) }), '{"x":[[1,2.5],[-3,4]],"flag":true}');
});

test("suffixes say dtype, grad_fn or requires_grad, each on a new line where the line is full", () => {
  const x = torch.ones(2, { dtype: torch.float64, requires_grad: true });
  assert.equal(String(x), "tensor([1., 1.], dtype=torch.float64, requires_grad=True)");
  assert.equal(String(x.mul(2)), "tensor([2., 2.], dtype=torch.float64, grad_fn=<MulBackward0>)");
  const long = torch.arange(0, 9, { dtype: torch.float64 }).mul(1.5);
  assert.equal(
    String(long),
    "tensor([ 0.0000,  1.5000,  3.0000,  4.5000,  6.0000,  7.5000,  9.0000, 10.5000,\n" +
      "        12.0000], dtype=torch.float64)",
  );
});

test("views print their own elements", () => {
  const x = torch.arange(6).reshape(2, 3);
  assert.equal(String(x.T), "tensor([[0, 3],\n        [1, 4],\n        [2, 5]])");
  assert.equal(String(x.at(1, "1:")), "tensor([4, 5])");
});

test("the default dtype is not named, whichever it is", () => {
  torch.set_default_dtype(torch.float64);
  try {
    assert.equal(String(torch.tensor([1.5])), "tensor([1.5000])");
  } finally {
    torch.set_default_dtype(torch.float32);
  }
  assert.equal(String(torch.zeros(0, 2)), "tensor([], size=(0, 2))");
  assert.equal(String(torch.zeros(0, { dtype: torch.int64 })), "tensor([], dtype=torch.int64)");
});
