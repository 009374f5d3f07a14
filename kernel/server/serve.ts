/** One request: busy → handler → reply → flush → idle. The cells of a shell wait for each other; all else is answered at once. */
import type { ErrorReply, Fields, Message, Requests } from "../protocol/messages.ts";
import { ContentError, readContent } from "../protocol/requests.ts";
import type { Handler, Services } from "./handlers/handler.ts";
import { handlers, notices } from "./handlers/index.ts";
import type { Log } from "./log.ts";
import type { Session } from "./session.ts";
import { UnknownSubshellError } from "./subshells.ts";

type RequestChannel = "shell" | "control";

export interface Server {
  /** Takes one message from a client. */
  receive(channel: RequestChannel, message: Message): void;
}

/** What the server works with. */
export interface ServerParts {
  readonly session: Session;
  readonly services: Services;
  readonly log: Log;
}

export function createServer({ session, services, log }: ServerParts): Server {
  /** Publishes busy, lets `work` do its part, publishes idle after everything that came of it. */
  const around = async (message: Message, work: () => Promise<void>): Promise<void> => {
    session.publish("status", { execution_state: "busy" }, message);
    try {
      await work();
    } catch (error) {
      log(`${message.header.msg_type}: ${(error as Error).stack ?? error}`);
    } finally {
      services.cells.flush();
      session.publish("status", { execution_state: "idle" }, message);
      // Clients show the last status they saw, and the cell that runs meanwhile is not idle.
      const running = services.cells.running();
      if (running !== null) session.publish("status", { execution_state: "busy" }, running);
    }
  };

  const answer = async <K extends keyof Requests>(
    name: K,
    channel: RequestChannel,
    message: Message,
    handler: Handler<K> = handlers[name],
  ): Promise<void> => {
    await around(message, async () => {
      const started = new Date().toISOString();
      const content = await handle(name, message, handler, services);
      // JupyterLab tells from `started` how long a cell waited and how long it ran.
      const metadata = name === "execute" ? { started, status: content.status } : {};
      session.reply(channel, message, `${name}_reply`, content, metadata);
    });
    if (name === "shutdown") services.stop();
  };

  return {
    receive(channel, message) {
      const type = message.header.msg_type;
      const name = type.replace(/_request$/, "");
      const isRequest = name !== type && isOneOf(handlers, name);
      // Comm messages need no queue, so they are heard whatever subshell they name.
      const cells = channel === "shell" ? services.subshells.queueOf(message) : services.subshells.main;
      if (isRequest && cells === undefined) {
        void answer(name, channel, message, unknownSubshell);
      } else if (type === "execute_request") {
        cells?.add((aborted) =>
          answer("execute", channel, message, aborted ? abortedCell : handlers.execute),
        );
      } else if (isRequest) {
        void answer(name, channel, message);
      } else if (isOneOf(notices, type)) {
        void around(message, () => notices[type](message, services));
      } else {
        log(`${channel}: a message of the unknown type ${JSON.stringify(type.slice(0, 80))} was ignored`);
        // Whoever waits for it to be done with learns that it is.
        void around(message, async () => {});
      }
    },
  };
}

const abortedCell: Handler<"execute"> = async (_request, { counter }) => ({
  status: "aborted",
  execution_count: counter.value,
});

const unknownSubshell = async (
  _request: unknown,
  _services: Services,
  { header }: Message,
): Promise<never> => {
  throw new UnknownSubshellError(header.subshell_id);
};

/** `name` comes from outside, and "constructor" is no request. */
function isOneOf<T extends object>(table: T, name: string): name is keyof T & string {
  return Object.hasOwn(table, name);
}

/** The reply's content: the handler's, or what a failure is told as. */
async function handle<K extends keyof Requests>(
  name: K,
  message: Message,
  handler: Handler<K>,
  services: Services,
): Promise<Fields> {
  try {
    const request: Requests[K]["request"] = readContent[name](message.content);
    return (await handler(request, services, message)) as Fields;
  } catch (error) {
    const { name: ename, message: evalue } = error as Error;
    const text = error instanceof ContentError ? `${message.header.msg_type}: ${evalue}` : evalue;
    const reply: ErrorReply = { status: "error", ename, evalue: text, traceback: [`${ename}: ${text}`] };
    return name === "execute" ? { ...reply, execution_count: services.counter.value } : { ...reply };
  }
}
