/** A kernel of our own, started here and spoken to over ZeroMQ. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dealer, Request, Subscriber } from "zeromq";
import { CHANNELS, type Connection, parseConnection } from "../protocol/connection-file.ts";
import type { Message } from "../protocol/messages.ts";
import { decode, encode, WireError } from "../protocol/wire.ts";
import { type Channel, type KernelConnection, type Listener, newMessage, RunError } from "./connection.ts";
import { later } from "./later.ts";

const READY_WITHIN = 60_000;
const HEARTBEAT_EVERY = 2_000;
/** A heart that is silent for this long has stopped: the kernel's beats in a thread that no cell holds up. */
const HEARTBEAT_WITHIN = 20_000;
const EXIT_WITHIN = 5_000;

/** What to start and where. */
export interface LocalOptions {
  /** The kernel's entry, dist/kernel/main.js. */
  readonly main: string;
  /** The kernel's working folder. */
  readonly folder: string;
}

/** Starts a kernel and resolves when it answers; a RunError when it does not. */
export async function startLocal({ main, folder }: LocalOptions): Promise<KernelConnection> {
  const place = mkdtempSync(join(tmpdir(), "jacobi-run-")); // nobody else may enter it
  const file = join(place, "kernel.json");
  const text = JSON.stringify(connectionFile(place));
  writeFileSync(file, text, { mode: 0o600 });
  const kernel = new LocalKernel(startProcess(main, file, folder), parseConnection(text, file), place);
  try {
    await kernel.ready();
  } catch (error) {
    await kernel.close();
    throw error;
  }
  return kernel;
}

function connectionFile(place: string): object {
  const ports = Object.fromEntries(CHANNELS.map((channel, i) => [`${channel}_port`, i + 1]));
  return {
    ...ports,
    transport: "ipc",
    ip: join(place, "s"),
    key: randomUUID(),
    signature_scheme: "hmac-sha256",
  };
}

function startProcess(main: string, file: string, folder: string): ChildProcess {
  const major = Number(process.versions.node.split(".")[0]);
  const flags = major >= 24 ? ["--no-force-async-hooks-checks"] : []; // as the kernelspec has it
  return spawn(process.execPath, [...flags, main, file], {
    cwd: folder,
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) }, // it ends when we do
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // Ctrl-C is ours to handle
  });
}

class LocalKernel implements KernelConnection {
  readonly #process: ChildProcess;
  readonly #connection: Connection;
  readonly #place: string;
  readonly #session = randomUUID();
  readonly #sockets: { readonly shell: Dealer; readonly control: Dealer; readonly stdin: Dealer };
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0, reconnectInterval: 20 });
  readonly #heart = new Request({ linger: 0, receiveTimeout: HEARTBEAT_WITHIN, reconnectInterval: 20 });
  readonly #exited: Promise<void>;
  #queue = { shell: Promise.resolve(), control: Promise.resolve() };
  #listener: Listener = { message: () => {}, failed: () => {}, note: () => {} };
  #log = "";
  #closing = false;
  #failure: Error | undefined;

  constructor(child: ChildProcess, connection: Connection, place: string) {
    this.#process = child;
    this.#connection = connection;
    this.#place = place;
    const dealer = (): Dealer =>
      new Dealer({ routingId: this.#session, linger: 0, reconnectInterval: 20, receiveHighWaterMark: 0 });
    this.#sockets = { shell: dealer(), control: dealer(), stdin: dealer() };
    this.#iopub.subscribe();
    for (const [channel, socket] of Object.entries({ ...this.#sockets, iopub: this.#iopub })) {
      socket.connect(connection.endpoints[channel as Channel]);
      void this.#receive(channel as Channel, socket);
    }
    this.#exited = this.#watch();
  }

  /** Resolves once a reply and something on iopub have come. */
  async ready(): Promise<void> {
    const { promise, resolve, reject } = later<void>();
    const seen = new Set<Channel>();
    this.listen({
      message(channel) {
        seen.add(channel);
        if (seen.has("control") && seen.has("iopub")) resolve();
      },
      failed: reject,
      note: () => {},
    });
    const ask = (): string => this.send("control", "kernel_info_request", {});
    const again = setInterval(ask, 100);
    const limit = setTimeout(() => reject(new RunError("the kernel did not answer in 60 s")), READY_WITHIN);
    ask();
    await promise.finally(() => {
      clearInterval(again);
      clearTimeout(limit);
    });
    this.#heart.connect(this.#connection.endpoints.hb);
    void this.#beat();
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    if (this.#failure) listener.failed(this.#failure);
  }

  send(channel: "shell" | "control", type: string, content: Message["content"]): string {
    const message = newMessage(this.#session, type, content);
    const frames = encode(message, this.#connection.signing) as Buffer[];
    // A socket sends one message at a time.
    this.#queue[channel] = this.#queue[channel]
      .then(() => this.#sockets[channel].send(frames))
      .catch(() => {});
    return message.header.msg_id;
  }

  async interrupt(): Promise<void> {
    this.send("control", "interrupt_request", {});
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#process.exitCode === null && this.#process.signalCode === null && this.#process.pid) {
      this.send("control", "shutdown_request", { restart: false });
      const kill = setTimeout(() => this.#process.kill("SIGKILL"), EXIT_WITHIN);
      await this.#exited;
      clearTimeout(kill);
    }
    for (const socket of [...Object.values(this.#sockets), this.#iopub, this.#heart]) socket.close();
    rmSync(this.#place, { recursive: true, force: true });
  }

  /** Follows the process; resolves at its end. */
  #watch(): Promise<void> {
    this.#process.stderr?.on("data", (chunk) => {
      this.#log = `${this.#log}${chunk}`.slice(-2000);
    });
    return new Promise((resolve) => {
      this.#process.once("error", (error) => {
        this.#fail(`the kernel could not be started: ${error.message}`);
        resolve();
      });
      this.#process.once("exit", (code, signal) => {
        const last = this.#log.trim().split("\n").at(-1);
        const how = signal ? `by ${signal}` : `with exit code ${code}`;
        this.#fail(`the kernel died ${how}${last ? `: ${last}` : ""}`);
        resolve();
      });
    });
  }

  async #receive(channel: Channel, socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      try {
        this.#listener.message(channel, decode(frames, this.#connection.signing));
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.#listener.note(error.message);
      }
    }
  }

  async #beat(): Promise<void> {
    try {
      while (!this.#closing && !this.#failure) {
        await this.#heart.send("ping");
        await this.#heart.receive();
        await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_EVERY).unref());
      }
    } catch {
      this.#fail(`the kernel stopped answering: no heartbeat for ${HEARTBEAT_WITHIN / 1000} s`);
    }
  }

  #fail(text: string): void {
    if (this.#closing || this.#failure) return;
    this.#failure = new RunError(text);
    this.#listener.failed(this.#failure);
  }
}
