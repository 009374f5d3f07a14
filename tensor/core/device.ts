/** Which device an operation on two tensors works on. */
import { RuntimeError } from "./errors.ts";
import { cpu, type Device } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** The operands' device. A 0-d tensor on the CPU goes with any other; else two devices are an error. */
export function commonDevice(a: Tensor, b: Tensor): Device {
  const [p, q] = [a.storage.device, b.storage.device];
  if (p === q) return p;
  if (q === cpu && b.ndim === 0) return p;
  if (p === cpu && a.ndim === 0) return q;
  return sameDevice(a, b);
}

/** The operands' device, which must be one. */
export function sameDevice(a: Tensor, b: Tensor): Device {
  const [p, q] = [a.storage.device, b.storage.device];
  if (p === q) return p;
  const [first, second] = p === cpu ? [q, p] : [p, q];
  throw new RuntimeError(
    `Expected all tensors to be on the same device, but found at least two devices, ${first} and ${second}!`,
  );
}
