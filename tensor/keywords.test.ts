import assert from "node:assert/strict";
import { describe, test } from "node:test";
import torch from "./index.ts";
import { loosely } from "./loosely.test-data.ts";

const x = torch.tensor([[1.25, -2.75]]);
const { nn, optim } = torch;
const F = nn.functional;

describe("keyword arguments outside the op table", () => {
  const foo = { foo: 1 };
  const calls: Record<string, () => unknown> = {
    zeros: () => loosely(torch.zeros)(2, foo),
    tensor: () => loosely(torch.tensor)([1], foo),
    arange: () => loosely(torch.arange)(3, foo),
    linspace: () => loosely(torch.linspace)(0, 1, 3, foo),
    randn: () => loosely(torch.randn)(2, foo),
    randint: () => loosely(torch.randint)(0, 2, [2], foo),
    uniform_: () => loosely(torch.uniform_)(x.clone(), 0, 1, foo),
    to: () => loosely(torch.Tensor.prototype.to).call(x, foo),
    mse_loss: () => loosely(F.mse_loss)(x, x, foo),
    cross_entropy: () => loosely(F.cross_entropy)(x, torch.tensor([0n]), foo),
    "Linear.__init__": () => loosely(nn.Linear)(2, 3, foo),
    "MSELoss.__init__": () => loosely(nn.MSELoss)(foo),
    "SGD.__init__": () => loosely(optim.SGD)([nn.Parameter(x)], { lr: 1, momentumm: 0.9 }),
    "Tensor.backward": () =>
      x
        .clone()
        .requires_grad_()
        .sum()
        .backward(foo as object),
    add_: () => loosely(torch.Tensor.prototype.add_).call(x.clone(), 1, foo),
  };
  for (const [name, call] of Object.entries(calls)) {
    test(`${name} refuses one it does not have`, () => {
      const key = name === "SGD.__init__" ? "momentumm" : "foo";
      assert.throws(call, {
        name: "TypeError",
        message: `${name}() got an unexpected keyword argument '${key}'`,
      });
    });
  }
});

describe("keyword arguments stand for positional ones", () => {
  test("in place of any", () => {
    const y = torch.ones(2, 3, 4);
    assert.deepEqual([...loosely(y.transpose).call(y, { dim1: 0, dim0: 2 }).shape], [4, 3, 2]);
    assert.deepEqual([...loosely(y.flatten).call(y, { start_dim: 1 }).shape], [2, 12]);
    assert.deepEqual([...loosely(y.permute).call(y, { dims: [2, 0, 1] }).shape], [4, 2, 3]);
  });
  test("but not twice", () => {
    assert.throws(() => loosely(x.flatten).call(x, 1, { start_dim: 1 }), {
      name: "TypeError",
      message: "flatten() got multiple values for argument 'start_dim'",
    });
  });
  test("a further argument that is no options object is ignored, as map gives it", () => {
    assert.equal([x].map(torch.abs)[0]!.tolist().toString(), "1.25,2.75");
  });
});

describe("rounded division and rounding, as PyTorch 2.15 gives them", () => {
  test("rounding_mode", () => {
    assert.deepEqual(x.div(2, { rounding_mode: "trunc" }).tolist(), [[0, -1]]);
    assert.deepEqual(x.div(2, { rounding_mode: "floor" }).tolist(), [[0, -2]]);
    const i = torch.tensor([7n, -7n]);
    assert.deepEqual(i.div(2, { rounding_mode: "floor" }).tolist(), [3, -4]);
    assert.equal(i.div(2, { rounding_mode: "trunc" }).dtype, torch.int64);
    assert.throws(() => i.div(0, { rounding_mode: "trunc" }), { message: "ZeroDivisionError" });
  });
  test("a float quotient just below a whole number", () => {
    // 1 / 0.1f is 10 in float32, but ten times 0.1f is above 1.
    assert.equal(torch.tensor(1).div(torch.tensor(0.1), { rounding_mode: "floor" }).item(), 9);
    assert.equal(torch.tensor(1).div(torch.tensor(0.1), { rounding_mode: "trunc" }).item(), 10);
  });
  test("decimals", () => {
    assert.deepEqual(x.round({ decimals: 1 }).tolist(), torch.tensor([[1.2, -2.8]]).tolist());
    assert.deepEqual(torch.tensor([1250, 1350]).round({ decimals: -2 }).tolist(), [1200, 1400]);
  });
});
