/**
 * VS Code's way with a kernel, for tests: it finds the kernelspec, starts the process itself and speaks through
 * JupyterLab's own client, whose WebSocket is a stand-in over ZeroMQ. Frames are made here, not by the kernel's code.
 * https://github.com/microsoft/vscode-jupyter/tree/main/src/kernels/raw
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { setInterval as every } from "node:timers/promises";
import { KernelConnection, KernelMessage, ServerConnection } from "@jupyterlab/services";
import { deserialize, serialize } from "@jupyterlab/services/lib/kernel/serialize.js";
import { Dealer, Subscriber } from "zeromq";
import type { Kernelspec } from "./install.ts";

const channels = ["shell", "control", "iopub", "stdin", "hb"] as const;
type Channel = (typeof channels)[number];
type Ports = Readonly<Record<`${Channel}_port`, number>>;
type Connection = Ports & { readonly ip: string; readonly key: string };

/** A kernel as VS Code holds it. */
export interface VsCodeKernel {
  readonly connection: KernelConnection;
  readonly process: ChildProcess;
  /** From the start of the process to the first kernel_info_reply with an iopub message, in milliseconds. */
  readonly startup: number;
  /** interrupt_request on control; rejects when no reply has come after VS Code's ten seconds. */
  interrupt(): Promise<void>;
  /** Ends the process as VS Code does for a restart; resolves to the signal or the code it ended by. */
  end(): Promise<number | NodeJS.Signals | null>;
}

/** The kernelspec of that name in the first folder of `JUPYTER_PATH` that has it; its program must be absolute. */
export function findKernelspec(name: string, jupyterPath: string): Kernelspec {
  const files = jupyterPath.split(delimiter).map((folder) => join(folder, "kernels", name, "kernel.json"));
  const file = files.find((one) => existsSync(one));
  assert.ok(file, `no kernelspec ${name} in ${jupyterPath}`);
  const spec: Kernelspec = JSON.parse(readFileSync(file, "utf8"));
  assert.ok(
    spec.argv[0] && isAbsolute(spec.argv[0]),
    `${file}: argv[0]: ${spec.argv[0]}: VS Code needs it absolute`,
  );
  return spec;
}

/** Starts the kernel; resolves once it has answered kernel_info and iopub has delivered. */
export async function startInVsCode(spec: Kernelspec): Promise<VsCodeKernel> {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-vscode-"));
  const file = join(folder, "kernel-v3.json");
  const connection: Connection = { ...(await freePorts()), ip: "127.0.0.1", key: randomUUID() };
  const rest = { transport: "tcp", signature_scheme: "hmac-sha256", kernel_name: "jacobi" };
  writeFileSync(file, JSON.stringify({ ...connection, ...rest }), { mode: 0o600 });

  const began = performance.now();
  const [program = "", ...words] = spec.argv.map((word) => word.replace("{connection_file}", file));
  const child = spawn(program, words, {
    cwd: folder,
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? code)),
  );
  const early = exited.then((how) => Promise.reject(new Error(`the kernel ended with ${how}`)));
  early.catch(() => {});
  // It probes these two before it opens any ZeroMQ socket: connections that close without a word.
  let client: KernelConnection | undefined;
  try {
    await Promise.race([Promise.all([bound(connection.shell_port), bound(connection.iopub_port)]), early]);
    client = openConnection(connection);
    await connected(client);
    await Promise.race([untilReady(client), early]);
  } catch (error) {
    client?.dispose();
    child.kill("SIGKILL");
    throw error;
  }
  const startup = performance.now() - began;

  return {
    connection: client,
    process: child,
    startup,
    async interrupt() {
      const done = client.sendControlMessage(control(client, "interrupt_request"), true).done;
      const late = AbortSignal.timeout(10_000);
      const expired = new Promise<never>((_, reject) =>
        late.addEventListener("abort", () => reject(late.reason)),
      );
      const reply = await Promise.race([done, expired]);
      assert.deepEqual(reply.content, { status: "ok" });
    },
    async end() {
      client.dispose();
      child.kill();
      const how = await exited;
      rmSync(folder, { recursive: true, force: true });
      return how;
    },
  };
}

/** JupyterLab's client over ZeroMQ: the WebSocket it opens is ours, and messages pass to it unserialised. */
function openConnection(connection: Connection): KernelConnection {
  class Socket extends RawSocket {
    constructor() {
      super(connection);
    }
  }
  const same = { serialize: (message: unknown) => message, deserialize: (message: unknown) => message };
  return new KernelConnection({
    serverSettings: ServerConnection.makeSettings({
      wsUrl: "RAW",
      // Both are typed for a browser's WebSocket and its bytes.
      WebSocket: Socket as never,
      serializer: same as never,
    }),
    model: { id: randomUUID(), name: "jacobi" },
    username: "vscode",
    handleComms: true,
  });
}

