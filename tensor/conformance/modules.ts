/** Module cases: recorded construction, outputs, gradients, buffers and texts of neural network modules. */
import type { Tensor } from "../core/tensor.ts";
import * as torch from "../index.ts";
import { marshal, member, tensorsIn } from "./calls.ts";
import type { Case, Json } from "./cases.ts";
import { compareWith, decode, dtypeNamed, toleranceOf } from "./values.ts";

type Dict = { readonly [key: string]: Json };
const dict = (json: unknown) => decode({ $dict: json as Dict }) as Record<string, unknown>;
const withoutGrad = (json: unknown): Json => JSON.parse(JSON.stringify(json).replaceAll('"rg":1', '"rg":0'));

/** Runs a module; what is wrong, or undefined. */
export function runModule(c: Case): string | undefined {
  const make = member(torch.nn, c.module as string) as (...args: unknown[]) => torch.nn.Module;
  const args = marshal("", decode(c.args as Json) as unknown[], dict(c.kwargs)).map(plain);
  if (c.init_seed !== undefined) torch.manual_seed(c.init_seed as number);
  const module = make(...args);
  if (String(module) !== c.repr) return `repr ${module}`;
  const compare = compareWith((dtype) => toleranceOf(dtype, (c.widen as number | undefined) ?? 1));
  if (c.state_after_init_equal === true && c.dtype === "float32") {
    const wrong = compareWith(() => ({ rtol: 0, atol: 0 }))(module.state_dict(), {
      $dict: withoutGrad(c.state),
    });
    if (wrong !== undefined) return `init: ${wrong}`;
  }
  module.to(dtypeNamed(c.dtype as string));
  module.load_state_dict(dict(c.state) as Record<string, Tensor>);
  module.train(c.mode === "train");
  const inputs = decode(c.inputs as Json) as Tensor[];
  const out = (module as unknown as (...args: unknown[]) => unknown)(...inputs);
  const wrong = compare(out, c.out as Json);
  if (wrong !== undefined) return `out: ${wrong}`;
  return "cot" in c ? gradientsWrong(c, module, inputs, out, compare) : undefined;
}

function gradientsWrong(
  c: Case,
  module: torch.nn.Module,
  inputs: readonly Tensor[],
  out: unknown,
  compare: ReturnType<typeof compareWith>,
): string | undefined {
  const results = tensorsIn(out).filter((y) => y.requires_grad);
  torch.autograd.backward(results, decode(c.cot as Json) as Tensor[]);
  const own = Object.fromEntries([...module.named_parameters()].map(([name, p]) => [name, p.grad]));
  const wrong = compare(own, { $dict: withoutGrad(c.param_grads) });
  if (wrong !== undefined) return `param_grads: ${wrong}`;
  if (c.input_grads === undefined) return undefined;
  const grads = tensorsIn(inputs)
    .filter((x) => x.requires_grad)
    .map((x) => x.grad);
  const wrong2 = compare(grads, withoutGrad(c.input_grads));
  return wrong2 === undefined ? undefined : `input_grads: ${wrong2}`;
}

function plain(value: unknown): unknown {
  if (value instanceof Object && value.constructor === Object) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value instanceof Object && "value" in value ? Number(value) : value;
}
