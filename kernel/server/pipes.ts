/** The read ends of main's pipes: the ordered records, and what others write to descriptors 1 and 2. */
import { readSync } from "node:fs";
import { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { createRecordDecoder } from "../records.ts";
import type { KernelThreadData, OutputRecord } from "../threads.ts";
import type { StreamName } from "./output.ts";

export interface PipeReaders {
  record(record: OutputRecord): void;
  /** Text that came by descriptor 1 or 2, from C code or a child process. */
  foreign(name: StreamName, text: string): void;
}

/** Reads all three pipes for as long as the thread lives; what the other two hold comes before a cell's end. */
export function readPipes(
  { output, mark }: Pick<KernelThreadData, "output" | "mark">,
  to: PipeReaders,
): void {
  const drains = [
    readText(output.stdout, (text) => to.foreign("stdout", text)),
    readText(output.stderr, (text) => to.foreign("stderr", text)),
  ];
  const decoder = createRecordDecoder(mark);
  const stray = new StringDecoder();
  readBytes(output.records, (chunk) => {
    for (const { record, foreign } of decoder.push(chunk)) {
      if (foreign !== undefined) {
        to.foreign("stderr", stray.write(Buffer.from(foreign)));
        continue;
      }
      if (record.kind === "done") for (const drain of drains) drain();
      to.record(record);
    }
  });
}

/** Calls `handle` for each chunk that arrives by the pipe. */
export function readBytes(fd: number, handle: (chunk: Buffer) => void): void {
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.on("data", handle);
  socket.on("error", () => {}); // The write end is in this very process: it ends when we do.
}

/** Calls `handle` for text as it arrives; the function returned takes at once all that the pipe holds. */
function readText(fd: number, handle: (text: string) => void): () => void {
  const decoder = new StringDecoder();
  const take = (chunk: Buffer): void => handle(decoder.write(chunk));
  readBytes(fd, take);
  const buffer = Buffer.allocUnsafe(1 << 16);
  return () => {
    for (;;) {
      try {
        const count = readSync(fd, buffer);
        if (count === 0) return;
        take(buffer.subarray(0, count));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EINTR") continue;
        return; // EAGAIN: it is empty.
      }
    }
  };
}
