/** What the GPU is tested for, run by gpu.test.ts as a program of its own: prints a line of JSON for each result. */
import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { gpuBuffers, gpuReport, setInterruptFlag } from "../backend/index.ts";
import torch, { type Tensor } from "../index.ts";
import { toTypedArray } from "../ops/access.ts";
import { entries, tensorsOf } from "../table.test-data.ts";

/** One test's end; `problem` where there is no adapter to test. */
export interface Result {
  readonly name?: string;
  readonly error?: string | null;
  readonly ms?: number;
  readonly problem?: string;
}

const print = (result: Result): void => console.log(JSON.stringify(result));
const report = gpuReport();
if ("problem" in report) print({ problem: report.problem });

function it(name: string, check: () => void): void {
  if ("problem" in report) return;
  const start = performance.now();
  let error: string | null = null;
  try {
    check();
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
  print({ name, error, ms: Math.round(performance.now() - start) });
}

/** Elements agree: NaN with NaN, infinities exactly, the rest within float32's tolerance. */
function assertClose(actual: Tensor, expected: Tensor, what: string, tolerance = 2e-5): void {
  assert.equal(String(actual.device), "gpu:0", `${what}: device`);
  assert.deepEqual([...actual.shape], [...expected.shape], `${what}: shape`);
  const [a, b] = [toTypedArray(actual), toTypedArray(expected)];
  for (let i = 0; i < b.length; i++) {
    const [p, q] = [Number(a[i]), Number(b[i])];
    const near = Object.is(p, q) || p === q || Math.abs(p - q) <= tolerance * Math.max(1, Math.abs(q));
    assert.ok(near, `${what}: element ${i}: ${p} was given: expected ${q}`);
  }
}

const special = [1, -2, 0, -0, Number.NaN, Infinity, -Infinity, 100, -100, 0.5, 3, 88.5, -1e-3];
const pool = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) =>
    i % 5 === seed % 5 ? special[(i + seed) % special.length]! : Math.sin(i * 7 + seed),
  );

/** The same memory seen in several ways: whole, transposed, cut, repeated, empty, one element. */
function views(seed: number): [string, Tensor][] {
  const x = torch.tensor(pool(35 * 3, seed)).reshape(5, 7, 3);
  return [
    ["contiguous", x],
    ["permuted", x.permute(2, 0, 1)],
    ["cut", x.narrow(1, 2, 3)],
    ["expanded", x.narrow(1, 1, 1).expand(5, 4, 3)],
    ["empty", x.narrow(0, 2, 0)],
    ["single", x.narrow(0, 1, 1).narrow(1, 1, 1).narrow(2, 1, 1)],
  ];
}
/** A view's twin on the GPU, with the same strides over memory of its own. */
function twin(x: Tensor): Tensor {
  if (x._base === null) return x.to("gpu");
  const base = x._base.to("gpu");
  return Object.assign(base.reshape(-1).narrow(0, 0, 0), {
    storage: base.storage,
    offset: x.offset,
    layout: x.layout,
  });
}

const unaries = [
  "neg",
  "exp",
  "tanh",
  "relu",
  "abs",
  "sign",
  "sqrt",
  "square",
  "reciprocal",
  "sigmoid",
  "log",
] as const;
for (const name of unaries) {
  it(`${name} of every view, NaN and infinities too`, () => {
    for (const [view, x] of views(name.length))
      assertClose(twin(x)[name](), x[name](), `${name}, ${view}`, 5e-5);
  });
}
for (const name of ["add", "sub", "mul", "div", "maximum", "minimum"] as const) {
  it(`${name} of every view with itself, a row, and numbers on both sides`, () => {
    for (const [view, x] of views(name.length)) {
      const y = views(7).find(([other]) => other === view)![1];
      assertClose(twin(x)[name](twin(y)), x[name](y), `${name}, ${view}`);
      const row = torch.tensor(pool(x.shape[2]!, 3));
      assertClose(twin(x)[name](row.to("gpu")), x[name](row), `${name}, ${view} with a row`);
      assertClose(row.to("gpu")[name](twin(x)), row[name](x), `${name}, a row with ${view}`);
      const number = torch.tensor(2.5);
      assertClose(twin(x)[name](number), x[name](number), `${name}, ${view} with a 0-d tensor of the CPU`);
      assertClose(number[name](twin(x)), number[name](x), `${name}, a 0-d tensor of the CPU with ${view}`);
    }
  });
}
it("comparisons and choice, NaN too", () => {
  for (const [view, x] of views(4)) {
    const y = views(9).find(([other]) => other === view)![1];
    for (const name of ["lt", "le", "gt", "ge", "eq", "ne"] as const)
      assertClose(twin(x)[name](twin(y)), x[name](y), `${name}, ${view}`);
    assertClose(torch.where(twin(x).gt(0), twin(y), -0), torch.where(x.gt(0), y, -0), `where, ${view}`);
  }
});

