/** Output records as bytes on main's pipe: encoded whole, decoded from chunks cut anywhere. */
import { Buffer, parseJson, toJson } from "./originals.ts";
import type { OutputRecord } from "./threads.ts";

/** Bytes of the random mark each record begins with. */
export const MARK_BYTES = 16;

/**
 * One record: the mark, the JSON's length, the number of buffers and the length of each (32 bits, little-endian),
 * then the JSON and the buffers. What is raw in a record, its `text`, `bytes` or `buffers`, is no part of the JSON.
 */
export function encodeRecord(mark: Uint8Array, record: OutputRecord): Buffer {
  const [head, buffers] = rawParts(record);
  const json = toJson(head);
  const jsonBytes = Buffer.byteLength(json);
  const start = MARK_BYTES + 8 + 4 * buffers.length;
  const bytes = Buffer.allocUnsafe(buffers.reduce((n, buffer) => n + buffer.byteLength, start + jsonBytes));
  bytes.set(mark);
  bytes.writeUInt32LE(jsonBytes, MARK_BYTES);
  bytes.writeUInt32LE(buffers.length, MARK_BYTES + 4);
  bytes.write(json, start);
  let at = start + jsonBytes;
  for (const [i, buffer] of buffers.entries()) {
    bytes.writeUInt32LE(buffer.byteLength, MARK_BYTES + 8 + 4 * i);
    bytes.set(buffer, at);
    at += buffer.byteLength;
  }
  return bytes;
}

function rawParts(record: OutputRecord): [head: object, buffers: readonly Uint8Array[]] {
  if (record.kind === "stream") return [{ ...record, text: undefined }, [Buffer.from(record.text)]];
  if (record.kind === "foreign") return [{ ...record, bytes: undefined }, [record.bytes]];
  if (record.kind === "comm") return [{ ...record, buffers: [] }, record.buffers];
  return [record, []];
}

/**
 * A decoder for one pipe: `push` gives, in order, the records that the bytes so far complete. Bytes between records, of
 * code that writes to a descriptor it does not own, are foreign ones of source 0.
 */
export function createRecordDecoder(mark: Uint8Array): { push(chunk: Uint8Array): OutputRecord[] } {
  let chunks: Uint8Array[] = [];
  let held = 0;
  let needed = 1;
  return {
    push(chunk) {
      chunks.push(chunk);
      held += chunk.byteLength;
      if (held < needed) return [];
      const [found, rest, more] = split(
        chunks.length === 1 ? toBuffer(chunk) : Buffer.concat(chunks, held),
        mark,
      );
      chunks = rest.byteLength > 0 ? [rest] : [];
      held = rest.byteLength;
      needed = more;
      return found;
    },
  };
}

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Everything complete in `bytes`, what is left over, and how long that must be before looking again is of use. */
function split(bytes: Buffer, mark: Uint8Array): [found: OutputRecord[], rest: Buffer, needed: number] {
  const found: OutputRecord[] = [];
  let at = 0;
  for (;;) {
    const start = bytes.indexOf(mark, at);
    const end = start < 0 ? bytes.length - partialMark(bytes, at, mark) : start;
    if (end > at) found.push(stray(bytes.subarray(at, end)));
    if (start < 0) return [found, bytes.subarray(end), bytes.length - end + 1];
    const rest = bytes.subarray(start);
    const length = recordLength(rest);
    if (rest.length < length) return [found, rest, length];
    found.push(parse(rest.subarray(0, length)));
    at = start + length;
  }
}

const stray = (bytes: Uint8Array): OutputRecord => ({
  cell: 0,
  kind: "foreign",
  name: "stderr",
  source: 0,
  bytes,
});

/** How many of the last bytes could be the beginning of a mark. */
function partialMark(bytes: Buffer, from: number, mark: Uint8Array): number {
  for (let n = Math.min(mark.length - 1, bytes.length - from); n > 0; n--) {
    if (bytes.subarray(bytes.length - n).equals(mark.subarray(0, n))) return n;
  }
  return 0;
}

/** The record's whole length, or as much of it as the bytes at hand tell. */
function recordLength(bytes: Buffer): number {
  const fixed = MARK_BYTES + 8;
  if (bytes.length < fixed) return fixed;
  const count = bytes.readUInt32LE(MARK_BYTES + 4);
  const head = fixed + 4 * count;
  if (bytes.length < head) return head;
  let length = head + bytes.readUInt32LE(MARK_BYTES);
  for (let i = 0; i < count; i++) length += bytes.readUInt32LE(fixed + 4 * i);
  return length;
}

function parse(bytes: Buffer): OutputRecord {
  const fixed = MARK_BYTES + 8;
  const count = bytes.readUInt32LE(MARK_BYTES + 4);
  let at = fixed + 4 * count;
  const take = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const json = take(bytes.readUInt32LE(MARK_BYTES)).toString();
  const buffers = Array.from({ length: count }, (_, i) => take(bytes.readUInt32LE(fixed + 4 * i)));
  let record: OutputRecord;
  try {
    record = parseJson(json) as OutputRecord;
  } catch {
    return stray(bytes);
  }
  if (record.kind === "stream") return { ...record, text: buffers[0]?.toString() ?? "" };
  if (record.kind === "foreign") return { ...record, bytes: buffers[0] ?? new Uint8Array() };
  return record.kind === "comm" ? { ...record, buffers } : record;
}
