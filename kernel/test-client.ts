/** A Jupyter client for tests: the real kernel process, spoken to over ZeroMQ. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dealer, Subscriber } from "zeromq";
import { CHANNELS, type Connection, parseConnection } from "./protocol/connection-file.ts";
import { type Fields, type Message, PROTOCOL_VERSION } from "./protocol/messages.ts";
import { decode, encode, type Signing } from "./protocol/wire.ts";

type Asking = "shell" | "control" | "stdin";

/** A reply together with everything published under its request, up to idle. */
export interface Exchange {
  readonly reply: Message;
  readonly published: readonly Message[];
}

/** What a message may have beside its content. */
export interface SendOptions {
  readonly key?: string;
  readonly parent?: Message;
  readonly metadata?: Fields;
  readonly buffers?: readonly Uint8Array[];
  /** The subshell it is for. */
  readonly subshell_id?: unknown;
}

export interface TestClient {
  readonly process: ChildProcess;
  readonly endpoints: Connection["endpoints"];
  readonly signing: Signing;
  /** What the kernel has logged. */
  log(): string;
  /** Sends a message; gives its id. Signed with another key when one is given. */
  send(channel: Asking, type: string, content: Fields, options?: SendOptions): string;
  /** Sends a request; resolves with its reply once idle has come as well. */
  request(
    channel: "shell" | "control",
    type: string,
    content?: Fields,
    options?: SendOptions,
  ): Promise<Exchange>;
  /** An execute request. */
  execute(code: string, content?: Fields, options?: SendOptions): Promise<Exchange>;
  /** What is published for the message of this id, up to idle. */
  published(id: string): Promise<readonly Message[]>;
  /** The first message that fits, of those come already or to come; rejects when the kernel has exited without it. */
  find(channel: Asking | "iopub", fits: (message: Message) => boolean): Promise<Message>;
  /** Forgets all messages that have come, for a test that sends thousands. */
  forget(): void;
  /** What has come so far. */
  all(channel: Asking | "iopub"): readonly Message[];
  /** Asks for a shutdown; resolves to the exit code. */
  shutdown(restart?: boolean): Promise<number | null>;
}

/** Starts a kernel in a folder of its own; resolves once it answers and iopub delivers. */
export async function startClient(
  options: {
    transport?: "tcp" | "ipc";
    env?: NodeJS.ProcessEnv;
    /** What the folder holds. */
    files?: Readonly<Record<string, string>>;
    /** Further fields of the connection file. */
    fields?: Fields;
  } = {},
): Promise<TestClient> {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-"));
  const file = join(folder, "connection.json");
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const own = await connection(folder, options.transport ?? "tcp");
  const text = JSON.stringify({ ...own, ...options.fields });
  writeFileSync(file, text, { mode: 0o600 });
  const { endpoints, signing, curve } = parseConnection(text, file);
  const child = startKernel(file, folder, options.env);
  let logged = "";
  child.stderr?.on("data", (chunk) => {
    logged += chunk;
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
    child.once("error", (error) => {
      logged += `${error.message}\n`;
      resolve(null);
    });
  });
  const { send, find, all, forget, close } = connect(endpoints, signing, curve);
  void exited.then((code) => {
    rmSync(folder, { recursive: true, force: true });
    const how = child.signalCode ?? code;
    setTimeout(() => close(new Error(`the kernel exited with ${how}: it logged: ${logged}`)), LAST);
  });

  const published = async (id: string): Promise<Message[]> => {
    const found: Message[] = [];
    await find("iopub", (m) => {
      if (m.parent_header.msg_id !== id) return false;
      found.push(m);
      return m.content.execution_state === "idle";
    });
    return found;
  };
  const ask: TestClient["request"] = async (channel, type, content = {}, options = {}) => {
    const id = send(channel, type, content, options);
    const reply = await find(channel, (m) => m.parent_header.msg_id === id);
    return { reply, published: await published(id) };
  };
  const request: typeof ask = (...question) => unwatched(ask(...question));
  await untilReady(send, find);
  return {
    process: child,
    endpoints,
    signing,
    log: () => logged,
    send,
    request,
    published: (id) => unwatched(published(id)),
    execute: (code, content = {}, options = {}) =>
      request("shell", "execute_request", { code, ...content }, options),
    find,
    forget,
    all,
    async shutdown(restart = false) {
      send("control", "shutdown_request", { restart });
      await find("control", (m) => m.header.msg_type === "shutdown_reply");
      return exited;
    },
  };
}

/** Milliseconds that messages sent before the kernel's end have to arrive. */
const LAST = 250;

/** Its rejection is no uncaught one: tests end kernels with cells that nobody waits for. */
function unwatched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

async function connection(folder: string, transport: "tcp" | "ipc"): Promise<object> {
  const numbers = transport === "ipc" ? [1, 2, 3, 4, 5] : await Promise.all(CHANNELS.map(freePort));
  const ports = CHANNELS.map((channel, i) => [`${channel}_port`, numbers[i]]);
  const ip = transport === "ipc" ? join(folder, "socket") : "127.0.0.1";
  return { ...Object.fromEntries(ports), ip, transport, key: randomUUID(), signature_scheme: "hmac-sha256" };
}

