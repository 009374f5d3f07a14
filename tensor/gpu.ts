/** torch.gpu: whether there is a GPU, and which. */
import { gpuReport } from "./backend/index.ts";
import { DeviceError } from "./core/errors.ts";
import type { Adapter } from "./gpu/protocol.ts";

export type { Adapter } from "./gpu/protocol.ts";

/** Whether tensors can be put on a GPU here. */
export function is_available(): boolean {
  return "adapter" in gpuReport();
}

/** The GPU in use as its driver describes it; a DeviceError says why there is none, and what mends it. */
export function adapter(): Adapter {
  const report = gpuReport();
  if ("problem" in report) throw new DeviceError(`gpu: ${report.problem}`);
  return report.adapter;
}
