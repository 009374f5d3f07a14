/** The read ends of main's pipes: whatever is said comes by one, in its order. */
import { Socket } from "node:net";
import { createRecordDecoder } from "../records.ts";
import type { KernelThreadData, OutputRecord } from "../threads.ts";

/** A pipe that is being read. */
export interface Reading {
  /** While `isOn` is false nothing is read, and who writes comes to wait. */
  flow(isOn: boolean): void;
}

/** Calls `handle` for each record, for as long as the thread lives. */
export function readRecords(
  { output, mark }: Pick<KernelThreadData, "output" | "mark">,
  handle: (record: OutputRecord) => void,
): Reading {
  const decoder = createRecordDecoder(mark);
  return readBytes(output, (chunk) => {
    for (const record of decoder.push(chunk)) handle(record);
  });
}

/** Calls `handle` for each chunk that arrives by the pipe. */
export function readBytes(fd: number, handle: (chunk: Buffer) => void): Reading {
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.on("data", handle);
  socket.on("error", () => {}); // The write end is in this very process: it ends when we do.
  return { flow: (isOn) => void (isOn ? socket.resume() : socket.pause()) };
}
