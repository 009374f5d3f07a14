/** Connection files: endpoints and signing as clients write them, and what is refused. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { curveKeyPair } from "zeromq";
import { parseConnection, readConnection } from "./connection-file.ts";

const folder = mkdtempSync(join(tmpdir(), "jacobi-"));
after(() => rmSync(folder, { recursive: true }));
const pair = curveKeyPair();

const file = {
  shell_port: 57503,
  iopub_port: 40885,
  stdin_port: 52597,
  control_port: 50160,
  hb_port: 42540,
  ip: "127.0.0.1",
  key: "a0436f6c-1916-498b-8eb9-e81ab9368e84",
  transport: "tcp",
  signature_scheme: "hmac-sha256",
  kernel_name: "jacobi",
};
const parse = (changes: object): ReturnType<typeof parseConnection> =>
  parseConnection(JSON.stringify({ ...file, ...changes }), "kernel.json");

test("tcp endpoints are joined with a colon", () => {
  assert.equal(parse({}).endpoints.shell, "tcp://127.0.0.1:57503");
  assert.equal(parse({}).endpoints.hb, "tcp://127.0.0.1:42540");
});

test("ipc endpoints are joined with a dash", () => {
  assert.equal(
    parse({ transport: "ipc", ip: "/tmp/kernel", shell_port: 1 }).endpoints.shell,
    "ipc:///tmp/kernel-1",
  );
});

test("a file without an ip means this machine, and so does localhost", () => {
  for (const ip of [undefined, null, "localhost"])
    assert.equal(parse({ ip }).endpoints.shell, "tcp://127.0.0.1:57503");
});

test("an address that others can reach is refused without CURVE, unless it is allowed", () => {
  for (const ip of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
    assert.deepEqual(parse({ ip }).warnings, []);
  for (const ip of [
    "0.0.0.0",
    "*",
    "::",
    "eth0",
    "lo",
    "host.example",
    "10.1.2.3",
    "::ffff:10.1.2.3",
    "127.0.0.1.example",
    "[::]",
    "",
  ]) {
    assert.throws(
      () => parse({ ip }),
      /^Error: kernel\.json: ip: ".*" was given, where .*JACOBI_ALLOW_PLAINTEXT=1/,
    );
    const allowed = parseConnection(JSON.stringify({ ...file, ip }), "kernel.json", true);
    assert.match(allowed.warnings[0]!, /is not encrypted/);
    const keys = { curve_publickey: pair.publicKey, curve_secretkey: pair.secretKey };
    assert.deepEqual(parse({ ip, ...keys }).warnings, []);
  }
});

test("CURVE keys are taken as a pair or refused, and never shown", () => {
  assert.equal(parse({ curve_publickey: null }).curve, null);
  assert.deepEqual(parse({ curve_publickey: pair.publicKey, curve_secretkey: pair.secretKey }).curve, pair);
  const refusal = (publicKey: unknown, secretKey: unknown): string => {
    try {
      parse({ curve_publickey: publicKey, curve_secretkey: secretKey });
    } catch (error) {
      return String(error);
    }
    return "";
  };
  assert.match(refusal(pair.publicKey, undefined), /curve_secretkey: nothing was given: both CURVE keys/);
  assert.match(refusal(undefined, pair.secretKey), /curve_publickey: nothing was given: both CURVE keys/);
  assert.match(refusal(pair.publicKey, "short"), /curve_secretkey: 5 characters was given/);
  assert.match(refusal(7, pair.secretKey), /curve_publickey: number was given/);
  const other = curveKeyPair();
  const said = refusal(pair.publicKey, other.secretKey);
  assert.match(said, /curve_publickey: another key's was given/);
  for (const key of [pair.publicKey, other.secretKey]) assert.ok(!said.includes(key));
});

test("two channels on one port are refused", () => {
  assert.throws(() => parse({ stdin_port: 57503 }), /stdin_port: 57503 was given, as for shell_port/);
});

test("an empty key is taken and warned of; fields of others are ignored", () => {
  assert.match(parse({ key: "" }).warnings[0]!, /no key: whoever/);
  assert.deepEqual(
    parse({ jupyter_session: 5, kernel_id: null, ["__proto__"]: { ip: "0.0.0.0" } }).warnings,
    [],
  );
});

test("Python's names of digests are understood", () => {
  assert.equal(parse({ signature_scheme: "hmac-sha3_256" }).signing.digest, "sha3-256");
  assert.equal(parse({ signature_scheme: "hmac-blake2b" }).signing.digest, "blake2b512");
  assert.throws(() => parse({ signature_scheme: "hmac-shake_128" }), /signature_scheme/);
});

test("a file that others can read is taken and warned of", () => {
  const path = join(folder, "open.json");
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
  assert.deepEqual(readConnection(path, false).warnings, []);
  chmodSync(path, 0o644);
  assert.match(readConnection(path, false).warnings[0]!, /others may read or change it \(mode 644\)/);
});

test("what is no file of JSON in UTF-8 is refused in one line", () => {
  const at = (name: string, bytes?: string | Uint8Array): string => {
    const path = join(folder, name);
    if (bytes !== undefined) writeFileSync(path, bytes);
    return path;
  };
  execFileSync("mkfifo", [at("fifo")]);
  const cases: [string, RegExp][] = [
    [at("missing"), /missing: ENOENT on opening: a Jupyter connection file was expected$/],
    [folder, /not a regular file/],
    [at("fifo"), /fifo: not a regular file/],
    ["/dev/zero", /not a regular file/],
    [at("empty", ""), /not JSON/],
    [at("bytes", Buffer.from([0x7b, 0xff, 0x7d])), /not UTF-8/],
    [at("huge", " ".repeat(1_000_001)), /1000001 bytes/],
    [at("deep", "[".repeat(100_000)), /not JSON/],
    [at("mark", `\ufeff${JSON.stringify(file)}`), /not JSON/],
  ];
  for (const [path, expected] of cases) assert.throws(() => readConnection(path, false), expected);
});

test("the scheme names the digest, and no key means no signatures", () => {
  assert.deepEqual(parse({ signature_scheme: "hmac-sha512" }).signing, { key: file.key, digest: "sha512" });
  assert.deepEqual(parse({ key: undefined, signature_scheme: undefined }).signing, {
    key: "",
    digest: "sha256",
  });
});

test("what is wrong is named with the file and the field", () => {
  assert.throws(() => parse({ hb_port: 70000 }), /^Error: kernel\.json: hb_port: 70000 was given/);
  assert.throws(() => parse({ ip: 5 }), /kernel\.json: ip: number was given: a string was expected/);
  assert.throws(() => parse({ transport: "pgm" }), /kernel\.json: transport: "pgm" was given/);
  assert.throws(() => parse({ signature_scheme: "hmac-rot13" }), /signature_scheme: "hmac-rot13" was given/);
  assert.throws(() => parseConnection("[]", "kernel.json"), /not a JSON object/);
  assert.throws(() => parseConnection("{", "kernel.json"), /not JSON/);
});
