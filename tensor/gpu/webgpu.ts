/** The few parts of WebGPU and of gpu.js 2.24.1 that the GPU thread uses, as types. */

export interface GpuBuffer {
  readonly size: number;
  /** gpu.js counts its handles here. */
  _refs?: number;
  mapAsync(mode: number, offset: number, size: number): Promise<void>;
  getMappedRange(offset: number, size: number): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}
export interface Pass {
  setPipeline(pipeline: Pipeline): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}
export interface Encoder {
  beginComputePass(): Pass;
  copyBufferToBuffer(from: GpuBuffer, at: number, to: GpuBuffer, toAt: number, size: number): void;
  finish(): object;
}
export interface Pipeline {
  getBindGroupLayout(index: number): object;
}
export interface GpuDevice {
  readonly queue: {
    writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBufferView): void;
    submit(commands: readonly object[]): void;
  };
  createBuffer(about: { size: number; usage: number }): GpuBuffer;
  createShaderModule(about: { code: string }): object;
  createComputePipeline(about: object): Pipeline;
  createBindGroup(about: object): object;
  createCommandEncoder(): Encoder;
  onuncapturederror: ((event: { error: { message: string } }) => void) | null;
}
export interface GpuAdapter {
  readonly info: {
    vendor: string;
    architecture: string;
    description: string;
    device: string;
    isFallbackAdapter?: boolean;
  };
  readonly limits: { maxStorageBufferBindingSize: number; maxBufferSize: number };
}
export interface Context {
  readonly adapter: GpuAdapter;
  readonly device: GpuDevice;
}

/** A gpu.js kernel. With `pipeline` set it leaves its result in `outputBuffer`, which may be one of ours. */
export interface MapKernel {
  built: boolean;
  outputBuffer: GpuBuffer;
  bindGroupDirty: boolean;
  build(...inputs: readonly object[]): Promise<void>;
  run(...inputs: readonly object[]): Promise<unknown>;
  setOutput(output: readonly number[]): void;
}
export interface GpuJs {
  createKernel(source: string, settings: object): { readonly kernel: MapKernel };
}
export type BufferHandle = new (about: {
  buffer: GpuBuffer;
  output: readonly number[];
  componentCount: number;
  context: Context;
  kernel: null;
}) => object;
