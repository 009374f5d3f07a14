/** Chooses the backend: native when the addon loads, else the reference; JACOBI_BACKEND=reference forces the latter. */

import { createRequire } from "node:module";
import { setAllocator } from "../core/allocate.ts";
import { DeviceError } from "../core/errors.ts";
import type { Device } from "../core/storage.ts";
import type { Adapter } from "../gpu/protocol.ts";
import { type Addon, loadAddon } from "./addon.ts";
import type { Backend } from "./backend.ts";
import { ByDevice } from "./by-device.ts";
import { createNative } from "./native.ts";
import { Pool, type PoolStatistics } from "./pool.ts";
import { reference } from "./reference.ts";

let interrupted = (): Error => Object.assign(new Error("interrupted"), { name: "KeyboardInterrupt" });
const loaded = process.env.JACOBI_BACKEND === "reference" ? null : loadAddon();
const addon = loaded instanceof Error ? null : loaded;
let pool: Pool | null = null;

const local: Backend = addon === null ? reference : startNative(addon);
let interruptFlag: Int32Array | null = null;
let gpuOpened: ReturnType<typeof import("./open-gpu.ts").openGpuBackend> | null = null;

/** The GPU, with its code, its thread and gpu.js, is loaded when it is first asked for; then the answer stays. */
function gpuState(): NonNullable<typeof gpuOpened> {
  if (gpuOpened === null) {
    const load = createRequire(import.meta.url);
    const { openGpuBackend } = load("./open-gpu.js") as typeof import("./open-gpu.ts");
    const interrupts = {
      asked: () => interruptFlag !== null && interruptFlag[0] !== 0,
      error: () => interrupted(),
    };
    gpuOpened = openGpuBackend(interrupts, pool);
  }
  return gpuOpened;
}

/** The GPU's device; a DeviceError says why there is none. */
export function openGpu(): Device {
  const state = gpuState();
  if ("problem" in state) throw new DeviceError(`gpu: ${state.problem}`);
  return state.device;
}

/** The adapter in use, or why there is none. */
export function gpuReport(): { readonly adapter: Adapter } | { readonly problem: string } {
  return gpuState();
}

/** Buffers on the GPU and their elements; null while it has not been asked for. */
export function gpuBuffers(): { readonly buffers: number; readonly elements: number } | null {
  return gpuOpened === null || "problem" in gpuOpened ? null : gpuOpened.backend.statistics;
}

/** The backend that ops call. */
export const backend: Backend = new ByDevice(local, () => {
  const state = gpuState();
  if ("problem" in state) throw new DeviceError(`gpu: ${state.problem}`);
  return state.backend;
});

/** What `jacobi doctor` tells of it: the backend's name, its instruction set, and why it is not native if it is not. */
export const backendReport: {
  readonly name: string;
  readonly isa: string | null;
  readonly reason: string | null;
} = {
  name: backend.name,
  isa: addon === null ? null : chosenIsa(addon),
  reason: loaded instanceof Error ? loaded.message : loaded === null ? "JACOBI_BACKEND=reference" : null,
};

function startNative(native: Addon): Backend {
  const isa = chosenIsa(native);
  if (!native.chooseIsa(isa)) {
    throw new Error(
      `JACOBI_ISA: ${isa} was given: this machine can run ${native.availableIsas.join(", ")}: choose one of them or unset it`,
    );
  }
  pool = new Pool(native);
  setAllocator(pool);
  return createNative(native, { interrupted: () => interrupted() });
}

function chosenIsa(native: Addon): string {
  return process.env.JACOBI_ISA || native.availableIsas[0]!;
}

/** Long native loops look at `flag[0]` and, once it is not 0, stop by throwing what `error` makes. */
export function setInterruptFlag(flag: Int32Array | null, error?: () => Error): void {
  addon?.setInterruptFlag(flag);
  interruptFlag = flag;
  if (error !== undefined) interrupted = error;
}

/** The native pool's figures; null without the addon. */
export function poolStatistics(): PoolStatistics | null {
  return pool?.statistics ?? null;
}