it("reductions along every dimension, long and short, NaN too", () => {
  const cases = [
    ...views(3).map(([, x]) => x),
    torch.randn(3, 70001),
    torch.randn(70001, 2).t(),
    torch.randn(300, 5),
  ];
  for (const x of cases) {
    for (const dim of [undefined, 0, -1, [0, 1]]) {
      const tame = x.where(x.abs().lt(50), 1).add(0);
      const what = `[${x.shape}] along ${dim}`;
      for (const given of [x, tame]) {
        const y = twin(given);
        assertClose(y.sum(dim), given.sum(dim), `sum of ${what}`, 1e-4);
        assertClose(y.mean(dim), given.mean(dim), `mean of ${what}`);
        assertClose(y.norm({ dim: dim ?? null }), given.norm({ dim: dim ?? null }), `norm of ${what}`);
      }
      assertClose(twin(tame).norm(1, dim), tame.norm(1, dim), `1-norm of ${what}`, 1e-4);
    }
  }
});

it("products of matrices of any size, transposed, cut and batched", () => {
  const sizes = [
    [1, 1, 1],
    [3, 4, 1],
    [5, 7, 3],
    [33, 65, 31],
    [64, 32, 64],
    [2, 0, 3],
    [0, 2, 3],
    [130, 9, 128],
  ] as const;
  for (const [n, k, m] of sizes) {
    const [a, b] = [torch.randn(n, k), torch.randn(k, m)];
    const [p, q] = [a.to("gpu"), b.to("gpu")];
    const what = `[${n}, ${k}] @ [${k}, ${m}]`;
    assertClose(p.mm(q), a.mm(b), what);
    assertClose(q.t().matmul(p.t()), b.t().matmul(a.t()), `${what} transposed`);
    assertClose(p.mv(q.select(1, 0)), a.mv(b.select(1, 0)), `${what}, a column`);
  }
  const [a, b] = [torch.randn(2, 1, 5, 6), torch.randn(3, 6, 4)];
  assertClose(a.to("gpu").matmul(b.to("gpu")), a.matmul(b), "batches");
  const wide = torch.randn(40, 41);
  assertClose(
    wide
      .to("gpu")
      .narrow(1, 1, 40)
      .mm(wide.to("gpu").narrow(1, 0, 40)),
    wide.narrow(1, 1, 40).mm(wide.narrow(1, 0, 40)),
    "cut at odd offsets",
  );
});

