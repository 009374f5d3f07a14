/** The Debug Adapter Protocol as far as it is spoken here. https://microsoft.github.io/debug-adapter-protocol/specification */
import type { Fields } from "../../protocol/messages.ts";

export interface DapRequest {
  readonly seq: number;
  readonly command: string;
  readonly arguments: Fields;
}

export interface DapResponse {
  readonly type: "response";
  readonly seq: number;
  readonly request_seq: number;
  readonly success: boolean;
  readonly command: string;
  readonly message?: string;
  readonly body: Fields;
}

export interface DapEvent {
  readonly type: "event";
  readonly seq: number;
  readonly event: string;
  readonly body: Fields;
}

/** What a client is told in place of a result; never a bug of ours. */
export class DapError extends Error {
  override readonly name = "DapError";
}

/** https://microsoft.github.io/debug-adapter-protocol/specification#Types_Source */
export interface Source {
  readonly name: string;
  readonly path: string;
}

/** Readers of one argument: its value, or a DapError that says what was expected. */
export const text = (from: Fields, name: string): string => read(from, name, isText, "a string");
export const number = (from: Fields, name: string): number => read(from, name, isNumber, "a whole number");
export const optionalNumber = (from: Fields, name: string): number | undefined =>
  isAbsent(from, name) ? undefined : number(from, name);
export const optionalText = (from: Fields, name: string): string | undefined =>
  isAbsent(from, name) ? undefined : text(from, name);
export const fields = (from: Fields, name: string): Fields => read(from, name, isFields, "an object");
export const list = (from: Fields, name: string): readonly unknown[] =>
  isAbsent(from, name) ? [] : read(from, name, Array.isArray, "an array");

function read<T>(from: Fields, name: string, is: (value: unknown) => value is T, expected: string): T {
  const value = Object.hasOwn(from, name) ? from[name] : undefined;
  if (is(value)) return value;
  const given = value === undefined ? "nothing" : (JSON.stringify(value) ?? typeof value).slice(0, 80);
  throw new DapError(`${name}: ${given} was given: ${expected} was expected`);
}

const isAbsent = (from: Fields, name: string): boolean => from[name] === undefined || from[name] === null;
const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
