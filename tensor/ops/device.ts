/** Tensors from device to device, and the device that a user names. */
import { backend, openGpu } from "../backend/index.ts";
import { RuntimeError } from "../core/errors.ts";
import { record1, rule1 } from "../core/op.ts";
import { cpu, type Device } from "../core/storage.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { contiguousOf, settle } from "./loops.ts";

/**
 * The device that `given` names: `"cpu"`, `"gpu"`, `"gpu:0"` or a device; none means the CPU. Asking for the GPU starts
 * it; a DeviceError says why there is none.
 */
export function deviceNamed(given: unknown): Device {
  if (given === undefined || given === null) return cpu;
  const name = String(given);
  if (name === "cpu" || name === "cpu:0") return cpu;
  if (name === "gpu" || name === "gpu:0") return openGpu();
  if (/^gpu:\d+$/.test(name)) throw new RuntimeError(`device: ${name} was given: there is one GPU: "gpu:0"`);
  if (/^cuda(:\d+)?$/.test(name)) {
    throw new RuntimeError(
      "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx",
    );
  }
  throw new RuntimeError(
    `Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: ${name}`,
  );
}

const moveRule = rule1<Device>({
  name: "ToCopyBackward0",
  vjp: (g, _y, _x, from): Tensor => moveTo(g, from),
});

/** `x` on a device: itself where it is there, else a copy. */
export function moveTo(x: Tensor, device: Device): Tensor {
  const from = x.storage.device;
  return from === device ? x : record1(moveRule, moved(x, device), x, from);
}

/** `x`'s elements where JavaScript can read them. Not recorded. */
export function onCpu(x: Tensor): Tensor {
  return x.storage.device === cpu ? x : moved(x, cpu);
}

function moved(x: Tensor, device: Device): Tensor {
  const y = uninitialised(x.dtype, contiguousOf(x.layout), device);
  backend.copy(y, x);
  settle(y);
  return y;
}
