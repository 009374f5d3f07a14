/** A kernel on a Jupyter Server or gateway: started by REST, spoken to through kernel-socket.ts, deleted at the end. */
import { randomUUID } from "node:crypto";
import type { Fields } from "../protocol/messages.ts";
import { isObject } from "../protocol/requests.ts";
import { type KernelConnection, RunError } from "./connection.ts";
import { KernelSocket } from "./kernel-socket.ts";

const ANSWER_WITHIN = 60_000;

/** A server and what it asks of those who come. */
export interface ServerOptions {
  readonly url: string;
  readonly token: string | undefined;
}

/** Starts the kernel `name` on the server and resolves when it answers; a RunError when it does not. */
export async function startOnServer(options: ServerOptions, name: string): Promise<KernelConnection> {
  const rest = new Rest(options);
  const { kernelspecs } = await rest.call("GET", "api/kernelspecs");
  const names = isObject(kernelspecs) ? Object.keys(kernelspecs) : [];
  if (!names.includes(name))
    throw new RunError(`kernel ${name}: not on ${rest.base}: it has ${names.join(", ") || "none"}`);
  const { id } = await rest.call("POST", "api/kernels", { name });
  if (typeof id !== "string") throw new RunError(`${rest.base}: it started no kernel: its answer has no id`);
  const path = `api/kernels/${encodeURIComponent(id)}`;
  const url = new URL(`${path}/channels`, rest.base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const session = randomUUID();
  url.searchParams.set("session_id", session);
  const socket = new KernelSocket({ url, headers: rest.headers, session, base: rest.base });
  const close = async (): Promise<void> => {
    socket.close();
    await rest.call("DELETE", path).catch(() => {}); // a kernel that died is gone already
  };
  try {
    await socket.open();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    send: (channel, type, content) => socket.send(channel, type, content),
    listen: (listener) => socket.listen(listener),
    interrupt: async () => void (await rest.call("POST", `${path}/interrupt`)),
    close,
  };
}

/** The server's REST API. https://jupyter-server.readthedocs.io/en/stable/developers/rest-api.html */
class Rest {
  /** Ends in a slash, and holds no token. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ url, token }: ServerOptions) {
    const { base, token: inUrl } = splitUrl(url);
    const given = token ?? inUrl;
    this.base = base;
    this.headers = given ? { Authorization: `token ${given}` } : {};
  }

  /** The answer's JSON object; a RunError for whatever went wrong. */
  async call(method: string, path: string, body?: object): Promise<Fields> {
    const headers = { ...this.headers, "Content-Type": "application/json" };
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const init = { method, headers, signal, ...(body && { body: JSON.stringify(body) }) };
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, this.base), init);
      text = await response.text();
    } catch (error) {
      throw new RunError(`${this.base}: cannot be reached: ${whyUnreachable(error)}`);
    }
    if (response.status === 401 || response.status === 403)
      throw new RunError(this.#refused(response.status));
    if (!response.ok)
      throw new RunError(`${this.base}: ${method} /${path} answered ${response.status}: ${messageOf(text)}`);
    if (text === "") return {};
    const value = parse(text);
    if (value) return value;
    throw new RunError(`${this.base}: not a Jupyter server: /${path} answered no JSON object`);
  }

  #refused(status: number): string {
    const asked = this.headers.Authorization ? "the token was refused" : "it asks for a token: give --token";
    return `${this.base}: ${asked} (${status})`;
  }
}

/** The address without query and with a slash at its end, and the token that its query may hold. */
function splitUrl(text: string): { base: string; token: string | undefined } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new RunError(`--server ${text}: expected an address like http://localhost:8888`);
  const token = url.searchParams.get("token") ?? undefined;
  const path = url.pathname.replace(/\/(lab|tree)?\/*$/, "");
  return { base: `${url.origin}${path}/`, token };
}

function whyUnreachable(error: unknown): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === "TimeoutError") return `no answer in ${ANSWER_WITHIN / 1000} s`;
  const words: Record<string, string> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "no such host",
    EAI_AGAIN: "no such host",
    ECONNRESET: "the connection was cut",
    UND_ERR_SOCKET: "the connection was cut",
  };
  return words[cause?.code ?? ""] ?? cause?.message ?? String(error);
}

function messageOf(text: string): string {
  const message = parse(text)?.message;
  return typeof message === "string" ? message : text.slice(0, 200).replaceAll(/\s+/g, " ");
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
