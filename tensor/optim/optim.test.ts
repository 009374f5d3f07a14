import assert from "node:assert/strict";
import { test } from "node:test";
import * as torch from "../index.ts";
import * as optim from "./index.ts";

const leaf = (values: number[]) => torch.tensor(values, { requires_grad: true });

test("a step of SGD leaves the graph alone and zero_grad forgets", () => {
  const x = leaf([1, 2]);
  const sgd = optim.SGD([x], { lr: 0.5 });
  x.pow(2).sum().backward();
  sgd.step();
  assert.equal(String(x), "tensor([0., 0.], requires_grad=True)");
  sgd.zero_grad();
  assert.equal(x.grad, null);
});

test("zero_grad with set_to_none false keeps a gradient of zeros", () => {
  const x = leaf([1, 2]);
  x.sum().backward();
  new optim.SGD([x]).zero_grad({ set_to_none: false });
  assert.equal(String(x.grad), "tensor([0., 0.])");
});

test("groups have options of their own", () => {
  const [a, b] = [leaf([1]), leaf([1])];
  const sgd = optim.SGD([{ params: [a] }, { params: [b], lr: 0.1 }], { lr: 1 });
  a.add(b).sum().backward();
  sgd.step();
  assert.deepEqual(
    [a, b].map((p) => p.tolist()),
    [[0], [Math.fround(0.9)]],
  );
  assert.equal(sgd.param_groups.length, 2);
});

test("step returns the closure's loss", () => {
  const x = leaf([2]);
  const sgd = optim.SGD([x], { lr: 0.1 });
  const loss = sgd.step(() => {
    sgd.zero_grad();
    const value = x.pow(2).sum();
    value.backward();
    return value;
  });
  assert.equal(loss.item(), 4);
});

test("state goes into another optimizer, which then takes the same steps", () => {
  const [x, y] = [leaf([1, 2]), leaf([1, 2])];
  const [a, b] = [optim.SGD([x], { lr: 0.1, momentum: 0.9 }), optim.SGD([y], { lr: 0.5 })];
  const step = (o: optim.SGD, p: torch.Tensor) => {
    o.zero_grad();
    p.pow(2).sum().backward();
    o.step();
  };
  step(a, x);
  torch.no_grad(() => y.copy_(x));
  b.load_state_dict(a.state_dict());
  step(a, x);
  step(b, y);
  assert.deepEqual(y.tolist(), x.tolist());
});

test("what cannot be optimized is refused in PyTorch's words", () => {
  const x = leaf([1]);
  const refused = (f: () => unknown, message: string) => assert.throws(f, { message });
  refused(() => optim.SGD([]), "optimizer got an empty parameter list");
  refused(() => optim.SGD([x.mul(2)]), "can't optimize a non-leaf Tensor");
  refused(() => optim.SGD([x], { lr: -1 }), "Invalid learning rate: -1");
  refused(
    () => optim.SGD([x], { lr: 0.1, nesterov: true }),
    "Nesterov momentum requires a momentum and zero dampening",
  );
  refused(
    () => optim.SGD(x as unknown as torch.Tensor[]),
    "params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor",
  );
});
