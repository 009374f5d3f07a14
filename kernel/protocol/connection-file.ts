/** The connection file, checked. https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files */
import { createHmac } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { type CurveKeys, isPair, keyFault } from "./curve.ts";
import type { Signing } from "./wire.ts";

/** The five sockets. */
export const CHANNELS = ["shell", "control", "iopub", "stdin", "hb"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Connection {
  readonly endpoints: { readonly [C in Channel]: string };
  readonly signing: Signing;
  /** Null when what travels is not encrypted. */
  readonly curve: CurveKeys | null;
  /** What a person should know, one line each. */
  readonly warnings: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** No connection file is this big; a pipe or a disk given by mistake may never end. */
const MOST_BYTES = 1_000_000;
/** Addresses that only this machine reaches. */
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i;
/** What Python's hashlib calls otherwise than OpenSSL. */
const DIGESTS: Readonly<Record<string, string>> = { blake2b: "blake2b512", blake2s: "blake2s256" };

/** The connection that the file describes; an Error of one line that names the file and what is wrong. */
export function readConnection(path: string, allowPlaintext: boolean): Connection {
  const { text, mode } = read(path);
  const connection = parseConnection(text, path, allowPlaintext);
  if (process.platform === "win32" || (mode & 0o077) === 0) return connection;
  const octal = (mode & 0o777).toString(8);
  const open = `${path}: others may read or change it (mode ${octal}), and who knows its key can run code: 600 was expected`;
  return { ...connection, warnings: [open, ...connection.warnings] };
}

/** The connection that `text` describes, as `readConnection`; without CURVE it stays on this machine unless allowed. */
export function parseConnection(text: string, path: string, allowPlaintext = false): Connection {
  const fail = (what: string): never => {
    throw new Error(`${path}: ${what}`);
  };
  const fields = parseFields(text, path);
  const transport = stringOf(fields, "transport", path, "tcp");
  if (transport !== "tcp" && transport !== "ipc")
    fail(`transport: ${JSON.stringify(transport)} was given: "tcp" or "ipc" was expected`);
  const signing = { key: stringOf(fields, "key", path, ""), digest: digest(fields, path) };
  const curve = curveKeys(fields, path);
  const given = stringOf(fields, "ip", path, transport === "tcp" ? "127.0.0.1" : undefined);
  const ip = given === "localhost" ? "127.0.0.1" : given; // a name is nothing that a socket can be bound to
  const exposed = transport === "tcp" && curve === null && !LOOPBACK.test(ip);
  if (exposed && !allowPlaintext) {
    fail(
      `ip: ${JSON.stringify(ip)} was given, where others could read all that is sent: 127.0.0.1 was expected, ` +
        "or the keys curve_publickey and curve_secretkey, or JACOBI_ALLOW_PLAINTEXT=1 in the environment",
    );
  }
  return {
    endpoints: endpointsOf(fields, path, transport === "tcp" ? `tcp://${ip}:` : `ipc://${ip}-`),
    signing,
    curve,
    warnings: [
      ...(exposed ? [`${path}: ip: ${ip}: what is sent there is not encrypted`] : []),
      ...(signing.key === "" ? [`${path}: no key: whoever reaches the sockets can run code`] : []),
    ],
  };
}

/** A regular file's text and mode. */
function read(path: string): { text: string; mode: number } {
  const expected = "a Jupyter connection file was expected";
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe would keep us waiting
  } catch (error) {
    throw new Error(`${path}: ${(error as NodeJS.ErrnoException).code} on opening: ${expected}`);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error(`${path}: not a regular file: ${expected}`);
    if (stats.size > MOST_BYTES) throw new Error(`${path}: ${stats.size} bytes: ${expected}`);
    const bytes = readFileSync(file);
    return {
      text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
      mode: stats.mode,
    };
  } catch (error) {
    throw error instanceof TypeError ? new Error(`${path}: not UTF-8: ${expected}`) : error;
  } finally {
    closeSync(file);
  }
}

function parseFields(text: string, path: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path}: not JSON: a Jupyter connection file was expected`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`${path}: not a JSON object: a Jupyter connection file was expected`);
}

function stringOf(fields: Fields, name: string, path: string, otherwise?: string): string {
  const value = own(fields, name) ?? otherwise;
  if (typeof value === "string") return value;
  throw new Error(
    `${path}: ${name}: ${value === undefined ? "nothing" : typeof value} was given: a string was expected`,
  );
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** One endpoint for each channel; no two share a port. */
function endpointsOf(fields: Fields, path: string, before: string): Connection["endpoints"] {
  const taken = new Map<number, Channel>();
  const endpoints = CHANNELS.map((channel) => {
    const number = port(fields, `${channel}_port`, path);
    const other = taken.get(number);
    if (other !== undefined)
      throw new Error(
        `${path}: ${channel}_port: ${number} was given, as for ${other}_port: five different ones were expected`,
      );
    taken.set(number, channel);
    return [channel, `${before}${number}`];
  });
  return Object.fromEntries(endpoints) as Connection["endpoints"];
}

function port(fields: Fields, name: string, path: string): number {
  const value = own(fields, name);
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65536) return value;
  const given = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
  throw new Error(`${path}: ${name}: ${given} was given: a number from 1 to 65535 was expected`);
}

/** Python's name of the hash, as OpenSSL calls it. */
function digest(fields: Fields, path: string): string {
  const scheme = stringOf(fields, "signature_scheme", path, "hmac-sha256");
  const hash = scheme.startsWith("hmac-") ? scheme.slice("hmac-".length) : "";
  const name = Object.hasOwn(DIGESTS, hash) ? DIGESTS[hash]! : hash.replace("_", "-");
  try {
    createHmac(name, "").digest();
    return name;
  } catch {
    throw new Error(
      `${path}: signature_scheme: ${JSON.stringify(scheme.slice(0, 80))} was given: ` +
        "hmac- and a digest, such as hmac-sha256, was expected",
    );
  }
}

/** Both keys or neither; what is said of a wrong one does not show it. */
function curveKeys(fields: Fields, path: string): CurveKeys | null {
  const keys = ["curve_publickey", "curve_secretkey"].map((name) => {
    const value = own(fields, name) ?? null;
    if (value === null) return null;
    const fault = typeof value === "string" ? keyFault(value) : typeof value;
    if (fault === undefined) return value as string;
    throw new Error(`${path}: ${name}: ${fault} was given: a CURVE key, 40 characters of Z85, was expected`);
  });
  const [publicKey, secretKey] = keys as [string | null, string | null];
  if (publicKey === null && secretKey === null) return null;
  if (publicKey === null || secretKey === null)
    throw new Error(
      `${path}: curve_${publicKey === null ? "publickey" : "secretkey"}: nothing was given: both CURVE keys were expected`,
    );
  if (isPair({ publicKey, secretKey })) return { publicKey, secretKey };
  throw new Error(
    `${path}: curve_publickey: another key's was given: the one of curve_secretkey was expected`,
  );
}
