/** The main thread's end: starts the GPU's thread when first asked, sends it commands in batches, and waits for reads. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { DeviceError } from "../core/errors.ts";
import { type Adapter, type Command, type Hello, State, type WorkerInput } from "./protocol.ts";

/** A wait looks at the interrupt flag this often. */
const sliceMs = 10;
/** So many commands, or elements in them, go out together at the latest. */
const batch = 64;
/** So many elements written or allocated since the last wait, and the main thread waits for the device to catch up. */
const mostInFlight = 2 ** 26;

/** What the library is told of interrupts. */
export interface Interrupts {
  /** Whether one is asked for. */
  readonly asked: () => boolean;
  readonly error: () => Error;
}

/** A connection to the GPU's thread. */
export class Link {
  readonly adapter: Adapter;
  readonly #port: MessagePort;
  readonly #interrupts: Interrupts;
  #pending: Command[] = [];
  #inFlight = 0;
  #flushing = false;

  private constructor(adapter: Adapter, port: MessagePort, interrupts: Interrupts) {
    this.adapter = adapter;
    this.#port = port;
    this.#interrupts = interrupts;
  }

  /** Starts the thread and waits for its greeting; without a usable adapter the reason, as text. */
  static open(interrupts: Interrupts): Link | string {
    const { port1, port2 } = new MessageChannel();
    const ready = new Int32Array(new SharedArrayBuffer(4));
    const input: WorkerInput = { ready, port: port2 };
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: input,
      transferList: [port2],
      execArgv: [],
    });
    worker.unref();
    port1.unref();
    wait(ready, interrupts);
    const hello = receiveMessageOnPort(port1)?.message as Hello;
    if ("problem" in hello) return hello.problem;
    return new Link(hello.adapter, port1, interrupts);
  }

  /** Enqueues a command; it goes out with the next batch, at the latest when this turn of the event loop ends. */
  send(command: Command, elements = 0): void {
    this.#pending.push(command);
    this.#inFlight += elements;
    if (this.#inFlight > mostInFlight) this.#catchUp(command);
    else if (this.#pending.length >= batch) this.#flush();
    else if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
  }

  /** A buffer's first elements; waits until everything enqueued before is done. */
  read(id: number, n: number): Float32Array {
    const to = new SharedArrayBuffer(4 + 4 * n);
    this.#pending.push({ do: "read", id, n, to });
    this.#flush();
    const state = new Int32Array(to, 0, 1);
    wait(state, this.#interrupts);
    this.#inFlight = 0;
    if (state[0] === State.failed) {
      const text = String(receiveMessageOnPort(this.#port)?.message).split("\n")[0];
      throw new DeviceError(`gpu: an operation before this read failed: ${text}`);
    }
    return new Float32Array(to, 4).slice();
  }

  #catchUp(command: Command): void {
    if (command.do === "new" || command.do === "write") this.read(command.id, 0);
    else this.#flush();
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const commands = this.#pending;
    this.#pending = [];
    this.#port.postMessage(commands);
  }
}

/** Blocks until `state[0]` changes or an interrupt is asked for. */
function wait(state: Int32Array, interrupts: Interrupts): void {
  while (Atomics.load(state, 0) === State.waiting) {
    if (interrupts.asked()) throw interrupts.error();
    Atomics.wait(state, 0, State.waiting, sliceMs);
  }
}
