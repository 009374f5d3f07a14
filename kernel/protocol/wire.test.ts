/** Frames: what is encoded decodes to the same message; what is not signed with our key is dropped. */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { Message } from "./messages.ts";
import { decode, encode, SeenSignatures, type Signing, WireError } from "./wire.ts";

const signing: Signing = { key: "a0436f6c-1916", digest: "sha256" };
const unsigned: Signing = { key: "", digest: "sha256" };

const fields = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { noNullPrototype: true });
const normal = fields.map((value) => JSON.parse(JSON.stringify(value)));
const bytes = fc.uint8Array().map((value) => Buffer.from(value));
const header = fc.record(
  Object.fromEntries(
    ["msg_id", "session", "username", "date", "msg_type", "version"].map((name) => [name, fc.string()]),
  ),
  { noNullPrototype: true },
);
const message = fc.record(
  {
    identities: fc.array(bytes.filter((frame) => frame.toString() !== "<IDS|MSG>")),
    header,
    parent_header: header,
    metadata: normal,
    content: normal,
    buffers: fc.array(bytes),
  },
  { noNullPrototype: true },
) as unknown as fc.Arbitrary<Message>;

const request: Message = {
  identities: [Buffer.from("client")],
  header: { msg_id: "1", session: "s", username: "u", date: "", msg_type: "execute_request", version: "5.4" },
  parent_header: {},
  metadata: {},
  content: { code: "1 + 1" },
  buffers: [],
};
const delimiterAt = 1;

test("decode gives back what encode was given, signed or not", () => {
  fc.assert(
    fc.property(message, fc.constantFrom(signing, unsigned), (given, key) => {
      assert.deepEqual(decode(encode(given, key), key), given);
    }),
  );
});

test("any change of a signed frame is refused", () => {
  const changes = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(message, changes, (given, [frame, at, bits]) => {
      const frames = encode({ ...given, identities: [] }, signing).map((part) => Buffer.from(part));
      const part = frames[frame]!;
      part[at % part.length]! ^= bits;
      assert.throws(() => decode(frames, signing), WireError);
    }),
  );
});

test("frames of any bytes give a message or a WireError, nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(bytes, fc.constant(Buffer.from("<IDS|MSG>")), fc.constant(Buffer.from("{}")))),
      (frames) => {
        for (const key of [signing, unsigned]) {
          try {
            decode(frames, key);
          } catch (error) {
            assert.ok(error instanceof WireError);
          }
        }
      },
    ),
  );
});

test("a message signed with another key is refused before it is parsed", () => {
  const frames = encode(request, { ...signing, key: "another" });
  frames[delimiterAt + 5] = Buffer.from("not JSON");
  assert.throws(() => decode(frames, signing), /signature does not fit/);
});

test("a refusal tells neither the key nor the expected signature", () => {
  const frames = encode(request, signing);
  const signature = Buffer.from(frames[delimiterAt + 1]!).toString();
  frames[delimiterAt + 1] = Buffer.from("0".repeat(64));
  const text = (() => {
    try {
      decode(frames, signing);
    } catch (error) {
      return String(error);
    }
    return "";
  })();
  assert.ok(text !== "" && !text.includes(signing.key) && !text.includes(signature));
});

test("an unsigned message is refused when there is a key", () => {
  assert.throws(() => decode(encode(request, unsigned), signing), /no signature was given/);
});

test("a signature of another length is refused", () => {
  for (const change of [(text: string) => text.slice(0, 32), (text: string) => `${text}00`]) {
    const frames = encode(request, signing);
    frames[delimiterAt + 1] = Buffer.from(change(Buffer.from(frames[delimiterAt + 1]!).toString()));
    assert.throws(() => decode(frames, signing), /signature does not fit/);
  }
});

test("a message is taken once", () => {
  const seen = new SeenSignatures();
  const frames = encode(request, signing);
  assert.deepEqual(decode(frames, signing, seen), request);
  assert.throws(() => decode(frames, signing, seen), /its signature was seen before/);
  const elsewhere = { ...request, identities: [Buffer.from("another")], buffers: [Buffer.from("b")] };
  assert.throws(() => decode(encode(elsewhere, signing), signing, seen), /its signature was seen before/);
});

test("without a key there are no replays", () => {
  const seen = new SeenSignatures();
  for (let i = 0; i < 2; i++) assert.deepEqual(decode(encode(request, unsigned), unsigned, seen), request);
});

