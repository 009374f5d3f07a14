/** The connection file, checked. https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files */
import { getHashes } from "node:crypto";
import type { Signing } from "./wire.ts";

/** The five sockets. */
export const CHANNELS = ["shell", "control", "iopub", "stdin", "hb"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Connection {
  readonly endpoints: { readonly [C in Channel]: string };
  readonly signing: Signing;
}

/** The connection that `text` describes; an Error that names `path` and the field when it does not. */
export function parseConnection(text: string, path: string): Connection {
  const fields = parseFields(text, path);
  const transport = stringOf(fields, "transport", path, "tcp");
  if (transport !== "tcp" && transport !== "ipc") {
    throw new Error(
      `${path}: transport: ${JSON.stringify(transport)} was given: "tcp" or "ipc" was expected`,
    );
  }
  const ip = stringOf(fields, "ip", path);
  const endpoints = CHANNELS.map((channel) => [
    channel,
    `${transport}://${ip}${transport === "tcp" ? ":" : "-"}${port(fields, `${channel}_port`, path)}`,
  ]);
  return {
    endpoints: Object.fromEntries(endpoints) as Connection["endpoints"],
    signing: { key: stringOf(fields, "key", path, ""), digest: digest(fields, path) },
  };
}

function parseFields(text: string, path: string): Readonly<Record<string, unknown>> {
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

function stringOf(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  path: string,
  otherwise?: string,
): string {
  const value = fields[name] ?? otherwise;
  if (typeof value === "string") return value;
  throw new Error(
    `${path}: ${name}: ${value === undefined ? "nothing" : typeof value} was given: a string was expected`,
  );
}

function port(fields: Readonly<Record<string, unknown>>, name: string, path: string): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65536) return value;
  throw new Error(
    `${path}: ${name}: ${JSON.stringify(value)} was given: a number from 1 to 65535 was expected`,
  );
}

function digest(fields: Readonly<Record<string, unknown>>, path: string): string {
  const scheme = stringOf(fields, "signature_scheme", path, "hmac-sha256");
  const name = scheme.startsWith("hmac-") ? scheme.slice("hmac-".length) : "";
  if (getHashes().includes(name)) return name;
  throw new Error(
    `${path}: signature_scheme: ${JSON.stringify(scheme)} was given: hmac- and a digest, such as hmac-sha256, was expected`,
  );
}
