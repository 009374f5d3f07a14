/** A kernel's channels over one WebSocket, opened again under the same session when it is cut. */
import { WebSocket } from "ws";
import type { Fields } from "../protocol/messages.ts";
import { WireError } from "../protocol/wire.ts";
import { type Listener, newMessage, RunError } from "./connection.ts";
import {
  BINARY_PROTOCOL,
  decodeBinary,
  decodeText,
  encodeBinary,
  encodeText,
  type Framed,
} from "./frames.ts";
import { later } from "./later.ts";

const READY_WITHIN = 60_000;
/** A connection that is silent for this long, though pinged, is dead. */
const SILENT_WITHIN = 30_000;
const PING_EVERY = 10_000;
/** How long to wait before each try to connect again, in milliseconds. */
const RETRIES = [0, 250, 500, 1000, 2000, 4000, 8000, 8000];

/** Where to connect and as whom. */
export interface SocketOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly session: string;
  /** The server's address, for what is said to a person. */
  readonly base: string;
}

/** An open socket, or why there is none: the server's status for a refusal. */
type Attempt = { readonly socket: WebSocket } | { readonly status: number | undefined; readonly why: string };

const nothing = {
  code: "",
  silent: true,
  store_history: false,
  user_expressions: {},
  allow_stdin: false,
  stop_on_error: false,
};

/** A request whose answer shows that those before it were answered or lost. */
interface Probe {
  readonly id: string;
  readonly before: readonly string[];
}

/**
 * The server keeps what a kernel publishes while no socket of the session is open and replays it to the next one. What
 * was on its way when the connection was cut may be gone; so after each return a cell without code follows: cells wait
 * for each other (other requests do not, in a kernel that answers while it is busy), and an earlier request that is
 * still open when it has been answered was lost.
 */
export class KernelSocket {
  readonly #options: SocketOptions;
  #socket: WebSocket | undefined;
  #listener: Listener = { message: () => {}, failed: () => {}, note: () => {} };
  #failure: RunError | undefined;
  #closed = false;
  #binary = true;
  /** Requests not yet answered: by shell's or control's reply, and by idle on iopub. */
  readonly #open = new Map<string, Set<"reply" | "idle">>();
  #probe: Probe | undefined;
  #waiting: Framed[] = [];

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  /** Connects and resolves when the kernel answers; a RunError when it does not. */
  async open(): Promise<void> {
    const attempt = await this.#connect();
    if (!("socket" in attempt))
      throw new RunError(`${this.#options.base}: no connection to the kernel: ${attempt.why}`);
    const { promise, resolve, reject } = later<void>();
    this.#listener = {
      message: (_channel, { parent_header }) => {
        if (parent_header.msg_id === id && !this.#open.has(id)) resolve();
      },
      failed: reject,
      note: () => {},
    };
    const limit = setTimeout(() => reject(new RunError("the kernel did not answer in 60 s")), READY_WITHIN);
    this.#use(attempt.socket);
    const id = this.send("shell", "kernel_info_request", {});
    await promise.finally(() => clearTimeout(limit));
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    if (this.#failure) listener.failed(this.#failure);
  }

  send(channel: "shell" | "control", type: string, content: Fields): string {
    const message = newMessage(this.#options.session, type, content);
    this.#open.set(message.header.msg_id, new Set(["reply", "idle"]));
    this.#write({ channel, message });
    return message.header.msg_id;
  }

  close(): void {
    this.#closed = true;
    this.#socket?.terminate();
  }

  #write(framed: Framed): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) this.#waiting.push(framed);
    else this.#socket.send(this.#binary ? encodeBinary(framed) : encodeText(framed));
  }

  /** Tries the binary protocol, and without any where the server has none in common. */
  async #connect(): Promise<Attempt> {
    const attempt = await this.#tryToConnect(this.#binary ? [BINARY_PROTOCOL] : []);
    if ("socket" in attempt || !this.#binary || !attempt.why.includes("subprotocol")) return attempt;
    this.#binary = false;
    return this.#tryToConnect([]);
  }

  #tryToConnect(protocols: string[]): Promise<Attempt> {
    const { promise, resolve } = later<Attempt>();
    const { url, headers } = this.#options;
    const options = { headers, handshakeTimeout: 15_000, maxPayload: 2 ** 30 };
    const socket = new WebSocket(url, protocols, options);
    // What comes right after the handshake must not be missed.
    socket.once("open", () => {
      socket.pause();
      resolve({ socket });
    });
    socket.on("error", (error) => resolve({ status: undefined, why: error.message }));
    socket.once("unexpected-response", (request, response) => {
      request.destroy();
      resolve({ status: response.statusCode, why: `the server answered ${response.statusCode}` });
    });
    return promise;
  }

