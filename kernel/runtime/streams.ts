/** process.stdout, process.stderr and the console, each write a record of the cell that made it. */

import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { Buffer, process } from "../originals.ts";
import type { OutputRecord } from "../threads.ts";
import { currentCell } from "./cells.ts";

type Name = "stdout" | "stderr";

/** Puts both streams in place, for the console too. */
export function replaceStreams(write: (record: OutputRecord) => void): void {
  for (const [name, fd] of [
    ["stdout", 1],
    ["stderr", 2],
  ] as const) {
    const stream = recordStream(name, fd, write);
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
    // The console keeps the stream it has used first.
    Object.assign(console, { [`_${name}`]: stream });
  }
  replaceConsole();
}

/** Node's own console tells the inspector of every line as well: that took as long as all the rest. */
function replaceConsole(): void {
  const { stdout, stderr } = process;
  const plain = new console.Console({ stdout, stderr, colorMode: false });
  const methods = Object.entries(plain).filter(([, value]) => typeof value === "function");
  Object.assign(console, Object.fromEntries(methods));
}

/** A stream whose every write is out when `write` returns. */
function recordStream(name: Name, fd: number, write: (record: OutputRecord) => void): Writable {
  const decoder = new StringDecoder("utf8");
  const emit = (text: string): void => {
    if (text !== "") write({ cell: currentCell(), kind: "stream", name, text });
  };
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, encoding, done) {
      emit(textOf(chunk, encoding, decoder));
      done();
    },
    // `end` and `destroy` on a standard stream do nothing in Node either.
    final: (done) => done(),
    destroy: (_error, done) => done(null),
  });
  return Object.assign(stream, { fd, isTTY: false, _type: "pipe" });
}

function textOf(chunk: string | Buffer, encoding: BufferEncoding, decoder: StringDecoder): string {
  if (typeof chunk !== "string") return decoder.write(chunk);
  const isBinary = encoding === "hex" || encoding === "base64" || encoding === "base64url";
  return isBinary ? decoder.write(Buffer.from(chunk, encoding)) : chunk;
}
