/** The cost of a small tensor call: a 4-element add without and with gradient, and exercise 2 of the course. */
import { join } from "node:path";
import { optim, type Tensor, torch } from "../../tensor/index.ts";
import { root } from "../sources.ts";
import { duration, interleaved, Peer, type Side } from "./measure.ts";

const a = torch.tensor([1, 2, 3, 4]);
const b = torch.tensor([0.5, 0.25, 0.125, 1]);
const w = a.clone().requires_grad_(true);

/** The course's thousand steps of gradient descent; gives where they end. */
function descend(): Tensor {
  torch.manual_seed(0);
  const A = torch.randn(3, 4);
  const y = torch.randn(3);
  const x = torch.randn(4, { requires_grad: true });
  const optimizer = new optim.SGD([x], { lr: 0.05 });
  for (let step = 0; step < 1000; step++) {
    optimizer.zero_grad();
    const loss = torch.norm(torch.mv(A, x).sub(y)).pow(2);
    loss.backward();
    optimizer.step();
    loss.item();
  }
  return x;
}

interface Case {
  readonly title: string;
  readonly run: () => Tensor;
  /** How many runs make one measurement. */
  readonly count: number;
}

const cases: Readonly<Record<string, Case>> = {
  add: { title: "add, 4 elements", run: () => a.add(b), count: 100_000 },
  add_gradient: { title: "add, 4 elements, with gradient", run: () => w.add(b), count: 100_000 },
  exercise2: { title: "exercise 2, 1000 steps", run: descend, count: 5 },
};

const ours: Side = {
  time: async (name, count) => {
    const { run } = cases[name]!;
    const start = performance.now();
    for (let index = 0; index < count; index++) run();
    return (performance.now() - start) / 1000;
  },
};

/** What `dispatch.py` says first. */
interface Torch {
  readonly version: string;
  readonly results: Readonly<Record<string, readonly number[]>>;
}

/** Prints each case's time, beside PyTorch's with the ratio where `python` has torch; the results must agree first. */
export async function dispatch({ python }: { readonly python: string | undefined }): Promise<void> {
  const script = join(root, "scripts/bench/dispatch.py");
  const peer = python === undefined ? undefined : await Peer.start<Torch>(python, [script]);
  if (!peer) console.log("(beside PyTorch: --python PATH of a Python that has torch)");
  else compareResults(peer.hello);
  for (const [name, { title, count }] of Object.entries(cases)) {
    const [mine = 0, theirs] = await interleaved(peer ? [ours, peer] : [ours], name, count);
    const beside =
      theirs === undefined
        ? ""
        : `   PyTorch ${duration(theirs).padStart(9)}   ratio ${(mine / theirs).toFixed(3)}`;
    console.log(`${title.padEnd(32)} ${duration(mine).padStart(9)}${beside}`);
  }
  peer?.end();
}

function compareResults({ version, results }: Torch): void {
  for (const [name, { run }] of Object.entries(cases)) {
    const expected = torch.tensor(results[name] ?? []);
    if (!torch.allclose(run(), expected))
      throw new Error(`bench: ${name}: ${run()}: PyTorch gives ${expected}`);
  }
  console.log(`results equal PyTorch ${version}'s`);
}