  #use(socket: WebSocket): void {
    this.#socket = socket;
    let alive = Date.now();
    const heard = (): void => {
      alive = Date.now();
    };
    const ping = setInterval(() => {
      if (Date.now() - alive > SILENT_WITHIN) socket.terminate();
      else socket.ping();
    }, PING_EVERY);
    socket.on("pong", heard);
    socket.on("message", (data, isBinary) => {
      heard();
      this.#received(data as Buffer, isBinary);
    });
    socket.once("close", () => {
      clearInterval(ping);
      if (!this.#closed && !this.#failure) void this.#reconnect();
    });
    socket.resume();
    for (const framed of this.#waiting.splice(0)) this.#write(framed);
  }

  async #reconnect(): Promise<void> {
    let why = "";
    for (const pause of RETRIES) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.#closed) return;
      const attempt = await this.#connect();
      if ("socket" in attempt) return this.#returned(attempt.socket);
      if (attempt.status === 404) return this.#fail("the kernel died while the connection was cut");
      why = attempt.why;
    }
    this.#fail(`${this.#options.base}: the connection was cut and could not be made again: ${why}`);
  }

  #returned(socket: WebSocket): void {
    if (this.#closed) return socket.terminate();
    this.#listener.note("the connection was cut; connected again, the server replays what was missed");
    const unsent = new Set(this.#waiting.map(({ message }) => message.header.msg_id));
    const before = [...this.#open.keys()].filter((id) => !unsent.has(id));
    this.#use(socket);
    if (before.length > 0) this.#probe = { id: this.send("shell", "execute_request", nothing), before };
  }

  #received(data: Buffer, isBinary: boolean): void {
    let framed: Framed;
    try {
      framed = this.#binary ? decodeBinary(data) : decodeText(isBinary ? data : data.toString());
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return this.#listener.note(error.message);
    }
    this.#settle(framed);
    this.#listener.message(framed.channel, framed.message);
    if (this.#probe && !this.#open.has(this.#probe.id)) this.#probed(this.#probe);
  }

  /** Notes what the message answers, and whether it says that the kernel is gone. */
  #settle({ channel, message: { header, parent_header, content } }: Framed): void {
    const state = header.msg_type === "status" ? content.execution_state : undefined;
    if (state === "restarting" || state === "autorestarting" || state === "dead")
      return this.#fail(`the kernel died: the server says it is ${state}`);
    const id = parent_header.msg_id ?? "";
    const open = this.#open.get(id);
    if (channel === "iopub" ? state === "idle" : channel !== "stdin")
      open?.delete(channel === "iopub" ? "idle" : "reply");
    if (open?.size === 0) this.#open.delete(id);
  }

  /** The probe is answered: requests sent before it that are still open were lost. */
  #probed({ before }: Probe): void {
    this.#probe = undefined;
    if (before.some((id) => this.#open.has(id)))
      this.#fail("the connection was cut and what the kernel answered was lost on the way: run it again");
  }

  #fail(text: string): void {
    if (this.#closed || this.#failure) return;
    this.#failure = new RunError(text);
    this.#socket?.terminate();
    this.#listener.failed(this.#failure);
  }
}
