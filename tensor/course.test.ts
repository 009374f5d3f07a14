import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import torch from "jacobi";
import * as linalg from "jacobi/linalg";
import np from "jacobi/numpy";
import * as optim from "jacobi/optim";

type Tensor = torch.Tensor;
const { grad, gradcheck } = torch.autograd;
const { jacobian, hessian } = torch.autograd.functional;

// The course's random tensors, in its order.
torch.manual_seed(0);
const x = torch.randn(4, { requires_grad: true });
const A = torch.randn(3, 4);
const y = torch.randn(3);
const x0 = torch.randn(4, { requires_grad: true });
const x3 = torch.randn(4);
const A3 = torch.randn(3, 4, { requires_grad: true });
const b3 = torch.randn(3);

const textOf = (value: unknown) => [String(value), inspect(value)];
const same = (value: unknown, text: string) => assert.deepEqual(textOf(value), [text, text]);

test("a tensor of an integer array is float32 and shows as PyTorch shows it", () => {
  const v = torch.Tensor([3, 1, 4, 1, 5, 9, 2]);
  same(v, "tensor([3., 1., 4., 1., 5., 9., 2.])");
  assert.equal(v.type(), "torch.FloatTensor");
  same(v.shape, "torch.Size([7])");
  same(v.size(), "torch.Size([7])");
  same(v.numpy(), "[3. 1. 4. 1. 5. 9. 2.]");
});

test("NumPy's seeded numbers go through torch.mv", () => {
  np.random.seed(0);
  const B = np.random.randn(3, 7);
  const v = torch.Tensor([3, 1, 4, 1, 5, 9, 2]);
  same(torch.mv(torch.Tensor(B), v), "tensor([14.2906, 15.5932, -3.7911])");
  assert.match(String(B), /^\[\[ 1\.76405235 {2}0\.40015721/);
});

test("grad of the norm, and by hand", () => {
  const norm = torch.norm(x, { p: "fro" });
  assert.match(String(norm.grad_fn), /^<LinalgVectorNormBackward0 object at 0x[0-9a-f]+>$/);
  assert.equal(String(norm.grad_fn), String(norm.grad_fn));
  same(grad(norm, [x]), "(tensor([ 0.5615, -0.1069, -0.7939,  0.2071]),)");
  same(x.div(torch.norm(x)), "tensor([ 0.5615, -0.1069, -0.7939,  0.2071], grad_fn=<DivBackward0>)");
});

test("jacobian and hessian, with the zeros' signs", () => {
  assert.equal(
    String(jacobian((t: Tensor) => t.pow(2), x)),
    `tensor([[ 3.0820, -0.0000, -0.0000,  0.0000],
        [ 0.0000, -0.5869, -0.0000,  0.0000],
        [ 0.0000, -0.0000, -4.3576,  0.0000],
        [ 0.0000, -0.0000, -0.0000,  1.1369]])`,
  );
  assert.match(
    String(hessian((t: Tensor) => torch.norm(t), x)),
    /^tensor\(\[\[ 0\.2495, {2}0\.0219, {2}0\.1625, -0\.0424\],/,
  );
});

test("gradient descent takes PyTorch's steps", () => {
  const optimizer = optim.SGD([x0], { lr: 0.05 });
  const losses: number[] = [];
  for (let i = 0; i < 500; i++) {
    optimizer.zero_grad();
    const loss = torch.norm(A.matmul(x0).sub(y)).pow(2);
    loss.backward();
    optimizer.step();
    losses.push(loss.item() as number);
  }
  assert.deepEqual(
    losses.slice(0, 5).map((loss) => loss.toFixed(6)),
    ["10.698853", "5.396066", "3.571113", "2.871483", "2.557543"],
  );
  assert.equal(losses[499]!.toExponential(2), "6.98e-8");
  same(x0, "tensor([ 0.4804, -1.1407, -0.8983, -1.5254], requires_grad=True)");
  const least = linalg.pinv(A).matmul(y);
  assert.deepEqual(
    [torch.norm(x0), torch.norm(least)].map((n) => (n.item() as number).toFixed(4)),
    ["2.1601", "2.0817"],
  );
});

test("a layer, its norm, and the refusal of a gradient that nobody asked for", () => {
  const f = (v: Tensor, M: Tensor, c: Tensor) => torch.relu(M.matmul(v).add(c));
  const out = f(x3, A3, b3);
  same(out, "tensor([0.0000, 2.5286, 0.0000], grad_fn=<ReluBackward0>)");
  const norm = torch.linalg.norm(out);
  same(norm, "tensor(2.5286, grad_fn=<LinalgVectorNormBackward0>)");
  assert.throws(() => grad(norm, [A3, b3]), {
    name: "RuntimeError",
    message: "One of the differentiated Tensors does not require grad",
  });
  b3.requires_grad_(true);
  const [gA, gb] = grad(torch.norm(f(x3, A3, b3)), [A3, b3]);
  assert.deepEqual([[...gA!.shape], String(gb)], [[3, 4], "tensor([0., 1., 0.])"]);
  const names: string[] = [];
  for (
    let node: torch.autograd.Node | undefined = norm.grad_fn;
    node != null;
    node = node.next_functions[0]?.[0]
  )
    names.push(node.name());
  assert.deepEqual(names.slice(0, 3), ["LinalgVectorNormBackward0", "ReluBackward0", "AddBackward0"]);
});

class InverseMatrix extends torch.autograd.Function {
  static override forward(ctx: torch.autograd.Context, M: Tensor): Tensor {
    const inverse = linalg.inv(M);
    ctx.save_for_backward(inverse);
    return inverse;
  }
  static override backward(ctx: torch.autograd.Context, g: Tensor): Tensor {
    const [inverse] = ctx.saved_tensors as [Tensor];
    return inverse.T.neg().matmul(g).matmul(inverse.T);
  }
}

test("a user's Function: its suffix, its check, and the built-in beside it", () => {
  torch.manual_seed(0);
  const M = torch.randn(3, 3, { dtype: torch.float64, requires_grad: true });
  const inverse = InverseMatrix.apply(M);
  assert.match(String(inverse), /grad_fn=<InverseMatrixBackward>\)$/);
  assert.equal(gradcheck(InverseMatrix.apply, [M]), true);
  assert.ok(torch.allclose(inverse, linalg.inv(M)));
});
