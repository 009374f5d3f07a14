/** Text of C code and child processes, out of bytes that are cut anywhere. */
import { StringDecoder } from "node:string_decoder";
import type { OutputRecord, StreamName } from "../threads.ts";

type ForeignRecord = Extract<OutputRecord, { kind: "foreign" }>;

/** A function that hands the text in each record on; the beginning of a character waits for its rest from the same source. */
export function createForeign(
  show: (cell: number, name: StreamName, text: string) => void,
): (cell: number, record: ForeignRecord) => void {
  const sources = new Map<number, { readonly cell: number; readonly decoder: StringDecoder }>();
  return (cell, { source, name, bytes }) => {
    const before = sources.get(source);
    // What one cell has begun no other one completes.
    if (before && before.cell !== cell) show(before.cell, name, before.decoder.end());
    const now = before?.cell === cell ? before : { cell, decoder: new StringDecoder() };
    sources.set(source, now);
    show(cell, name, now.decoder.write(Buffer.from(bytes)));
    if (bytes.length > 0) return;
    show(cell, name, now.decoder.end());
    sources.delete(source);
  };
}
