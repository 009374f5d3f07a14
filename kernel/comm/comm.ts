/** Comms: open channels between cells and the page, found by their id; targets: what opens those that a client begins. */
import { randomUUID } from "node:crypto";
import { type Binary, bytesOf } from "./buffers.ts";
import { type CommMessage, link } from "./link.ts";

/** JSON from the other side: typed as `JSON.parse` types what it gives. */
export type CommData = ReturnType<typeof JSON.parse>;
type Fields = Readonly<Record<string, unknown>>;

/** What a message may carry beside its data. */
export interface CommOptions {
  /** Binary values, copied when they are sent. */
  readonly buffers?: readonly Binary[];
  readonly metadata?: Fields;
}

/** What came beside a message's data. Each buffer has an `ArrayBuffer` of its own, from its first byte on. */
export interface CommExtras {
  readonly buffers: Uint8Array<ArrayBuffer>[];
  readonly metadata: Fields;
}

/** What is called for each message; the client sees the kernel busy until it, or the promise it gives, has ended. */
export type CommHandler = (data: CommData, extras: CommExtras) => unknown;
/** What is called for a comm that a client opens, with the data, buffers and metadata it comes with. */
export type TargetHandler = (comm: Comm, open: CommExtras & { readonly data: CommData }) => unknown;

/** An open channel to the page. https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
export interface Comm {
  readonly comm_id: string;
  readonly target_name: string;
  /** Sends JSON, and binary values beside it. */
  send(data?: unknown, options?: CommOptions): void;
  /** Calls `handler` for each message from now on, in place of an earlier one. */
  onMsg(handler: CommHandler | null): void;
  /** Calls `handler` when the client closes the comm. */
  onClose(handler: CommHandler | null): void;
  /** Ends the comm on both sides; a second time does nothing. */
  close(data?: unknown, options?: CommOptions): void;
}

const comms = new Map<string, OpenComm>();
const targets = new Map<string, TargetHandler>();

class OpenComm implements Comm {
  readonly comm_id: string;
  readonly target_name: string;
  #onMsg: CommHandler | null = null;
  #onClose: CommHandler | null = null;
  /** While a target's function runs, messages wait until it has said who handles them. */
  #opening: Promise<unknown> | null = null;
  #listening: () => void = () => {};

  constructor(comm_id: string, target_name: string) {
    this.comm_id = comm_id;
    this.target_name = target_name;
    comms.set(comm_id, this);
  }

  send(data: unknown = {}, options?: CommOptions): void {
    this.publish("comm.send", "comm_msg", data, options);
  }

  onMsg(handler: CommHandler | null): void {
    this.#onMsg = checked("comm.onMsg", handler);
    this.#listening();
  }

  onClose(handler: CommHandler | null): void {
    this.#onClose = checked("comm.onClose", handler);
  }

  close(data: unknown = {}, options?: CommOptions): void {
    if (!this.#isOpen) return;
    this.publish("comm.close", "comm_close", data, options);
    comms.delete(this.comm_id);
  }

  publish(asker: string, type: CommMessage["type"], data: unknown, options: CommOptions = {}): void {
    const send = link(asker);
    if (!this.#isOpen)
      throw new Error(`${asker}: the comm ${JSON.stringify(this.comm_id)} is closed: open another one`);
    const { metadata = {} } = options;
    const buffers = bytesOf(asker, options.buffers ?? []);
    if (typeof metadata !== "object" || metadata === null)
      throw new TypeError(`${asker}: metadata: ${typeof metadata} was given: an object was expected`);
    const target = type === "comm_open" ? { target_name: this.target_name } : {};
    const content = { comm_id: this.comm_id, ...target, data };
    try {
      send({ type, content, metadata, buffers });
    } catch (error) {
      throw new TypeError(`${asker}: data: ${(error as Error).message}: values of JSON were expected`);
    }
  }

  /** Lets the target's function set the comm up. */
  open(handler: TargetHandler, open: CommExtras & { data: CommData }): unknown {
    const result = handler(this, open);
    if (this.#onMsg !== null || !isPromise(result)) return result;
    const listening = new Promise<void>((resolve) => {
      this.#listening = resolve;
    });
    this.#opening = Promise.race([listening, result.catch(() => {})]).then(() => {
      this.#opening = null;
    });
    return result;
  }

  take(type: "comm_msg" | "comm_close", data: CommData, extras: CommExtras): unknown {
    if (this.#opening !== null) return this.#opening.then(() => this.take(type, data, extras));
    if (!this.#isOpen) return undefined;
    if (type === "comm_msg") return this.#onMsg?.(data, extras);
    comms.delete(this.comm_id);
    return this.#onClose?.(data, extras);
  }

  get #isOpen(): boolean {
    return comms.get(this.comm_id) === this;
  }
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

function checked<T>(asker: string, handler: T): T {
  if (handler === null || typeof handler === "function") return handler;
  throw new TypeError(`${asker}: ${typeof handler} was given: a function was expected`);
}

function checkName(asker: string, target_name: unknown): void {
  if (typeof target_name === "string" && target_name !== "") return;
  const given = typeof target_name === "string" ? '""' : typeof target_name;
  throw new TypeError(`${asker}: target_name: ${given} was given: the name of a target was expected`);
}

/** Opens a comm to what the page has registered as `target_name`; widgets are `jupyter.widget`. */
export function createComm(
  options: CommOptions & { readonly target_name: string; readonly data?: unknown },
): Comm {
  const { target_name, data = {}, ...rest } = options;
  checkName("createComm", target_name);
  const comm = new OpenComm(randomUUID(), target_name);
  try {
    comm.publish("createComm", "comm_open", data, rest);
  } catch (error) {
    comms.delete(comm.comm_id);
    throw error;
  }
  return comm;
}

/** Calls `handler` for each comm that a client opens under this name, in place of an earlier one. */
export function registerTarget(target_name: string, handler: TargetHandler): void {
  link("registerTarget");
  checkName("registerTarget", target_name);
  if (typeof handler !== "function")
    throw new TypeError(`registerTarget: ${typeof handler} was given: a function was expected`);
  targets.set(target_name, handler);
}

/** Hands a client's message to the comm or target it is for; what is thrown is for the user to see. */
export function receive({ type, content, metadata, buffers }: CommMessage): unknown {
  const comm_id = content.comm_id as string;
  const data: CommData = content.data ?? {};
  const extras = { metadata, buffers: buffers as Uint8Array<ArrayBuffer>[] };
  if (type === "comm_open") return accept(comm_id, content.target_name as string, { data, ...extras });
  // One that is unknown was closed here while this message was on its way.
  return comms.get(comm_id)?.take(type, data, extras);
}

/** A comm whose target is unknown, or fails, is closed at once. */
async function accept(
  comm_id: string,
  target_name: string,
  open: CommExtras & { data: CommData },
): Promise<void> {
  const comm = new OpenComm(comm_id, target_name);
  const handler = targets.get(target_name);
  try {
    if (handler === undefined) comm.close();
    else await comm.open(handler, open);
  } catch (error) {
    comm.close();
    throw error;
  }
}
