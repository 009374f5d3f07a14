/** The one error of a failed assertion, and values as its message shows them. */
import { inspect } from "node:util";
import { Tensor } from "../core/tensor.ts";

/** A test that failed; its message says what was given and what was expected. */
export class AssertionError extends Error {}
Object.defineProperty(AssertionError.prototype, "name", {
  value: "AssertionError",
  configurable: true,
  writable: true,
});

const mostLines = 12;
const mostColumns = 110;

/** A value on few lines; tensors and arrays as they print. */
export function textOf(value: unknown): string {
  const text =
    value instanceof Tensor
      ? value.detach().toString()
      : inspect(value, { depth: 4, maxArrayLength: 20, maxStringLength: 400, breakLength: 100 });
  const lines = text
    .split("\n")
    .map((line) => (line.length > mostColumns ? `${line.slice(0, mostColumns)}…` : line));
  return lines.length > mostLines ? [...lines.slice(0, mostLines), "…"].join("\n") : lines.join("\n");
}

/** Lines under a headline, each with its title; later lines of a value stand under its first. */
export function listing(entries: readonly (readonly [title: string, text: string])[]): string {
  const width = Math.max(...entries.map(([title]) => title.length));
  return entries
    .map(
      ([title, text]) => `\n  ${title.padEnd(width)} ${text.replaceAll("\n", `\n${" ".repeat(width + 3)}`)}`,
    )
    .join("");
}

/** Throws the error: the author's message first, where there is one. */
export function fail(message: string | undefined, what: string, details = ""): never {
  throw new AssertionError(`${message === undefined ? "" : `${message}\n`}${what}${details}`);
}
