/** Finds the adapter and brings up gpu.js on it, or says in one line why there is none and what mends it. */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import type { Adapter } from "./protocol.ts";
import type { BufferHandle, Context, GpuAdapter, GpuDevice, GpuJs } from "./webgpu.ts";

/** What runs on the adapter: our device, gpu.js on the same one, and gpu.js's handle of a buffer. */
export interface Acquired {
  readonly adapter: Adapter;
  readonly context: Context;
  readonly device: GpuDevice;
  readonly gpuJs: GpuJs;
  readonly BufferHandle: BufferHandle;
}
interface Gpu {
  requestAdapter(): Promise<GpuAdapter | null>;
}

/** The adapter in use, or the problem. */
export async function acquire(): Promise<Acquired | { readonly problem: string }> {
  if (process.env.JACOBI_GPU === "off") {
    return { problem: "JACOBI_GPU=off was given: unset it to use a GPU" };
  }
  let gpu: Gpu;
  try {
    const { create } = (await import("webgpu" as string)) as { create: (flags: string[]) => Gpu };
    gpu = create([]);
  } catch (error) {
    return { problem: notLoaded(error) };
  }
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (adapter === null) return { problem: noAdapter() };
  const about = describe(adapter);
  if (about.software && process.env.JACOBI_GPU !== "software") {
    return {
      problem: `only a software adapter was found (${about.description}): it is slower than the CPU: install your GPU's Vulkan driver, or set JACOBI_GPU=software to use it all the same`,
    };
  }
  return { adapter: about, ...(await onGpuJs(gpu)) };
}

/** gpu.js asks `navigator.gpu` for its device; ours is the same one. */
async function onGpuJs(gpu: Gpu): Promise<Omit<Acquired, "adapter">> {
  Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
  const require = createRequire(import.meta.url);
  const { GPU } = require("gpu.js") as { GPU: new (settings: object) => GpuJs };
  const { WebGPUContext } = require("gpu.js/src/backend/web-gpu/context.js") as {
    WebGPUContext: { acquire(): Promise<Context> };
  };
  const { WebGPUBufferResult } = require("gpu.js/src/backend/web-gpu/buffer-result.js") as {
    WebGPUBufferResult: BufferHandle;
  };
  const context = await WebGPUContext.acquire();
  return {
    context,
    device: context.device,
    gpuJs: new GPU({ mode: "webgpu" }),
    BufferHandle: WebGPUBufferResult,
  };
}

function describe(adapter: GpuAdapter): Adapter {
  const { vendor, architecture, description, device, isFallbackAdapter } = adapter.info;
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  return {
    vendor,
    architecture,
    description: [device || vendor, description].filter(Boolean).join(", "),
    software: isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe/i.test(`${device} ${description}`),
    limit: Math.min(maxStorageBufferBindingSize, maxBufferSize),
  };
}

function notLoaded(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  const glibc = /GLIBC_([\d.]+)/.exec(text)?.[1];
  if (glibc !== undefined) {
    return `the webgpu package needs glibc ${glibc} and this system has an older one: use a newer Linux (Debian 12, Ubuntu 22.04)`;
  }
  if (/Cannot find (package|module)/.test(text))
    return "the webgpu package is not installed: npm install webgpu@0.6.2";
  return `the webgpu package does not load (${text}): install it anew with npm install webgpu@0.6.2`;
}

/** Dawn says only "none"; on Linux the usual reasons can be looked for. */
function noAdapter(): string {
  if (process.platform !== "linux") return "no adapter was found: install your GPU's driver";
  if (!loadable("libvulkan.so.1"))
    return "libvulkan.so.1 is missing, so no GPU can be reached: apt-get install libvulkan1";
  const drivers = vulkanDrivers();
  if (drivers.length === 0) {
    return "no Vulkan driver (ICD) is registered: install your GPU's, such as apt-get install mesa-vulkan-drivers";
  }
  return `none of the Vulkan drivers is usable (${drivers.join(", ")}): install your GPU's own driver, or Mesa 25 or newer`;
}

/** Whether the system's linker finds a library; Node says of one that it is no addon. */
function loadable(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return !/cannot open shared object/.test(String(error));
  }
}

/** The registered drivers, by the names of their files. */
function vulkanDrivers(): string[] {
  const named = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (named !== undefined) return named.split(":").filter((file) => existsSync(file));
  const folders = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(/_icd.*\.json$/, ""));
}
