/** Starts any kernel as a Jupyter client does, asks it and reads all that it publishes. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { CHANNELS, parseConnection } from "../../../kernel/protocol/connection-file.ts";
import { type Fields, PROTOCOL_VERSION } from "../../../kernel/protocol/messages.ts";
import { encode, type Signing } from "../../../kernel/protocol/wire.ts";
import { freePort } from "../../../kernel/test-client.ts";
import type { Kernel } from "./peers.ts";
import { processorTime } from "./process-tree.ts";

/** What a request brought: its reply, and what was published up to idle. */
export interface Answer {
  readonly reply: Fields;
  /** Of the value of the last expression; tslab prints it. */
  readonly text: string | undefined;
  /** Lines of printed text. */
  readonly lines: number;
  /** Milliseconds until the last part had come; NaN where idle never came. */
  readonly wall: number;
}

/** Milliseconds: of the clock, and of all processors. */
export interface Span {
  readonly wall: number;
  readonly cpu: number;
}

/** Milliseconds without a message in which a reply is taken to be lost. */
const LIMIT = 30_000;
/** Milliseconds without a message, after the reply, in which an idle is taken to be lost, or a value to be none. */
const SILENCE = 500;

export class Client {
  readonly pid: number;
  /** How often idle never came, and values not before idle. */
  readonly lost = { idles: 0, values: 0 };
  readonly #child: ChildProcess;
  readonly #begun = performance.now();
  readonly #shell = new Dealer({ linger: 0, reconnectInterval: 2 });
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0, reconnectInterval: 2 });
  readonly #signing: Signing;
  readonly #session = randomUUID();
  readonly #requests = new Map<string, Request>();
  readonly #folder: string;
  readonly #name: string;
  #hears = false;
  #logged = "";

  private constructor(kernel: Kernel, folder: string, ports: readonly number[]) {
    this.#folder = folder;
    this.#name = kernel.name;
    const path = join(folder, "connection.json");
    const named = Object.fromEntries(CHANNELS.map((channel, i) => [`${channel}_port`, ports[i]]));
    const fields = { ...named, ip: "127.0.0.1", transport: "tcp", key: randomUUID() };
    const text = JSON.stringify({ ...fields, signature_scheme: "hmac-sha256", kernel_name: "" });
    writeFileSync(path, text, { mode: 0o600 });
    const { endpoints, signing } = parseConnection(text, path);
    this.#signing = signing;
    this.#shell.connect(endpoints.shell);
    this.#iopub.connect(endpoints.iopub);
    this.#iopub.subscribe();
    void this.#read(this.#shell, (request, { content }) => request.settle(content));
    void this.#read(this.#iopub, (request, message) => {
      this.#hears = true;
      request.add(message);
    });
    const [command = "", ...args] = kernel.argv(path);
    // The folder it starts in is empty, and it dies with us.
    const env = { ...process.env, JPY_PARENT_PID: String(process.pid) };
    this.#begun = performance.now();
    this.#child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (chunk) => {
        this.#logged += chunk;
      });
    this.#child.on("exit", (code) => {
      const failure = new Error(`${kernel.name} ended with ${code}: ${this.#logged.slice(-2000)}`);
      for (const request of this.#requests.values()) request.fail(failure);
    });
    this.pid = this.#child.pid ?? 0;
  }

  /** Starts a kernel; does not wait for it. */
  static async start(kernel: Kernel): Promise<Client> {
    const folder = mkdtempSync(join(tmpdir(), "bench-"));
    return new Client(kernel, folder, await Promise.all(CHANNELS.map(freePort)));
  }

  /** What has passed since the start. */
  span(): Span {
    return { wall: performance.now() - this.#begun, cpu: processorTime(this.pid) };
  }

  /** Resolves once the reply has come and, unless only that is wanted, all that was published up to idle. */
  async ask(type: string, content: Fields, until: "reply" | "idle" = "idle"): Promise<Answer> {
    const msg_id = randomUUID();
    const request = new Request(until);
    this.#requests.set(msg_id, request);
    const date = new Date().toISOString();
    const header = { msg_id, session: this.#session, username: "bench", date, msg_type: type };
    const message = { identities: [], parent_header: {}, metadata: {}, content, buffers: [] };
    const whole = { ...message, header: { ...header, version: PROTOCOL_VERSION } };
    await this.#shell.send(encode(whole, this.#signing) as Buffer[]);
    const answer = await request.answer;
    if (Number.isNaN(answer.wall)) this.lost.idles++;
    // Deno's values may come after idle.
    if (type === "execute_request" && until === "idle" && request.text === undefined) {
      this.lost.values++;
      for (let waited = 0; request.text === undefined && waited < SILENCE; waited += 5) await pause(5);
    }
    this.#requests.delete(msg_id);
    return { ...answer, text: request.text };
  }

  /** Runs a cell, which must succeed, and give `expected` where there is one. */
  async run(code: string, expected?: string, until: "reply" | "idle" = "idle"): Promise<Answer> {
    const content = { code, silent: false, store_history: true, user_expressions: {} };
    const answer = await this.ask(
      "execute_request",
      { ...content, allow_stdin: false, stop_on_error: true },
      until,
    );
    if (answer.reply.status !== "ok")
      throw new Error(`${this.#name}: a cell failed: ${JSON.stringify(answer.reply)}`);
    // A value that is lost is counted; one that is wrong makes all that follows worth nothing.
    if (expected !== undefined && answer.text !== undefined && answer.text !== expected)
      throw new Error(`${this.#name}: a cell gave ${answer.text}: ${expected} was expected`);
    return answer;
  }

  /** Asks until what it publishes arrives. */
  async hear(): Promise<void> {
    while (!this.#hears) {
      await this.ask("kernel_info_request", {}, "reply");
      await pause(5);
    }
  }

  /** Ends it the hard way. */
  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGKILL");
      await ended;
    }
    this.#shell.close();
    this.#iopub.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Signatures are not looked at: what the client does is the same for all kernels, and little. */
  async #read(
    socket: Dealer | Subscriber,
    take: (request: Request, message: Arrived) => void,
  ): Promise<void> {
    for await (const frames of socket) {
      const at = frames.findIndex((frame) => frame.toString("latin1") === "<IDS|MSG>");
      const [, header, parent, , content] = frames.slice(at + 1).map((frame) => frame.toString());
      if (header === undefined || parent === undefined || content === undefined) continue;
      const request = this.#requests.get(JSON.parse(parent).msg_id);
      if (request) take(request, { type: JSON.parse(header).msg_type, content: JSON.parse(content) });
    }
  }
}