const leaf = (x: Tensor): Tensor => x.detach().clone().requires_grad_();
/** Values, gradients and gradients of gradients of one function on both devices. */
function assertGradients(what: string, f: (...xs: Tensor[]) => Tensor, inputs: readonly Tensor[]): void {
  const run = (xs: readonly Tensor[]): Tensor[] => {
    const y = f(...xs);
    const first = torch.autograd.grad(y.mul(y).sum(), xs, { create_graph: true });
    const total = [...first].map((g) => g.mul(g).sum()).reduce((p, q) => p.add(q));
    return [y, ...first, ...torch.autograd.grad(total, xs, { allow_unused: true, materialize_grads: true })];
  };
  const expected = run(inputs.map(leaf));
  const actual = run(inputs.map((x) => leaf(x.to("gpu"))));
  actual.forEach((g, i) => {
    assertClose(g, expected[i]!, `${what}, result ${i}`, 2e-4);
  });
}
const functions: readonly (readonly [string, (a: Tensor, b: Tensor) => Tensor])[] = [
  ["add", (a, b) => a.add(b.sum(0))],
  ["sub", (a, b) => a.sub(b.sum(0))],
  ["mul", (a, b) => a.mul(b.sum(0))],
  ["div", (a, b) => a.div(b.mul(b).sum(0).add(1))],
  ["neg", (a, b) => a.neg().mul(b.sum())],
  ["exp", (a, b) => a.exp().mul(b.sum())],
  ["tanh", (a, b) => a.tanh().mul(b.sum())],
  ["relu", (a, b) => a.relu().mul(b.sum())],
  ["mean", (a, b) => a.mean(1).mul(b.mean())],
  ["matmul", (a, b) => a.matmul(b.t())],
  ["mv", (a, b) => a.mv(b.select(0, 0))],
  ["norm", (a, b) => a.norm().add(b.norm({ dim: 1 }))],
  [
    "views",
    (a, b) => torch.cat([a.t().reshape(4, 3), torch.stack([b.select(0, 1), b.select(0, 0)]).narrow(1, 0, 3)]),
  ],
];
for (const [name, f] of functions) {
  it(`first and second gradients of ${name}`, () => {
    const [a, b] = [torch.randn(3, 4), torch.randn(2, 4)];
    assertGradients(name, f, [a, b]);
  });
}

it("every op of the table agrees with the CPU or says that it has no GPU form", () => {
  const refused = new Set<string>();
  for (const [name, f] of entries) {
    for (const sample of f.samples) {
      const given = tensorsOf(sample).map((x) => (x.dtype === torch.float64 ? x.float() : x));
      const call = (xs: readonly Tensor[]): unknown =>
        sample.list ? f(xs, ...(sample.args ?? [])) : f(...xs, ...(sample.args ?? []));
      if (sample.order !== undefined || given.some((x) => x.dtype === torch.int64)) continue;
      try {
        const y = call(given.map((x) => x.to("gpu")));
        if (!(y instanceof torch.Tensor)) continue;
        const z = call(given) as Tensor;
        assertClose(y as Tensor, z, `${name} of ${JSON.stringify(sample)}`, 1e-3);
      } catch (error) {
        if ((error as Error).name !== "DeviceError") throw error;
        // An op may have forms that lack a loop of their own: div has one without rounding_mode.
        if ((error as Error).message.startsWith(`${name}:`)) refused.add(name);
      }
    }
  }
  const must =
    "add sub mul div neg exp tanh relu sum mean mv mm matmul norm t transpose reshape where cat stack".split(
      " ",
    );
  assert.deepEqual(
    must.filter((name) => refused.has(name)),
    [],
  );
});

it("in-place forms write the memory that views share", () => {
  const [x, y] = [torch.tensor(pool(12, 1)).reshape(3, 4), torch.tensor(pool(12, 1)).reshape(3, 4).to("gpu")];
  const [column, there] = [x.select(1, 2), y.select(1, 2)];
  for (const write of [
    (t: Tensor) => t.add_(1),
    (t: Tensor) => t.mul_(t),
    (t: Tensor) => t.t().sub_(2),
    (t: Tensor) => t.select(0, 1).mul_(3),
    (t: Tensor) => t.narrow(1, 1, 2).zero_(),
    (t: Tensor) => t.select(0, 0).copy_(torch.tensor([4, 3, 2, 1])),
  ]) {
    write(x);
    write(y);
    assertClose(y, x, String(write));
    assertClose(there, column, `the column after ${write}`);
  }
  x.copy_(y);
  assert.deepEqual(x.tolist(), y.tolist());
});

