/** Reverse mode by example: leaves, graphs, modes, in-place writes, functions of one's own, and the refusals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import torch from "../index.ts";

type Tensor = torch.Tensor;
const { grad, gradcheck, gradgradcheck } = torch.autograd;
const { jacobian, hessian, jvp, vjp } = torch.autograd.functional;
const leaf = (values: number[]): Tensor => torch.tensor(values, { requires_grad: true });

test("backward adds to the leaves' grad, and adds again", () => {
  const x = leaf([1, 2]);
  x.mul(x).sum().backward();
  x.mul(3).sum().backward();
  assert.deepEqual(x.grad!.tolist(), [5, 7]);
});

test("a gradient of another size is refused, and null forgets", () => {
  const x = torch.ones(3, { requires_grad: true });
  assert.throws(() => {
    x.grad = torch.ones(2);
  }, /^RuntimeError: attempting to assign a gradient of size '\[2\]' to a tensor of size '\[3\]'\. Please/);
  x.grad = torch.ones(3);
  x.grad = null;
  assert.equal(x.grad, null);
});

test("two leaves never share one gradient's memory", () => {
  const [a, b] = [leaf([1, 2]), leaf([3, 4])];
  const seed = torch.ones(2);
  a.add(b).backward(seed);
  a.grad!.add_(1);
  assert.deepEqual(
    [b.grad!.tolist(), seed.tolist()],
    [
      [1, 1],
      [1, 1],
    ],
  );
});

test("a chain of 100,000 nodes goes back without recursion", () => {
  const x = leaf([1]);
  let y: Tensor = x;
  for (let i = 0; i < 100_000; i++) y = y.add(0);
  y.sum().backward();
  assert.deepEqual(x.grad!.tolist(), [1]);
});

test("gradients of gradients", () => {
  const x = leaf([2]);
  const [g] = grad(x.pow(3).sum(), [x], { create_graph: true });
  const [gg] = grad(g!.sum(), [x]);
  assert.deepEqual([g!.tolist(), gg!.tolist()], [[12], [12]]);
});

test("grad's refusals have PyTorch's texts", () => {
  const x = leaf([1, 2]);
  const plain = torch.tensor([1, 2]);
  assert.throws(() => grad(x.sum(), [plain]), {
    message: "One of the differentiated Tensors does not require grad",
  });
  assert.throws(() => grad(x.sum(), [leaf([1])]), {
    message:
      "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.",
  });
  assert.throws(() => x.mul(2).backward(), {
    message: "grad can be implicitly created only for scalar outputs",
  });
  assert.throws(() => plain.sum().backward(), {
    message: "element 0 of tensors does not require grad and does not have a grad_fn",
  });
});

test("a second backward is refused unless the graph is retained", () => {
  const x = leaf([1, 2]);
  const y = x.mul(x).sum();
  y.backward(null, { retain_graph: true });
  y.backward();
  assert.deepEqual(x.grad!.tolist(), [4, 8]);
  assert.throws(() => y.backward(), /^RuntimeError: Trying to backward through the graph a second time/);
});

test("a saved tensor that was written since is refused", () => {
  const x = leaf([1, 2]);
  const y = x.exp();
  y.add_(1);
  assert.throws(
    () => y.sum().backward(),
    /\[torch\.FloatTensor \[2\]\], which is output 0 of Exp, is at version 1; expected version 0 instead/,
  );
});

test("writes into a view reach the whole's gradient", () => {
  const x = leaf([1, 2, 3]);
  const y = x.mul(2);
  y.at("1:").mul_(10);
  y.setAt([0], x.at(2));
  y.sum().backward();
  assert.deepEqual(
    [y.tolist(), x.grad!.tolist()],
    [
      [3, 40, 60],
      [0, 20, 21],
    ],
  );
  assert.equal(y.grad_fn!.name(), "CopySlices");
});

test("leaves may not be written, but under no_grad they may", () => {
  const x = leaf([1, 2]);
  assert.throws(() => x.add_(1), {
    message: "a leaf Variable that requires grad is being used in an in-place operation.",
  });
  torch.no_grad(() => x.add_(1));
  assert.deepEqual([x.tolist(), x.requires_grad], [[2, 3], true]);
});

test("no_grad and enable_grad nest, end after a throw, and hold over promises", async () => {
  assert.throws(() =>
    torch.no_grad(() => {
      throw new Error("inside");
    }),
  );
  assert.equal(torch.is_grad_enabled(), true);
  assert.equal(
    torch.no_grad(() => torch.enable_grad(() => torch.is_grad_enabled())),
    true,
  );
  const held = torch.no_grad(async () => {
    await Promise.resolve();
    return torch.is_grad_enabled();
  });
  assert.equal(await held, false);
  assert.equal(torch.is_grad_enabled(), true);
  const mode = torch.no_grad();
  assert.equal(torch.is_grad_enabled(), false);
  mode[Symbol.dispose]();
  assert.equal(torch.is_grad_enabled(), true);
});

test("grad_fn names its op, keeps its text, and leads to the leaves", () => {
  const x = leaf([1, 2]);
  const y = x.mul(2).sum();
  assert.match(String(y.grad_fn), /^<SumBackward0 object at 0x[0-9a-f]{12}>$/);
  assert.equal(String(y.grad_fn), String(y.grad_fn));
  const [[times]] = y.grad_fn!.next_functions as unknown as [[torch.autograd.Node]];
  assert.equal(times.name(), "MulBackward0");
  const [[accumulate], [none]] = times.next_functions as unknown as [[torch.autograd.Node], [null]];
  assert.equal(accumulate.variable, x);
  assert.equal(none, null);
  assert.match(
    String(times.next_functions),
    /^\(\(<AccumulateGrad object at 0x[0-9a-f]+>, 0\), \(None, 0\)\)$/,
  );
});

test("hooks see gradients and may replace them; retain_grad keeps them", () => {
  const x = leaf([1, 2]);
  const y = x.mul(3);
  y.retain_grad();
  const handle = y.register_hook((g) => g.mul(10));
  y.sum().backward();
  handle.remove();
  assert.deepEqual(
    [x.grad!.tolist(), y.grad!.tolist()],
    [
      [30, 30],
      [10, 10],
    ],
  );
});

class Scale extends torch.autograd.Function {
  static override forward(ctx: torch.autograd.Context, x: Tensor, factor: number): Tensor {
    ctx.save_for_backward(x);
    factors.set(ctx, factor);
    return x.mul(x).mul(factor);
  }
  static override backward(ctx: torch.autograd.Context, g: Tensor) {
    const [x] = ctx.saved_tensors;
    return [g.mul(x!).mul(2 * factors.get(ctx)!), null];
  }
}
const factors = new WeakMap<object, number>();

test("a function of one's own is typed from forward, named after its class, and twice differentiable", () => {
  const x = torch.tensor([1, 2], { dtype: torch.float64, requires_grad: true });
  const y: Tensor = Scale.apply(x, 5);
  assert.equal(y.grad_fn!.name(), "ScaleBackward");
  assert.equal(Scale.apply, Scale.apply);
  assert.ok(gradcheck(Scale.apply, [x, 5]));
  assert.ok(gradgradcheck(Scale.apply, [x, 5]));
});

class Both extends torch.autograd.Function {
  static override forward(_ctx: torch.autograd.Context, a: Tensor, b: Tensor): [Tensor, Tensor] {
    return [a.add(b), a.sub(b)];
  }
  static override backward(ctx: torch.autograd.Context, gs: Tensor, gd: Tensor) {
    assert.deepEqual([...ctx.needs_input_grad], [true, false]);
    return [gs.add(gd), null];
  }
}

test("several outputs: an unused one's gradient is zeros", () => {
  const a = leaf([1, 2]);
  const [, difference] = Both.apply(a, torch.ones(2));
  difference.mul(3).sum().backward();
  assert.deepEqual(a.grad!.tolist(), [3, 3]);
});

class Wrong extends torch.autograd.Function {
  static override forward(_ctx: torch.autograd.Context, x: Tensor): Tensor {
    return x.mul(2);
  }
  static override backward(_ctx: torch.autograd.Context, g: Tensor) {
    return g.mul(3);
  }
}

test("gradcheck shows both Jacobians of a wrong backward, or returns false", () => {
  const x = torch.tensor([1], { dtype: torch.float64, requires_grad: true });
  assert.throws(
    () => gradcheck(Wrong.apply, [x]),
    /^GradcheckError: Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor\(\[\[2\.0000\]\].*\nanalytical:tensor\(\[\[3\.\]\]/,
  );
  assert.equal(gradcheck(Wrong.apply, [x], { raise_exception: false }), false);
});

test("jacobian and hessian have PyTorch's shapes, several inputs give tuples", () => {
  const [a, b] = [torch.ones(2), torch.ones(3)];
  const f = (p: Tensor, q: Tensor): Tensor => torch.outer(p, q);
  const [ja, jb] = jacobian(f, [a, b]);
  assert.deepEqual(
    [[...ja!.shape], [...jb!.shape]],
    [
      [2, 3, 2],
      [2, 3, 3],
    ],
  );
  const h = hessian((x: Tensor) => x.pow(3).sum(), torch.tensor([1, 2]));
  assert.deepEqual(h.tolist(), [
    [6, 0],
    [0, 12],
  ]);
});

test("vjp and jvp agree: u·(Jv) = (uJ)·v", () => {
  const [x, v, u] = [torch.tensor([0.3, -0.7, 1.1]), torch.tensor([1, 2, 3]), torch.tensor([2, 0, -1])];
  const f = (t: Tensor): Tensor => t.sin().mul(t.sum());
  const [, uJ] = vjp(f, x, u);
  const [, Jv] = jvp(f, x, v);
  assert.ok(Math.abs(uJ.dot(v).item() - (Jv as Tensor).dot(u).item()) < 1e-5);
});
