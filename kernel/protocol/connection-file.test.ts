/** Connection files: endpoints and signing as clients write them, and what is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConnection } from "./connection-file.ts";

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
