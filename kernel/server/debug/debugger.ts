/** The debugger of the kernel thread: debug requests in, responses and events out; nothing is switched on until a client asks. */
import type { Fields, Message } from "../../protocol/messages.ts";
import type { Log } from "../log.ts";
import { createCellFiles } from "./cell-files.ts";
import { DapError, type DapEvent, type DapResponse, isFields, text } from "./dap.ts";
import { createDebuggee, type Debuggee } from "./debuggee.ts";
import { inspections, requests, THREAD } from "./requests.ts";

export interface Debugger {
  /** Answers the content of one debug request; never throws. */
  handle(content: Fields, message: Message): Promise<DapResponse>;
  /** Lets main run whatever its breakpoints are, because its cell is to end. */
  letGo(): void;
  /** The cell has ended: breakpoints hold again. */
  hold(): void;
  /** Switches everything off. */
  close(): void;
}

/** What the debugger needs of the rest of the kernel thread. */
export interface DebuggerParts {
  /** Publishes an event, as caused by a request. */
  publish(event: DapEvent, parent: Message | null): void;
  /** The request whose cell runs. */
  running(): Message | null;
  declare(name: string): Promise<void>;
  isGuarded(text: string, line: number, column: number): Promise<boolean>;
  readonly log: Log;
}

/** https://microsoft.github.io/debug-adapter-protocol/specification#Types_Capabilities */
const capabilities: Fields = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsModulesRequest: true,
  supportsExceptionInfoRequest: true,
  supportsTerminateRequest: true,
  exceptionBreakpointFilters: [
    {
      filter: "caught",
      label: "Caught exceptions",
      description: "Pause on exceptions that are caught",
      default: false,
    },
    {
      filter: "uncaught",
      label: "Uncaught exceptions",
      description: "Pause on exceptions that are not caught",
      default: false,
    },
  ],
};

export function createDebugger({ publish, running, declare, isGuarded, log }: DebuggerParts): Debugger {
  const cells = createCellFiles();
  let seq = 0;
  let isStarted = false;
  let client = "";
  /** The last request, which events are told under while no cell runs. */
  let asked: Message | null = null;
  let connected: Promise<Debuggee> | null = null;
  let current: Debuggee | null = null;

  const emit = (event: string, body: Fields = {}, parent = running() ?? asked): void =>
    publish({ type: "event", seq: ++seq, event, body }, parent);

  const connect = (): Promise<Debuggee> => {
    connected ??= createDebuggee({
      cells,
      isTypeShown: () => client !== "jupyterlab",
      declare,
      isGuarded,
      log,
      stopped: (why) => emit("stopped", { ...why, threadId: THREAD, allThreadsStopped: true }),
      continued: () => emit("continued", { threadId: THREAD, allThreadsContinued: true }),
      breakpointChanged: (breakpoint) => emit("breakpoint", { reason: "changed", breakpoint }),
    }).then((debuggee) => {
      current = debuggee;
      return debuggee;
    });
    return connected;
  };
  const disconnect = (): void => {
    current?.close();
    current = null;
    connected = null;
    isStarted = false;
  };

  /** Requests about the debugger itself. */
  const own: ReadonlyMap<string, (given: Fields) => Promise<Fields>> = new Map([
    [
      "initialize",
      async (given: Fields) => {
        client = typeof given.clientID === "string" ? given.clientID : "";
        isStarted = true;
        return capabilities;
      },
    ],
    ["attach", attach],
    ["launch", attach],
    ["dumpCell", async (given: Fields) => ({ sourcePath: cells.dump(text(given, "code")) })],
    ["debugInfo", debugInfo],
    ["disconnect", end],
    ["terminate", end],
  ]);

  async function attach(): Promise<Fields> {
    needStart("attach");
    await (await connect()).enable();
    emit("initialized", {}, asked);
    emit("thread", { reason: "started", threadId: THREAD }, asked);
    return {};
  }
  async function debugInfo(): Promise<Fields> {
    return {
      isStarted,
      ...cells.naming,
      breakpoints: current?.breakpoints.all() ?? [],
      stoppedThreads: current?.execution.isPaused() ? [THREAD] : [],
      richRendering: true,
      exceptionPaths: ["Exceptions"],
      copyToGlobals: true,
    };
  }
  async function end(): Promise<Fields> {
    if (isStarted) {
      if (current?.execution.isPaused()) emit("continued", { threadId: THREAD, allThreadsContinued: true });
      disconnect();
      emit("terminated", {}, asked);
    }
    return {};
  }
  function needStart(command: string): void {
    if (!isStarted)
      throw new DapError(`${command}: the debugger is not started: send initialize and attach first`);
  }

  const answer = async (command: string, given: Fields): Promise<Fields> => {
    const mine = own.get(command);
    if (mine !== undefined) return mine(given);
    const inspection = inspections.get(command);
    if (inspection !== undefined) return inspection(given, await connect());
    const request = requests.get(command);
    if (request === undefined) throw new DapError(`${command.slice(0, 80)}: there is no such request`);
    needStart(command);
    return request(given, await connect());
  };

  return {
    async handle(content, message) {
      asked = message;
      const { seq: number, command, arguments: given = {} } = content;
      const head = {
        type: "response",
        request_seq: typeof number === "number" ? number : 0,
        command: typeof command === "string" ? command : "",
      } as const;
      try {
        if (typeof command !== "string") throw new DapError("command: a string was expected");
        if (!isFields(given)) throw new DapError("arguments: an object was expected");
        const body = await answer(command, given);
        return { ...head, seq: ++seq, success: true, body };
      } catch (error) {
        const { name, message: said, stack } = error as Error;
        if (name !== "DapError") log(`debugger: ${head.command}: ${stack ?? said}`);
        const format = said || name;
        return { ...head, seq: ++seq, success: false, message: format, body: { error: { id: 1, format } } };
      }
    },
    letGo: () => current?.execution.letGo(),
    hold: () => current?.execution.hold(),
    close: disconnect,
  };
}
