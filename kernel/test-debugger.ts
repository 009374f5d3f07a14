/** A client of the debugger for tests: requests over a real kernel's control channel, events from iopub. */
import assert from "node:assert/strict";
import type { Fields, Message } from "./protocol/messages.ts";
import type { Exchange, TestClient } from "./test-client.ts";

export interface StackFrame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source: { readonly path: string; readonly name: string };
}
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly evaluateName?: string;
  readonly variablesReference: number;
}
export interface Scope {
  readonly name: string;
  readonly variablesReference: number;
}
interface Body {
  readonly [name: string]: unknown;
}

export interface DebugClient {
  /** Sends a request; gives the whole response. */
  ask(command: string, given?: Fields): Promise<Fields>;
  /** Sends a request that must succeed; gives its body. */
  body<T = Body>(command: string, given?: Fields): Promise<T>;
  /** The next event of that name, of those that nobody has taken yet. */
  event(name: string): Promise<Body>;
  /** The same with the message that brought it. */
  eventMessage(name: string): Promise<Message>;
  /** Starts a debugger: initialize, attach. */
  attach(clientID?: string): Promise<void>;
  disconnect(): Promise<void>;
  /** Sets breakpoints in a cell; gives the path that stands for it. */
  breakpoints(code: string, lines: readonly number[]): Promise<string>;
  /** Starts a cell; `ended` resolves with its reply and what it published. */
  start(code: string): { readonly id: string; readonly ended: Promise<Exchange> };
  frames(): Promise<readonly StackFrame[]>;
  /** Where main is paused: `f:3` for line 3 in f. */
  places(): Promise<readonly string[]>;
  variables(reference: number, page?: Fields): Promise<readonly Variable[]>;
  /** The variables of a scope of a frame, by name. */
  scope(frame: StackFrame, name: string): Promise<Readonly<Record<string, string>>>;
  /** Asks for a step; gives where it ended. */
  step(command: "next" | "stepIn" | "stepOut" | "continue"): Promise<string>;
}

/** A test should say which event is missing. */
const late = (name: string): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no ${name} event came`)), 15_000).unref();
  });

export function debugClient(client: TestClient): DebugClient {
  const taken = new Set<string>();
  let seq = 0;

  const ask: DebugClient["ask"] = async (command, given = {}) => {
    const own = ++seq;
    const content = { type: "request", seq: own, command, arguments: given };
    const { reply } = await client.request("control", "debug_request", content);
    assert.equal(reply.content.request_seq, own);
    assert.equal(reply.content.type, "response");
    return reply.content;
  };
  const body = async <T>(command: string, given: Fields = {}): Promise<T> => {
    const response = await ask(command, given);
    assert.equal(response.success, true, `${command}: ${response.message}`);
    return response.body as T;
  };
  const eventMessage: DebugClient["eventMessage"] = async (name) => {
    const fits = ({ header, content }: Message): boolean =>
      header.msg_type === "debug_event" && content.event === name && !taken.has(header.msg_id);
    const message = await Promise.race([client.find("iopub", fits), late(name)]);
    taken.add(message.header.msg_id);
    return message;
  };
  const event: DebugClient["event"] = async (name) => (await eventMessage(name)).content.body as Body;
  const frames: DebugClient["frames"] = async () =>
    (await body<{ stackFrames: StackFrame[] }>("stackTrace", { threadId: 1 })).stackFrames;
  const places: DebugClient["places"] = async () =>
    (await frames()).map(({ name, line }) => `${name}:${line}`);
  const variables: DebugClient["variables"] = async (variablesReference, page = {}) =>
    (await body<{ variables: Variable[] }>("variables", { variablesReference, ...page })).variables;

  return {
    ask,
    body,
    event,
    eventMessage,
    async attach(clientID = "test") {
      await body("initialize", { clientID, linesStartAt1: true, columnsStartAt1: true });
      await body("attach");
      await event("initialized");
    },
    async disconnect() {
      await body("disconnect", { restart: false, terminateDebuggee: false });
      await event("terminated");
    },
    async breakpoints(code, lines) {
      const { sourcePath } = await body<{ sourcePath: string }>("dumpCell", { code });
      const breakpoints = lines.map((line) => ({ line }));
      await body("setBreakpoints", { source: { path: sourcePath }, breakpoints, sourceModified: false });
      return sourcePath;
    },
    start(code) {
      const id = client.send("shell", "execute_request", { code });
      const ended = async (): Promise<Exchange> => {
        const reply = await client.find("shell", (m) => m.parent_header.msg_id === id);
        const published: Message[] = [];
        await client.find("iopub", (m) => {
          if (m.parent_header.msg_id === id) published.push(m);
          return m.parent_header.msg_id === id && m.content.execution_state === "idle";
        });
        return { reply, published };
      };
      const end = ended();
      end.catch(() => {}); // A test may end the kernel before its cell.
      return { id, ended: end };
    },
    frames,
    places,
    variables,
    async scope({ id }, name) {
      const { scopes } = await body<{ scopes: Scope[] }>("scopes", { frameId: id });
      const found = scopes.find((one) => one.name === name);
      if (found === undefined) return {};
      const list = await variables(found.variablesReference);
      return Object.fromEntries(list.map((one) => [one.name, one.value]));
    },
    async step(command) {
      const stopped = event("stopped");
      await body(command, { threadId: 1 });
      await stopped;
      const [top = "nowhere"] = await places();
      return top;
    },
  };
}
