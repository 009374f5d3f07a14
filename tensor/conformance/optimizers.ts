/** Optimizer cases: recorded losses and parameters of whole optimisations. */
import type { Tensor } from "../core/tensor.ts";
import * as torch from "../index.ts";
import { marshal, member } from "./calls.ts";
import type { Case, Json } from "./cases.ts";
import { compareWith, decode, Missing, type Tolerance } from "./values.ts";

type Tensors = Record<string, Tensor>;

const problems: Record<string, (p: Tensors, d: Tensors) => Tensor> = {
  quadratic: ({ x }, { A, b }) => x!.dot(A!.matmul(x!)).mul(0.5).sub(b!.dot(x!)),
  rosenbrock: ({ x }) => {
    const [head, tail] = [x!.at(":-1"), x!.at("1:")];
    const valley = tail.sub(head.pow(2)).pow(2).mul(100);
    return head.mul(-1).add(1).pow(2).add(valley).sum();
  },
  mlp: ({ w1, b1, w2, b2 }, { X, Y }) => {
    const hidden = X!.matmul(w1!.T).add(b1!).tanh();
    return hidden.matmul(w2!.T).add(b2!).sub(Y!).pow(2).mean();
  },
};

interface AnyOptimizer {
  zero_grad(): void;
  step(closure: () => Tensor): Tensor;
}

function tolerance(c: Case): Tolerance {
  if (c.dtype === "float64") return { rtol: 1e-9, atol: 1e-12 };
  const loose = c.optimizer === "LBFGS" || c.problem === "rosenbrock";
  return { rtol: loose ? 1e-2 : 1e-4, atol: loose ? 1e-4 : 1e-6 };
}

/** Runs an optimisation; what is wrong, or undefined. */
export function runOptimizer(c: Case): string | undefined {
  if (typeof c.optimizer !== "string") throw new Missing("clip");
  const make = member(torch.optim, c.optimizer) as (params: Tensor[], options: object) => AnyOptimizer;
  const problem = problems[c.problem as string]!;
  const parameters = decode({ $dict: c.init as { [key: string]: Json } }) as Tensors;
  const data = decode({ $dict: c.data as { [key: string]: Json } }) as Tensors;
  for (const p of Object.values(parameters)) p.requires_grad_(true);
  const kwargs = decode({ $dict: c.kwargs as { [key: string]: Json } }) as Record<string, unknown>;
  const list = Object.values(parameters);
  const [options = {}] = marshal("", [], kwargs).map(plainNumbers) as object[];
  const optimizer = make(list, options);
  if (c.repr !== undefined && String(optimizer) !== c.repr) return `repr ${optimizer}`;
  const compare = compareWith(() => tolerance(c));
  for (const [step, expected] of (c.losses as Json[]).entries()) {
    const loss = optimizer.step(() => {
      optimizer.zero_grad();
      const value = problem(parameters, data);
      value.backward();
      return value;
    });
    const wrong = compare(loss.item(), expected) ?? parametersWrong(c, step + 1, parameters, compare);
    if (wrong !== undefined) return `step ${step}: ${wrong}`;
  }
  return undefined;
}

/** Python floats of integral value as the numbers that an optimizer takes. */
function plainNumbers(options: unknown): unknown {
  return Object.fromEntries(
    Object.entries(options as Record<string, unknown>).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(Number) : typeof value === "object" ? Number(value) : value,
    ]),
  );
}

function parametersWrong(c: Case, step: number, own: Tensors, compare: ReturnType<typeof compareWith>) {
  const recorded = (c.params as Record<string, { [key: string]: Json } | undefined>)[String(step)];
  if (recorded === undefined) return undefined;
  const now = Object.fromEntries(Object.entries(own).map(([name, p]) => [name, p.detach()]));
  return compare(now, JSON.parse(JSON.stringify({ $dict: recorded }).replaceAll('"rg":1', '"rg":0')));
}
