/** What the main thread and the thread that owns the GPU say to each other. */

/** One thing to do on the device, in order. Buffers go by number; sizes count float32 elements. */
export type Command =
  | { readonly do: "new"; readonly id: number; readonly size: number }
  | { readonly do: "free"; readonly id: number }
  | { readonly do: "write"; readonly id: number; readonly data: Float32Array }
  /** An elementwise gpu.js kernel of `source`, over the first `n` elements. */
  | {
      readonly do: "map";
      readonly source: string;
      readonly inputs: readonly number[];
      readonly y: number;
      readonly n: number;
    }
  /** A WGSL kernel: `info` is what it reads of shapes and strides, `groups` how many workgroups run. */
  | {
      readonly do: "run";
      readonly shader: ShaderName;
      readonly info: Uint32Array;
      readonly buffers: readonly number[];
      readonly groups: readonly [number, number, number];
    }
  /** Copies a buffer's first elements behind the first word of `to`, then sets that word to `State.done`. */
  | { readonly do: "read"; readonly id: number; readonly n: number; readonly to: SharedArrayBuffer };

export type ShaderName = "copy" | "fill" | "reduce" | "fold" | "matmul" | "matmul4";

/** The word that a read waits on. A failure's text follows through the port. */
export const State = { waiting: 0, done: 1, failed: 2 } as const;

/** The adapter in use, as its driver describes it. */
export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** It computes on the processor. */
  readonly software: boolean;
  /** Most bytes of one buffer. */
  readonly limit: number;
}

/** What the worker says first: its adapter, or why there is none and what mends it. */
export type Hello = { readonly adapter: Adapter } | { readonly problem: string };

export interface WorkerInput {
  /** `ready[0]` becomes `State.done` once the greeting is in the port. */
  readonly ready: Int32Array;
  readonly port: import("node:worker_threads").MessagePort;
}
