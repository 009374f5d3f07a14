import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { inspect } from "node:util";
import * as torch from "./index.ts";
import np from "./numpy.ts";

test("ndarrays print as NumPy's str does, wherever they are shown", () => {
  const v = np.array([3, 1, 4, 1, 5, 9, 2]);
  const text = "[3. 1. 4. 1. 5. 9. 2.]";
  const display = (v as unknown as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")];
  assert.deepEqual([String(v), `${v}`, inspect(v)], [text, text, text]);
  assert.deepEqual(display?.call(v), { "text/plain": text });
  assert.equal(inspect({ v }), `{ v: ${text} }`);
});

test("JSON holds ndarrays as nested lists", () => {
  const shown = { a: np.array([[1, 2.5]]), n: np.array([1n, 2n]), x: np.array(3) };
  assert.equal(JSON.stringify(shown), '{"a":[[1,2.5]],"n":[1,2],"x":3}');
});

test("0-d and empty ndarrays print as NumPy's", () => {
  assert.deepEqual([np.array(3), np.array(3, "int32"), np.zeros([2, 0])].map(String), ["3.0", "3", "[]"]);
});

test("seeded numbers are NumPy's own", () => {
  np.random.seed(0);
  assert.equal(String(np.random.randn(3)), "[1.76405235 0.40015721 0.97873798]");
});

test("tensors take ndarrays' values, shape and dtype, also of transposed views", () => {
  const a = np.arange(6).reshape([2, 3]);
  assert.equal(String(torch.tensor(a)), "tensor([[0., 1., 2.],\n        [3., 4., 5.]], dtype=torch.float64)");
  assert.equal(String(torch.Tensor(a.T)), "tensor([[0., 3.],\n        [1., 4.],\n        [2., 5.]])");
  assert.equal(String(torch.tensor(np.array([1, 2], "int32"))), "tensor([1, 2], dtype=torch.int32)");
  assert.equal(String(torch.tensor(np.array([1, 0], "bool"))), "tensor([ True, False])");
});

test("x.numpy() is a copy with the tensor's dtype and order", () => {
  const x = torch.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const a = x.T.numpy();
  assert.deepEqual([String(a), a.dtype, [...a.shape]], ["[[1. 4.]\n [2. 5.]\n [3. 6.]]", "float32", [3, 2]]);
  a.set([0, 0], 9);
  assert.equal(String(x), "tensor([[1., 2., 3.],\n        [4., 5., 6.]])");
  assert.equal(torch.tensor([1n, 2n]).numpy().dtype, "int64");
  assert.equal(torch.tensor([true]).numpy().dtype, "bool");
});

test("numpy() of a tensor that requires grad is refused in PyTorch's words", () => {
  assert.throws(() => torch.ones(2, { requires_grad: true }).numpy(), {
    name: "RuntimeError",
    message: "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
  });
});

test("an ndarray of a dtype that we lack is refused in PyTorch's words", () => {
  assert.throws(() => torch.tensor(np.array([1], "uint16")), /can't convert np.ndarray of type numpy.uint16/);
});

test("the tensor library loads without numpy-ts and says nothing on stderr when it comes", () => {
  const script = `
    const torch = await import(${JSON.stringify(new URL("./index.js", import.meta.url).href)});
    const before = performance.now();
    torch.ones(2).numpy();
    console.log(performance.now() - before > 20);`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    stdio: "pipe",
  });
  assert.equal(out, "true\n");
});