/** A port of the loopback that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function startKernel(file: string, folder: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  return spawn(process.execPath, ["--no-force-async-hooks-checks", main, file, "extra argument"], {
    cwd: folder,
    // A test that is cut off must not leave its kernel behind, and none writes to the person's own history.
    env: { ...process.env, JPY_PARENT_PID: String(process.pid), JACOBI_HISTORY: "off", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Sockets of a client; messages are kept until someone looks for them. */
function connect(
  endpoints: Connection["endpoints"],
  signing: Signing,
  curve: Connection["curve"],
): Pick<TestClient, "send" | "find" | "all" | "forget"> & { close(why: Error): void } {
  const session = randomUUID();
  const options = {
    linger: 0,
    reconnectInterval: 10,
    ipv6: endpoints.shell.includes("::"),
    ...keysOf(curve),
  };
  const dealer = (): Dealer => new Dealer({ ...options, routingId: session });
  const sockets = { shell: dealer(), control: dealer(), stdin: dealer() };
  const iopub = new Subscriber({ ...options, receiveHighWaterMark: 0 });
  iopub.subscribe();
  const inboxes = { shell: inbox(), control: inbox(), stdin: inbox(), iopub: inbox() };
  for (const channel of ["shell", "control", "stdin", "iopub"] as const) {
    const socket = channel === "iopub" ? iopub : sockets[channel];
    socket.connect(endpoints[channel]);
    void receive(socket, (frames) => inboxes[channel].add(decode(frames, signing)));
  }
  const queues = { shell: Promise.resolve(), control: Promise.resolve(), stdin: Promise.resolve() };
  return {
    send(channel, type, content, { key = signing.key, parent, metadata = {}, buffers = [], ...fields } = {}) {
      const msg_id = randomUUID();
      const date = new Date().toISOString();
      const own = { msg_id, session, username: "test", date, msg_type: type, version: PROTOCOL_VERSION };
      const header = { ...own, ...(fields as { subshell_id?: string }) };
      const parent_header = parent?.header ?? {};
      const message = { identities: [], header, parent_header, metadata, content, buffers };
      const frames = encode(message, { ...signing, key });
      const socket = sockets[channel];
      queues[channel] = queues[channel].then(() =>
        socket.closed ? undefined : socket.send(frames as Buffer[]),
      );
      return msg_id;
    },
    find: (channel, fits) => inboxes[channel].find(fits),
    forget() {
      for (const one of Object.values(inboxes)) one.clear();
    },
    all: (channel) => inboxes[channel].all,
    close(why) {
      for (const socket of [...Object.values(sockets), iopub]) socket.close();
      for (const one of Object.values(inboxes)) one.end(why);
    },
  };
}

/** A client's options under CURVE: it uses the kernel's own pair, as jupyter_client does. */
export function keysOf(curve: Connection["curve"]): object {
  if (curve === null) return {};
  const { publicKey, secretKey } = curve;
  return { curveServerKey: publicKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
}

async function receive(socket: Dealer | Subscriber, add: (frames: Buffer[]) => void): Promise<void> {
  for await (const frames of socket) add(frames);
}

/** Messages in order of arrival; each is looked at once by each search, and stays for later ones. */
function inbox(): {
  readonly all: readonly Message[];
  add(message: Message): void;
  clear(): void;
  /** Nothing more comes: those who search are told why. */
  end(why: Error): void;
  find: (fits: (message: Message) => boolean) => Promise<Message>;
} {
  const all: Message[] = [];
  const searches = new Map<(message: Message) => void, (why: Error) => void>();
  let ended: Error | null = null;
  return {
    all,
    add(message) {
      all.push(message);
      for (const search of searches.keys()) search(message);
    },
    clear() {
      all.length = 0;
    },
    end(why) {
      ended = why;
      for (const fail of searches.values()) fail(why);
      searches.clear();
    },
    find(fits) {
      const here = all.find(fits);
      if (here !== undefined) return Promise.resolve(here);
      const coming = new Promise<Message>((resolve, reject) => {
        if (ended !== null) return reject(ended);
        const search = (message: Message): void => {
          if (!fits(message)) return;
          searches.delete(search);
          resolve(message);
        };
        searches.set(search, reject);
      });
      return unwatched(coming);
    },
  };
}

/** Asks until a reply and something on iopub have come, as VS Code does. */
async function untilReady(send: TestClient["send"], find: TestClient["find"]): Promise<void> {
  const again = setInterval(() => send("control", "kernel_info_request", {}), 100);
  try {
    send("control", "kernel_info_request", {});
    await find("control", (m) => m.header.msg_type === "kernel_info_reply");
    await find("iopub", (m) => m.header.msg_type === "status");
  } finally {
    clearInterval(again);
  }
}
