/** Memory on the GPU: a buffer by number. Whoever looks for its elements on this side gets an error that says so. */
import type { Dtype } from "../core/dtype.ts";
import { DeviceError } from "../core/errors.ts";
import type { Device, Storage } from "../core/storage.ts";

/** The GPU; there is one. */
export const gpu: Device = Object.freeze({
  type: "gpu",
  index: 0,
  toString: () => "gpu:0",
  [Symbol.for("nodejs.util.inspect.custom")]: () => "device(type='gpu', index=0)",
});

/** A tensor's memory on the GPU: float32 whatever the dtype (bool: 0 and 1). */
export class GpuStorage implements Storage {
  readonly dtype: Dtype;
  readonly numel: number;
  version = 0;
  readonly address = 0;
  /** The buffer's number; another one after the whole was overwritten. */
  buffer: number;
  /** What the collector watches: once it is gone, the buffer is free. */
  token: object;

  constructor(dtype: Dtype, numel: number, buffer: number, token: object) {
    this.dtype = dtype;
    this.numel = numel;
    this.buffer = buffer;
    this.token = token;
  }
  get device(): Device {
    return gpu;
  }
  get data(): never {
    throw new DeviceError(
      "this operation has no GPU form: a tensor on gpu:0 was given: move it first with x.cpu()",
    );
  }
  get scalar(): never {
    return this.data;
  }
}
