/** Records survive the pipe however it cuts them, and so do bytes that are none of ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRecordDecoder, encodeRecord, MARK_BYTES } from "./records.ts";
import type { OutputRecord } from "./threads.ts";

const mark = Buffer.from("00112233445566778899aabbccddeeff", "hex");

const text = fc.string({ unit: "grapheme" });
const json = fc.dictionary(text, fc.jsonValue()).map((o) => JSON.parse(JSON.stringify(o)));
const record: fc.Arbitrary<OutputRecord> = fc
  .oneof(
    fc.record({
      cell: fc.nat(),
      kind: fc.constant("stream"),
      name: fc.constantFrom("stdout", "stderr"),
      text,
    }),
    fc.record({ cell: fc.nat(), kind: fc.constant("display"), data: json, metadata: json }),
    fc.record({ cell: fc.nat(), kind: fc.constant("done") }),
    fc.record({
      cell: fc.nat(),
      kind: fc.constant("foreign"),
      name: fc.constantFrom("stdout", "stderr"),
      source: fc.integer({ min: 1 }),
      bytes: fc.uint8Array(),
    }),
    fc.record({
      cell: fc.nat(),
      kind: fc.constant("comm"),
      type: fc.constant("comm_msg"),
      content: json,
      metadata: json,
      buffers: fc.array(fc.uint8Array()),
    }),
  )
  .map((r) => ({ ...r })) as fc.Arbitrary<OutputRecord>;
/** Bytes that hold pieces of marks, but never a whole one. */
const foreign = fc
  .array(
    fc.oneof(
      fc.uint8Array(),
      fc.nat(MARK_BYTES - 1).map((n) => mark.subarray(0, n)),
    ),
  )
  .map((parts) => Buffer.concat(parts))
  .filter((bytes) => !bytes.includes(mark));

/** The stream cut at the given places, decoded; neighbouring foreign bytes joined, buffers comparable. */
function decodeInPieces(stream: Buffer, cuts: readonly number[]): unknown[] {
  const decoder = createRecordDecoder(mark);
  const places = [...new Set(cuts.map((c) => c % (stream.length + 1)))].sort((a, b) => a - b);
  const pieces = [0, ...places].map((from, i) => stream.subarray(from, places[i] ?? stream.length));
  return join(pieces.flatMap((piece) => decoder.push(piece)));
}

function join(items: readonly OutputRecord[]): unknown[] {
  const out: unknown[] = [];
  let bytes: Uint8Array[] = [];
  const flush = (): void => {
    const all = Buffer.concat(bytes);
    if (all.length > 0) out.push(all.toString("hex"));
    bytes = [];
  };
  for (const item of items) {
    if (item.kind === "foreign" && item.source === 0) bytes.push(item.bytes);
    else {
      flush();
      out.push(plain(item));
    }
  }
  flush();
  return out;
}

const strayOf = (bytes: Uint8Array): OutputRecord => ({
  cell: 0,
  kind: "foreign",
  name: "stderr",
  source: 0,
  bytes,
});

const plain = (r: OutputRecord): unknown =>
  r.kind === "foreign"
    ? { ...r, bytes: Buffer.from(r.bytes).toString("hex") }
    : r.kind === "comm"
      ? { ...r, buffers: r.buffers.map((b) => Buffer.from(b).toString("hex")) }
      : r;

test("records and foreign bytes arrive whole and in order, wherever the stream is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(foreign, record)), fc.array(fc.nat()), (parts, cuts) => {
      const stream = Buffer.concat(parts.flatMap(([bytes, r]) => [bytes, encodeRecord(mark, r)]));
      const expected = join(parts.flatMap(([bytes, r]) => [strayOf(bytes), r]));
      assert.deepEqual(decodeInPieces(stream, cuts), expected);
    }),
  );
});

test("a stream fed byte by byte decodes as one fed whole", () => {
  const r: OutputRecord = { cell: 3, kind: "stream", name: "stdout", text: "é𝄞\n" };
  const stream = Buffer.concat([
    Buffer.from("before"),
    encodeRecord(mark, r),
    mark.subarray(0, 5),
    Buffer.from("x"),
  ]);
  const everywhere = Array.from({ length: stream.length }, (_, i) => i);
  const expected = [Buffer.from("before").toString("hex"), r, `${mark.toString("hex", 0, 5)}78`];
  assert.deepEqual(decodeInPieces(stream, everywhere), expected);
  assert.deepEqual(decodeInPieces(stream, []), expected);
});

test("a mark followed by something that is not JSON is passed on as foreign bytes", () => {
  const bad = Buffer.concat([mark, Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{]")]);
  const good: OutputRecord = { cell: 1, kind: "done" };
  assert.deepEqual(decodeInPieces(Buffer.concat([bad, encodeRecord(mark, good)]), []), [
    bad.toString("hex"),
    good,
  ]);
});
