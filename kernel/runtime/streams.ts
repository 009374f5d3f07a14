/** process.stdout, process.stderr and the console, each write a record of the cell that made it. */

import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { Buffer, process } from "../originals.ts";
import type { OutputRecord, StreamName } from "../threads.ts";
import { currentCell } from "./cells.ts";

/** Puts both streams in place, for the console too. */
export function replaceStreams(write: (record: OutputRecord) => void): void {
  for (const [name, fd] of [
    ["stdout", 1],
    ["stderr", 2],
  ] as const) {
    const stream = new RecordStream(name, fd, write);
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
    // The console keeps the stream it has used first.
    Object.assign(console, { [`_${name}`]: stream });
  }
  replaceConsole();
}

/**
 * Node's own console tells the inspector of every line as well, and watches the stream for errors: that took as long as
 * all the rest. `process.stdout.write` is asked for each time, for whoever captures output puts another one there.
 */
function replaceConsole(): void {
  const to = (name: StreamName): NodeJS.WritableStream =>
    ({ write: (text: string) => process[name].write(text) }) as NodeJS.WritableStream;
  const plain = new console.Console({
    stdout: to("stdout"),
    stderr: to("stderr"),
    colorMode: false,
    ignoreErrors: false,
  });
  const methods = Object.entries(plain).filter(([, value]) => typeof value === "function");
  Object.assign(console, Object.fromEntries(methods));
}

type Done = (error?: Error | null) => void;

/** Characters in one record: a text of hundreds of megabytes shall not stand in memory many times over. */
const most = 1 << 16;

/** A stream whose every write is out when `write` returns; it never ends, for the next cell has the same one. */
class RecordStream extends Writable {
  readonly fd: number;
  readonly isTTY = false;
  readonly _type = "pipe";
  readonly #name: StreamName;
  readonly #send: (record: OutputRecord) => void;
  /** What has been begun and not completed, by whom: a character's bytes, and the first half of one. */
  #decoder = new StringDecoder("utf8");
  #half = "";
  #cell = 0;

  constructor(name: StreamName, fd: number, send: (record: OutputRecord) => void) {
    super({ decodeStrings: false });
    this.fd = fd;
    this.#name = name;
    this.#send = send;
  }

  /** Most writes are a text and nothing else. */
  override write(chunk: unknown, encoding?: BufferEncoding | Done, done?: Done): boolean {
    if (typeof chunk !== "string" || encoding !== undefined || this.writableCorked > 0)
      return super.write(chunk, encoding as BufferEncoding, done);
    this.#take(chunk);
    return true;
  }

  override _write(chunk: string | Buffer, encoding: BufferEncoding, done: Done): void {
    this.#take(chunk, encoding);
    done();
  }

  /** Writes what it is given, and says that it has ended to whoever waits for that. */
  override end(chunk?: unknown, encoding?: unknown, done?: unknown): this {
    const callback = [chunk, encoding, done].find((one) => typeof one === "function") as Done | undefined;
    if (chunk !== undefined && chunk !== null && typeof chunk !== "function")
      this.write(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : undefined);
    process.nextTick(() => {
      callback?.();
      this.emit("finish");
    });
    return this;
  }

  /** As Node's own standard streams, it cannot be destroyed. */
  override destroy(): this {
    return this;
  }

  #take(chunk: string | Buffer, encoding: BufferEncoding = "utf8"): void {
    const cell = currentCell();
    // What one cell has begun no other one completes.
    if (cell !== this.#cell) {
      this.#emit(this.#half + this.#decoder.end());
      this.#half = "";
      this.#cell = cell;
    }
    let text = this.#half + this.#textOf(chunk, encoding);
    this.#half = "";
    if (endsInHalf(text)) {
      this.#half = text.slice(-1);
      text = text.slice(0, -1);
    }
    this.#emit(text);
  }

  #textOf(chunk: string | Buffer, encoding: BufferEncoding): string {
    if (typeof chunk !== "string") return this.#decoder.write(chunk);
    const isBinary = encoding === "hex" || encoding === "base64" || encoding === "base64url";
    return isBinary ? this.#decoder.write(Buffer.from(chunk, encoding)) : this.#decoder.end() + chunk;
  }

  #emit(text: string): void {
    const [cell, name] = [this.#cell, this.#name];
    if (text.length <= most) {
      if (text !== "") this.#send({ cell, kind: "stream", name, text });
      return;
    }
    for (let at = 0; at < text.length; ) {
      let end = Math.min(at + most, text.length);
      if (end < text.length && endsInHalf(text.slice(end - 1, end))) end--;
      this.#send({ cell, kind: "stream", name, text: text.slice(at, end) });
      at = end;
    }
  }
}

/** Whether a text ends with the first half of a surrogate pair. */
function endsInHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last < 0xdc00;
}