test("a forgery is not remembered in place of the message whose signature it took", () => {
  const seen = new SeenSignatures();
  const frames = encode(request, signing);
  const forged = frames.with(delimiterAt + 5, Buffer.from('{"code":"other"}'));
  assert.throws(() => decode(forged, signing, seen), /signature does not fit/);
  assert.deepEqual(decode(frames, signing, seen), request);
});

test("the last 65,536 signatures are remembered, and no more", () => {
  const seen = new SeenSignatures();
  const signature = (i: number): Buffer => Buffer.from(createHash("sha256").update(String(i)).digest("hex"));
  const total = 65_536 + 1000;
  for (let i = 0; i < total; i++) assert.ok(seen.add(signature(i)));
  assert.ok(!seen.add(signature(1000)));
  assert.ok(seen.add(signature(999)), "the oldest are forgotten");
});

/** Frames with a right signature, whatever the parts hold. */
function signed(parts: readonly Uint8Array[]): Uint8Array[] {
  const hmac = parts.reduce((sum, part) => sum.update(part), createHmac("sha256", signing.key));
  return [Buffer.from("<IDS|MSG>"), Buffer.from(hmac.digest("hex")), ...parts];
}

test("a header too deep to be answered under is refused", () => {
  const text = `{"msg_id":"1","msg_type":"x","extra":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const parts = [text, "{}", "{}", "{}"].map((part) => Buffer.from(part));
  assert.throws(() => decode(signed(parts), signing), /header is nested too deeply/);
});

test("rightly signed parts of any bytes give a message or a WireError, nothing else", () => {
  const odd = fc.constantFrom(
    '{"__proto__":{"msg_id":"1"}}',
    "NaN",
    '{"a":NaN}',
    "\ufeff{}",
    "null",
    "[]",
    "{}",
    '{"a":1,"a":2}',
  );
  const head = header.map((value) => JSON.stringify(value));
  const part = fc.oneof(
    bytes,
    fc.oneof(odd, head, fc.json()).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.tuple(part, part, part, part), (parts) => {
      try {
        const message = decode(signed(parts), signing);
        assert.equal(Object.getPrototypeOf(message.header), Object.prototype);
        encode({ ...message, parent_header: message.header }, signing);
      } catch (error) {
        assert.ok(error instanceof WireError);
      }
    }),
  );
});

test("too few frames are refused", () => {
  assert.throws(() => decode(encode(request, signing).slice(0, 6), signing), /at least 6 were expected/);
});

test("a header without a msg_type is refused", () => {
  const headless = { ...request, header: { msg_id: "1" } as unknown as Message["header"] };
  assert.throws(() => decode(encode(headless, signing), signing), /no msg_type/);
});

test("half a surrogate pair is replaced, for it has no UTF-8", () => {
  const texts = {
    "k\ud800": "a\ud83db",
    pair: "🙂",
    low: "\udc00\ud800",
    escaped: "\\ud800",
    before: "\\\ud800",
  };
  const { content } = decode(encode({ ...request, content: texts }, signing), signing);
  const whole = {
    "k\ufffd": "a\ufffdb",
    pair: "🙂",
    low: "\ufffd\ufffd",
    escaped: "\\ud800",
    before: "\\\ufffd",
  };
  assert.deepEqual(content, whole);
});

test("a header that came in goes out as its answers' parent byte by byte", () => {
  const text = '{ "msg_type":"x" ,"msg_id":"1", "n": 1.0, "big": 12345678901234567890, "é": "\\u00e9" }';
  const frames = encode(request, unsigned);
  frames[delimiterAt + 2] = Buffer.from(text);
  const { header } = decode(frames, unsigned);
  const parent = encode({ ...request, parent_header: header }, unsigned)[delimiterAt + 3];
  assert.equal(Buffer.from(parent!).toString(), text);
});

test("a header with half a surrogate pair goes out mended", () => {
  const frames = encode(request, unsigned);
  frames[delimiterAt + 2] = Buffer.from('{"msg_type":"x","msg_id":"\\ud800"}');
  const { header } = decode(frames, unsigned);
  const parent = encode({ ...request, parent_header: header }, unsigned)[delimiterAt + 3];
  assert.equal(Buffer.from(parent!).toString(), '{"msg_type":"x","msg_id":"\\ufffd"}');
});
