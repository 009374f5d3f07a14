/** The device's side: buffers by number, from a pool, and the kernels run over them, gpu.js's and our own. */
import type { Acquired } from "./adapter.ts";
import type { Command, ShaderName } from "./protocol.ts";
import { shaders } from "./shaders.ts";
import type { GpuBuffer, MapKernel, Pipeline } from "./webgpu.ts";

const usage = { mapRead: 1, copySource: 4, copyTarget: 8, storage: 0x80 } as const;
const mapRead = 1;
const leastBytes = 256;
/** Idle buffers are kept up to this many bytes. */
const mostIdle = 256 * 2 ** 20;

type Read = Extract<Command, { do: "read" }>;
type Run = Extract<Command, { do: "run" }>;
type Map_ = Extract<Command, { do: "map" }>;

/** Carries out commands on the device. */
export class Device {
  readonly #gpu: Acquired;
  readonly #buffers = new Map<number, GpuBuffer>();
  /** Idle buffers by size: powers of two. */
  readonly #idle = new Map<number, GpuBuffer[]>();
  #idleBytes = 0;
  readonly #pipelines = new Map<ShaderName, Pipeline>();
  readonly #maps = new Map<string, MapKernel>();
  #info: GpuBuffer;

  constructor(gpu: Acquired) {
    this.#gpu = gpu;
    this.#info = this.#create(4096);
  }

  /** Enqueues a command; a promise where it must first be compiled. */
  carryOut(command: Exclude<Command, Read>): Promise<void> | undefined {
    switch (command.do) {
      case "new":
        this.#buffers.set(command.id, this.#take(command.size * 4));
        return;
      case "free":
        this.#free(command.id);
        return;
      case "write":
        this.#gpu.device.queue.writeBuffer(this.#buffer(command.id), 0, command.data);
        return;
      case "run":
        this.#run(command);
        return;
      case "map":
        return this.#map(command);
      default:
        command satisfies never;
    }
  }

  /** A buffer's first elements. */
  async read(id: number, n: number): Promise<Float32Array> {
    const { device } = this.#gpu;
    const bytes = Math.max(n * 4, 4);
    const staging = device.createBuffer({ size: bytes, usage: usage.mapRead | usage.copyTarget });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(this.#buffer(id), 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(mapRead, 0, bytes);
      return new Float32Array(staging.getMappedRange(0, bytes).slice(0, n * 4));
    } finally {
      staging.destroy();
    }
  }

  #buffer(id: number): GpuBuffer {
    const buffer = this.#buffers.get(id);
    if (buffer === undefined) throw new Error(`internal: GPU buffer ${id} does not exist`);
    return buffer;
  }

  #create(bytes: number): GpuBuffer {
    return this.#gpu.device.createBuffer({
      size: bytes,
      usage: usage.storage | usage.copySource | usage.copyTarget,
    });
  }

  #take(bytes: number): GpuBuffer {
    const size = Math.max(leastBytes, 2 ** Math.ceil(Math.log2(Math.max(bytes, 1))));
    const idle = this.#idle.get(size)?.pop();
    if (idle === undefined) return this.#create(size <= this.#gpu.adapter.limit ? size : bytes);
    this.#idleBytes -= size;
    return idle;
  }

  /** The queue keeps order, so that a buffer may be used again at once. */
  #free(id: number): void {
    const buffer = this.#buffer(id);
    this.#buffers.delete(id);
    if (this.#idleBytes + buffer.size > mostIdle) {
      buffer.destroy();
      return;
    }
    const idle = this.#idle.get(buffer.size);
    if (idle === undefined) this.#idle.set(buffer.size, [buffer]);
    else idle.push(buffer);
    this.#idleBytes += buffer.size;
  }

  #pipeline(shader: ShaderName): Pipeline {
    let pipeline = this.#pipelines.get(shader);
    if (pipeline === undefined) {
      const module = this.#gpu.device.createShaderModule({ code: shaders[shader] });
      const compute = { module, entryPoint: "main" };
      pipeline = this.#gpu.device.createComputePipeline({ layout: "auto", compute });
      this.#pipelines.set(shader, pipeline);
    }
    return pipeline;
  }

  #run(command: Run): void {
    const { device } = this.#gpu;
    const pipeline = this.#pipeline(command.shader);
    device.queue.writeBuffer(this.#info, 0, command.info);
    const buffers = [this.#info, ...command.buffers.map((id) => this.#buffer(id))];
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(...command.groups);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  #map(command: Map_): Promise<void> | undefined {
    let kernel = this.#maps.get(command.source);
    if (kernel === undefined) {
      const settings = { output: [command.n], pipeline: true, dynamicOutput: true, dynamicArguments: true };
      kernel = this.#gpu.gpuJs.createKernel(command.source, settings).kernel;
      this.#maps.set(command.source, kernel);
    }
    if (kernel.built) {
      this.#runMap(kernel, command);
      return undefined;
    }
    const compiled = kernel;
    return kernel.build(...this.#handles(command)).then(() => {
      compiled.outputBuffer.destroy();
      this.#runMap(compiled, command);
    });
  }

  /** gpu.js would write to a buffer of its own: it is given ours. */
  #runMap(kernel: MapKernel, command: Map_): void {
    kernel.setOutput([command.n]);
    kernel.outputBuffer = this.#buffer(command.y);
    kernel.outputBuffer._refs ??= 1;
    kernel.bindGroupDirty = true;
    void kernel.run(...this.#handles(command));
  }

  #handles(command: Map_): object[] {
    const { BufferHandle, context } = this.#gpu;
    return command.inputs.map(
      (id) =>
        new BufferHandle({
          buffer: this.#buffer(id),
          output: [command.n],
          componentCount: 1,
          context,
          kernel: null,
        }),
    );
  }
}
