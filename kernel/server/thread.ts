/** The kernel thread's entry: starts the compiler thread, then binds the sockets before it loads anything else. */
import { workerData } from "node:worker_threads";
import { readConnection } from "../protocol/connection-file.ts";
import type { KernelThreadData } from "../threads.ts";
import { CompilerThread } from "./compiler.ts";
import { createLog } from "./log.ts";
import { bindSockets } from "./sockets.ts";

const data = workerData as KernelThreadData;
const log = createLog(data.log);
const compiler = new CompilerThread(data.folder, log);
process.on("uncaughtException", (error) => log(`internal: ${error.stack ?? error}`));

void start();

async function start(): Promise<void> {
  try {
    const connection = readConnection(data.connectionFile, process.env.JACOBI_ALLOW_PLAINTEXT === "1");
    const sockets = await bindSockets(connection, () =>
      log(
        "iopub: a client has read nothing for 10 s: it is waited for no more, and loses what it does not take",
      ),
    );
    for (const warning of connection.warnings) log(warning);
    const { startKernel } = await import("./kernel.ts");
    startKernel({ data, compiler, sockets, ...connection, log });
  } catch (error) {
    log((error as Error).message);
    process.exit(1);
  }
}
