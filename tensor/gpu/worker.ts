/** The thread that owns the GPU: it greets with its adapter, then carries out commands in order. */
import { workerData } from "node:worker_threads";
import { acquire } from "./adapter.ts";
import { Device } from "./device.ts";
import { type Command, type Hello, State, type WorkerInput } from "./protocol.ts";

const { ready, port } = workerData as WorkerInput;

function greet(hello: Hello): void {
  port.postMessage(hello);
  Atomics.store(ready, 0, State.done);
  Atomics.notify(ready, 0);
}

const found = await acquire();
if ("problem" in found) greet(found);
else {
  const device = new Device(found);
  let last = Promise.resolve();
  /** What went wrong since the last read, which reports it. */
  let failure: string | null = null;
  const fail = (error: unknown): void => {
    failure ??= error instanceof Error ? error.message : String(error);
  };
  found.device.onuncapturederror = ({ error }) => fail(error);

  const carryOut = async (commands: readonly Command[]): Promise<void> => {
    for (const command of commands) {
      try {
        if (command.do !== "read") {
          const pending = device.carryOut(command);
          if (pending !== undefined) await pending;
          continue;
        }
        const data = await device.read(command.id, command.n);
        if (failure === null) new Float32Array(command.to, 4).set(data);
      } catch (error) {
        fail(error);
      }
      if (command.do === "read") answer(command.to);
    }
  };
  const answer = (to: SharedArrayBuffer): void => {
    const state = new Int32Array(to, 0, 1);
    if (failure !== null) port.postMessage(failure);
    Atomics.store(state, 0, failure === null ? State.done : State.failed);
    Atomics.notify(state, 0);
    failure = null;
  };
  port.on("message", (commands: readonly Command[]) => {
    last = last.then(() => carryOut(commands));
  });
  greet({ adapter: found.adapter });
}
