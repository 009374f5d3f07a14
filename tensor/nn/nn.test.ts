import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as torch from "../index.ts";
import * as nn from "./index.ts";

class Net extends nn.Module {
  readonly hidden = nn.Linear(2, 3);
  readonly out = new nn.Linear(3, 1, { bias: false });
  override forward(x: torch.Tensor): torch.Tensor {
    return this.out(torch.tanh(this.hidden(x)));
  }
}

test("a module is called like a function, with the types of its forward", () => {
  torch.manual_seed(0);
  const net = new Net();
  const y: torch.Tensor = net(torch.ones(4, 2));
  assert.deepEqual([...y.shape], [4, 1]);
  // @ts-expect-error forward takes a tensor
  assert.throws(() => net("text"));
});

test("the library's modules are made with and without new, and users may set name and length", () => {
  const [a, b] = [nn.Linear(1, 1), new nn.Linear(1, 1)];
  assert.ok(a instanceof nn.Linear && b instanceof nn.Linear && a instanceof nn.Module);
  const named = Object.assign(new Net(), { name: "mine", length: 3 });
  assert.deepEqual([named.name, named.length], ["mine", 3]);
  assert.deepEqual([Object.hasOwn(a, "name"), Object.hasOwn(a, "length")], [false, false]);
});

test("modules print as torch prints them", () => {
  assert.equal(
    String(new Net()),
    `Net(
  (hidden): Linear(in_features=2, out_features=3, bias=True)
  (out): Linear(in_features=3, out_features=1, bias=False)
)`,
  );
  assert.equal(inspect(nn.Sequential(nn.ReLU())), "Sequential(\n  (0): ReLU()\n)");
});

test("parameters have dotted names and require gradients; state_dict goes there and back", () => {
  const net = new Net();
  assert.deepEqual(
    [...net.named_parameters()].map(([name]) => name),
    ["hidden.weight", "hidden.bias", "out.weight"],
  );
  assert.ok([...net.parameters()].every((p) => p.requires_grad && p.is_leaf));
  const other = new Net();
  other.load_state_dict(net.state_dict());
  const x = torch.randn(5, 2);
  assert.equal(String(other(x)), String(net(x)));
  assert.throws(() => nn.Linear(2, 2).load_state_dict({}), {
    message: 'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "weight", "bias". ',
  });
});

test("a parameter prints as torch prints it", () => {
  const p = nn.Parameter(torch.tensor([1, 2]));
  const text = "Parameter containing:\ntensor([1., 2.], requires_grad=True)";
  assert.deepEqual([String(p), inspect(p)], [text, text]);
});

test("train, eval and zero_grad reach every part", () => {
  const net = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU()));
  net(torch.ones(1, 2)).sum().backward();
  assert.notEqual([...net.parameters()][0]!.grad, null);
  net.zero_grad();
  assert.ok([...net.parameters()].every((p) => p.grad === null));
  assert.deepEqual(
    [...net.eval().modules()].map((m) => m.training),
    [false, false, false, false],
  );
});

test("layers leave PyTorch's nodes", () => {
  const layer = nn.Linear(2, 2);
  const names = [torch.ones(1, 2), torch.ones(1, 1, 2), torch.ones(2)].map((x) => layer(x).grad_fn!.name());
  assert.deepEqual(names, ["AddmmBackward0", "ViewBackward0", "AddBackward0"]);
  assert.equal(
    nn.functional.mse_loss(layer(torch.ones(2)), torch.ones(2)).grad_fn!.name(),
    "MseLossBackward0",
  );
});

test("a module without forward says so in PyTorch's words", () => {
  class Empty extends nn.Module {}
  assert.throws(() => (new Empty() as unknown as () => void)(), {
    message: 'Module [Empty] is missing the required "forward" function',
  });
});