it("exercise 2 of the course gives the CPU's numbers", () => {
  const solve = (device: string): { losses: number[]; x: Tensor } => {
    torch.manual_seed(0);
    const A = torch.randn(3, 4, { device });
    const target = torch.randn(3, { device });
    const x = torch.randn(4, { device, requires_grad: true });
    const optimizer = new torch.optim.SGD([x], { lr: 0.05 });
    const losses: number[] = [];
    for (let step = 0; step < 500; step++) {
      optimizer.zero_grad();
      const loss = torch.norm(torch.mv(A, x).sub(target)).pow(2);
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
    }
    return { losses, x };
  };
  const [here, there] = [solve("cpu"), solve("gpu")];
  assertClose(there.x, here.x, "x_tilde", 1e-4);
  here.losses.forEach((loss, i) => {
    assert.ok(
      Math.abs(there.losses[i]! - loss) <= 1e-5 * Math.max(1, loss),
      `loss ${i}: ${there.losses[i]} and ${loss}`,
    );
  });
});

it("prints and names its device as PyTorch does", () => {
  const x = torch.tensor([1, 2], { device: "gpu", requires_grad: true });
  assert.equal(String(x), "tensor([1., 2.], device='gpu:0', requires_grad=True)");
  assert.equal(String(x.mul(2)), "tensor([2., 4.], device='gpu:0', grad_fn=<MulBackward0>)");
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  assert.equal(
    (x.device as unknown as Record<symbol, () => string>)[inspect]!(),
    "device(type='gpu', index=0)",
  );
  assert.equal(String(x.gt(1)), "tensor([False,  True], device='gpu:0')");
  for (const y of [
    torch.zeros(2, { device: "gpu" }),
    torch.ones_like(x),
    torch.full([2], 3, { device: torch.device("gpu") }),
  ])
    assert.equal(String(y.device), "gpu:0");
  assert.equal(x.to("gpu"), x);
  assert.equal(String(x.cpu().device), "cpu");
});

it("refuses what the GPU cannot do, in one line that says what to do", () => {
  const x = torch.ones(3, { device: "gpu" });
  const mixed =
    "Expected all tensors to be on the same device, but found at least two devices, gpu:0 and cpu!";
  assert.throws(() => x.add(torch.ones(3)), { name: "RuntimeError", message: mixed });
  assert.throws(() => torch.ones(3).mul(x), { name: "RuntimeError", message: mixed });
  assert.throws(() => torch.ones(2, 3).mv(x), { name: "RuntimeError", message: mixed });
  const wide = /^gpu: torch\.float64 tensors exist on the CPU only: convert first with \.float\(\)/;
  assert.throws(() => x.double(), { name: "DeviceError", message: wide });
  assert.throws(() => torch.tensor([1n], { device: "gpu" }), {
    name: "DeviceError",
    message: /torch\.int64/,
  });
  assert.throws(() => x.cumsum(0), { name: "DeviceError", message: /no GPU form: .*\.cpu\(\)$/ });
  assert.throws(() => torch.inverse(torch.ones(2, 2, { device: "gpu" })), {
    name: "DeviceError",
    message: /\.cpu\(\)$/,
  });
  assert.throws(() => x.numpy(), { name: "TypeError", message: /Use Tensor\.cpu\(\)/ });
});

it("an interrupt ends the wait for a read, and the next read is right", () => {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  setInterruptFlag(flag);
  const text = "const { workerData: f } = require('worker_threads'); Atomics.wait(f, 0, 0, 150); f[0] = 1;";
  const alarm = new Worker(text, { eval: true, workerData: flag });
  alarm.unref();
  let x = torch.ones(512, 512, { device: "gpu" }).mul(1 / 512);
  for (let i = 0; i < 12; i++) x = x.mm(x);
  const start = performance.now();
  assert.throws(() => x.sum().item(), { name: "KeyboardInterrupt" });
  const waited = performance.now() - start;
  setInterruptFlag(null);
  assert.ok(waited < 2000, `waited ${waited} ms`);
  assert.equal(torch.ones(3, { device: "gpu" }).sum().item(), 3);
});

it("a loop of temporaries in one turn runs in bounded memory", () => {
  let x = torch.ones(2 ** 18, { device: "gpu" });
  for (let i = 0; i < 600; i++) x = x.mul(1);
  const { elements } = gpuBuffers()!;
  assert.equal(x.narrow(0, 0, 1).item(), 1);
  assert.ok(elements * 4 < 300e6, `${elements * 4} bytes are in use`);
});
