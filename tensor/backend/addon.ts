/** What the addon exports for numbers in memory, and how it is found and loaded. */
import { createRequire } from "node:module";
import type { Data } from "../core/storage.ts";

/** The addon's part for tensors (native/addon.cc, native/memory.cc). */
export interface Addon {
  /** Through which a call's addresses, sizes and strides go; see native/args.h. */
  readonly ring: Float64Array;
  /** Does what the ring says; ring[0] is the status afterwards. */
  readonly run: () => void;
  /** Operations by kind; an operation's position is its code. */
  readonly operations: { readonly [K in "unary" | "binary" | "compare" | "reduce"]: readonly string[] };
  readonly supports: (kind: number, operation: number, dtype: number) => boolean;
  /** Instruction sets of the build, best first, and those this machine has. */
  readonly isas: readonly string[];
  readonly availableIsas: readonly string[];
  readonly chooseIsa: (name: string) => boolean;
  readonly setInterruptFlag: (flag: Int32Array | null) => void;
  /** `bytes` (a multiple of 2 MB) from the system; undefined when it refuses. */
  readonly reserve: (bytes: number) => ArrayBuffer | undefined;
  readonly release: (address: number, bytes: number) => void;
  /** Block `block` is reported by `drain` once `view` has been collected. */
  readonly attach: (view: object, block: number) => void;
  /** ring[0] = how many blocks came back, listed from ring[1]. */
  readonly drain: () => void;
  /** Never for an on-heap typed array: it would be moved off the heap. */
  readonly addressOf: (memory: ArrayBuffer | Data) => number;
}

/** Loads the addon, or says why it cannot. */
export function loadAddon(): Addon | Error {
  try {
    return createRequire(import.meta.url)("../../../build/Release/jacobi.node") as Addon;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