interface Arrived {
  readonly type: string;
  readonly content: Fields;
}

/** One request, until its answer is whole. */
class Request {
  readonly answer: Promise<Answer>;
  #resolve!: (answer: Answer) => void;
  #reject!: (error: Error) => void;
  readonly #begun = performance.now();
  readonly #until: "reply" | "idle";
  #reply: Fields | undefined;
  #isIdle = false;
  #text: string | undefined;
  #lines = 0;
  #timer = this.#limit();

  constructor(until: "reply" | "idle") {
    this.#until = until;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Its value, even if that came after idle. */
  get text(): string | undefined {
    return this.#text;
  }

  settle(reply: Fields): void {
    this.#reply = reply;
    this.#look();
  }

  add({ type, content }: Arrived): void {
    if (type === "execute_result" || type === "display_data")
      this.#text = plain((content.data as Fields)["text/plain"]);
    else if (type === "stream") this.#count(String(content.text));
    else if (type === "status" && content.execution_state === "idle") this.#isIdle = true;
    this.#look();
  }

  fail(error: Error): void {
    clearTimeout(this.#timer);
    this.#reject(error);
  }

  #count(text: string): void {
    this.#text ??= plain(text.slice(0, 1000));
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lines++;
  }

  #look(): void {
    clearTimeout(this.#timer);
    if (!this.#reply) this.#timer = this.#limit();
    else if (this.#isIdle || this.#until === "reply") this.#end(this.#reply, performance.now() - this.#begun);
    else this.#timer = setTimeout(this.#end.bind(this), SILENCE, this.#reply, Number.NaN);
  }

  #limit(): NodeJS.Timeout {
    return setTimeout(() => this.fail(new Error(`no message for ${LIMIT / 1000} s`)), LIMIT);
  }

  #end(reply: Fields, wall: number): void {
    this.#resolve({ reply, text: this.#text, lines: this.#lines, wall });
  }
}

// Deno and tslab colour what they show.
const plain = (text: unknown): string =>
  String(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what these codes begin with.
    .replace(/\u001b\[[\d;]*m/g, "")
    .trim();
