/** The kernel thread's parts, joined: sockets, session, cells, handlers. */
import { isUtf8 } from "node:buffer";
import type { Connection } from "../protocol/connection-file.ts";
import type { Message } from "../protocol/messages.ts";
import { decode, SeenSignatures, type Signing } from "../protocol/wire.ts";
import { type KernelThreadData, Signal } from "../threads.ts";
import { createCells } from "./cells.ts";
import { endDescendants } from "./children.ts";
import { createComms } from "./comms.ts";
import type { CompilerThread } from "./compiler.ts";
import { createLazyDebugger, debugged } from "./debug/lazy.ts";
import { createDropLog } from "./drop-log.ts";
import type { Services } from "./handlers/handler.ts";
import { createHistory } from "./history.ts";
import { historyFolder, openHistory } from "./history-file.ts";
import { createInput } from "./input.ts";
import { createInterrupter } from "./interrupt.ts";
import type { Log } from "./log.ts";
import { watchParent } from "./parent.ts";
import { readBytes, readRecords } from "./pipes.ts";
import { createServer } from "./serve.ts";
import { createSession, type Session } from "./session.ts";
import type { Sockets } from "./sockets.ts";
import { createStopper } from "./stopper.ts";
import { createSubshells } from "./subshells.ts";

export interface KernelParts {
  readonly data: KernelThreadData;
  readonly compiler: CompilerThread;
  readonly sockets: Sockets;
  readonly endpoints: Connection["endpoints"];
  readonly signing: Signing;
  readonly log: Log;
}

/** What comes by the pipe of signals: main's heap is nearly full; SIGTERM or SIGHUP; all else is SIGINT. */
const HEAP = "h".charCodeAt(0);
const TERM = "t".charCodeAt(0);

/** Milliseconds that the main thread has to come to a halt when the kernel stops, and when nobody is left who asks it to. */
const HALT = 3000;
const ORPHAN_HALT = 300;

/** Milliseconds that a disk has to take what the history has last. */
const DISK = 500;

/** Starts answering. */
export function startKernel({ data, compiler, sockets, endpoints, signing, log }: KernelParts): void {
  const signals = new Int32Array(data.signals);
  const session = createSession(sockets, signing);
  compiler.serve(data.compiler);
  const comms = createComms(session, log);
  const input = createInput(session, data.main, signals);
  const interrupter = createInterrupter(signals, data.main, createStopper(log));
  const readOn = (): void => records.flow(true);
  const plain = createCells({
    compiler,
    main: data.main,
    signals,
    session,
    input,
    comms,
    interrupter,
    readOn,
  });
  const debug = createLazyDebugger({
    publish: (event, parent) => session.publish("debug_event", { ...event }, parent),
    running: plain.running,
    isGuarded: (source, line, column) => compiler.call("guarded", { source, line, column }),
    declare: async (name) =>
      void (await compiler.call("compile", { source: `let ${name}: any;`, name: "copied variable" })),
    log,
  });
  const cells = debugged(plain, debug);

  const shared = historyFolder(process.env);
  const history = createHistory(shared === null ? null : openHistory(shared, log));

  let stopping = false;
  const stop = async (patience = HALT): Promise<void> => {
    if (stopping) return;
    stopping = true;
    readOn();
    debug.close();
    const ended = endDescendants();
    const written = Promise.race([history.close(), new Promise((resolve) => setTimeout(resolve, DISK))]);
    const closed = compiler.close();
    await Promise.all([sockets.close(), written, patience === HALT ? closed : null]);
    // Main exits when this thread has, unless some code there does not let it.
    const halted = await interrupter.stopMain(patience);
    await ended;
    if (halted) process.exit(0);
    process.kill(process.pid, "SIGKILL");
  };
  const services: Services = {
    compiler: compiler.call,
    cells,
    comms,
    debugger: debug,
    history,
    session,
    endpoints,
    subshells: createSubshells(),
    counter: { value: 0 },
    stop: () => void stop(),
  };
  const dropped = createDropLog(log);
  const server = createServer({ session, services, log: dropped });

  const records = readRecords(data, cells.record);
  // Main waits for the readers of its output, as a program waits for its terminal.
  sockets.onBacklog((isFull) => records.flow(!isFull));
  readBytes(data.sigint, (causes) => {
    if (causes.includes(TERM)) return void stop();
    // What filled the heap may have ended meanwhile.
    const isLate = causes.every((cause) => cause === HEAP) && Atomics.load(signals, Signal.heap) === 0;
    if (!isLate) cells.interrupt();
  });
  watchParent(() => void stop(ORPHAN_HALT));
  const seen = new SeenSignatures();
  const listen = (channel: "shell" | "control" | "stdin", handle: (message: Message) => void): void =>
    sockets.receive(channel, (frames) => {
      try {
        handle(decode(frames, signing, seen));
      } catch (error) {
        dropped(`${channel}: ${(error as Error).message}`);
      }
    });
  welcomeSubscribers(sockets, session);
  // Whoever has subscribed already is welcomed first.
  setImmediate(() => {
    session.publish("status", { execution_state: "starting" }, null);
    listen("control", (message) => server.receive("control", message));
    listen("shell", (message) => server.receive("shell", message));
    listen("stdin", (message) => {
      if (message.header.msg_type === "input_reply") input.answer(message);
    });
  });
}

/**
 * Tells each subscriber of iopub that it will be heard from now on.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#welcome-message
 */
function welcomeSubscribers(sockets: Sockets, session: Session): void {
  sockets.subscriptions((topic) => {
    if (!isUtf8(topic)) return;
    const subscription = Buffer.from(topic).toString();
    session.publish("iopub_welcome", { subscription }, null, { topic });
  });
}