/** What JupyterLab's client takes for a WebSocket: four ZeroMQ sockets, one per channel. */
class RawSocket {
  onopen: ((event: object) => void) | null = null;
  onmessage: ((event: { data: unknown; type: "message"; target: RawSocket }) => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  readonly protocol = "";
  private readonly sockets: Readonly<Record<"shell" | "control" | "stdin", Dealer>>;
  private readonly iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  private readonly key: string;
  private sending: Promise<void> = Promise.resolve();

  constructor(connection: Connection) {
    this.key = connection.key;
    const routingId = randomUUID();
    const dealer = (): Dealer => new Dealer({ routingId, linger: 0 });
    this.sockets = { shell: dealer(), control: dealer(), stdin: dealer() };
    this.iopub.subscribe();
    for (const [channel, socket] of Object.entries({ ...this.sockets, iopub: this.iopub })) {
      socket.connect(`tcp://${connection.ip}:${connection[`${channel as Channel}_port`]}`);
      void this.receive(channel, socket);
    }
    setImmediate(() => this.onopen?.({}));
  }

  send(message: KernelMessage.IMessage): void {
    const frames = toFrames(message, this.key);
    const socket = this.sockets[message.channel as "shell" | "control" | "stdin"];
    this.sending = this.sending.then(() => socket.send(frames));
  }

  close(): void {
    for (const socket of [...Object.values(this.sockets), this.iopub]) socket.close();
  }

  private async receive(channel: string, socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      const message = fromFrames(channel, frames, this.key);
      // As for its widgets: every message must survive JupyterLab's own serialisation.
      const v1 = KernelMessage.supportedKernelWebSocketProtocols.v1KernelWebsocketJupyterOrg;
      const data = deserialize(serialize(message, v1) as ArrayBuffer, v1);
      this.onmessage?.({ data, type: "message", target: this });
    }
  }
}

const delimiterFrame = "<IDS|MSG>";

function toFrames(message: KernelMessage.IMessage, key: string): (string | Buffer)[] {
  const parts = [message.header, message.parent_header, message.metadata, message.content];
  const json = parts.map((part) => JSON.stringify(part));
  const buffers = (message.buffers ?? []).map((one) =>
    one instanceof ArrayBuffer ? Buffer.from(one) : Buffer.from(one.buffer, one.byteOffset, one.byteLength),
  );
  return [delimiterFrame, sign(json, key), ...json, ...buffers];
}

function fromFrames(channel: string, frames: readonly Buffer[], key: string): KernelMessage.IMessage {
  const start = frames.findIndex((frame) => frame.toString() === delimiterFrame);
  const [signature, ...json] = frames.slice(start + 1, start + 6).map(String);
  assert.equal(signature, sign(json, key), "the kernel's signature");
  const [header, parent_header, metadata, content] = json.map((text) => JSON.parse(text));
  const buffers = frames
    .slice(start + 6)
    .map((one) => new DataView(one.buffer, one.byteOffset, one.byteLength));
  return { channel, header, parent_header, metadata, content, buffers } as KernelMessage.IMessage;
}

function sign(parts: readonly string[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** kernel_info_request on control and on shell, at once and then every 500 ms, until a reply and an iopub message. */
async function untilReady(client: KernelConnection): Promise<void> {
  const published = new Promise<void>((resolve) => client.iopubMessage.connect(() => resolve()));
  let stop = (): void => {};
  const replied = new Promise<void>((resolve) => {
    const ask = (): void => {
      void client.requestKernelInfo().then(
        () => resolve(),
        () => {},
      );
      const asked = client.sendControlMessage(control(client, "kernel_info_request"), true);
      void asked.done.then(
        () => resolve(),
        () => {},
      );
    };
    ask();
    const timer = setInterval(ask, 500);
    stop = () => clearInterval(timer);
    client.disposed.connect(stop);
  });
  await Promise.all([published, replied]);
  stop();
}

function connected(client: KernelConnection): Promise<void> {
  return new Promise((resolve) => {
    client.connectionStatusChanged.connect((_, status) => status === "connected" && resolve());
  });
}

function control(
  client: KernelConnection,
  msgType: "interrupt_request" | "kernel_info_request",
): KernelMessage.IControlMessage {
  const { username, clientId: session } = client;
  const options = { msgType, channel: "control", username, session, content: {} };
  // JupyterLab's types know neither request on control, where the protocol has them.
  return KernelMessage.createMessage(options as never) as unknown as KernelMessage.IControlMessage;
}

async function freePorts(): Promise<Ports> {
  const servers = channels.map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server, i) => {
    const address = server.address();
    return [`${channels[i]}_port`, typeof address === "object" ? address?.port : 0];
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(ports);
}

/** Resolves once something accepts connections at a port. */
async function bound(port: number): Promise<void> {
  for await (const _ of every(50)) if (await accepts(port)) return;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, "127.0.0.1");
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });
}
