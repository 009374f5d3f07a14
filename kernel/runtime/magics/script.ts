/** `%%bash` and its like: a cell as another program's script. */

import { magicWords } from "../../magics.ts";
import { process } from "../../originals.ts";
import { type Program, runProgram } from "./child.ts";
import { type MagicCell, type RunMagic, UsageError } from "./magic.ts";

/** A script that has failed, as Python calls it. */
class CalledProcessError extends Error {
  override readonly name = "CalledProcessError";
  override readonly stack: string;
  constructor(message: string) {
    super(message);
    this.stack = `CalledProcessError: ${message}`;
  }
}

type Invocation = Pick<Program, "command" | "args" | "input">;

/** A shell is given the script as an argument, so that no command in it can read the rest of it. */
const shell =
  (command: string): RunMagic =>
  (cell) => {
    const words = magicWords(cell.rest);
    const at = words.includes("-s") ? words.indexOf("-s") : words.length;
    // The empty line makes the shell's line numbers the cell's.
    const script = ["-c", `\n${cell.body}`, command];
    return runScript(cell, { command, args: [...words.slice(0, at), ...script, ...words.slice(at + 1)] });
  };

export const bash = shell("bash");
export const sh = shell("sh");

/** Any other program reads the script. */
export const script: RunMagic = (cell) => {
  const [command, ...args] = magicWords(cell.rest);
  if (command === undefined)
    throw new UsageError(`${cell.magic}: no program was given: expected one, such as ${cell.magic} python3`);
  const input = cell.body.endsWith("\n") ? cell.body : `${cell.body}\n`;
  return runScript(cell, { command, args, input });
};

async function runScript(cell: MagicCell, invocation: Invocation): Promise<void> {
  const { magic, options, names, wait } = cell;
  // What the compiler has made of the cell: the variables.
  cell.run();
  const kept = { stdout: variable(cell, "--out"), stderr: variable(cell, "--err") };
  const texts = { stdout: "", stderr: "" };
  const print: Program["print"] = (stream, text) => {
    if (kept[stream] === undefined) process[stream].write(text);
    else texts[stream] += text;
  };
  const { code, signal } = await runProgram({ ...invocation, print }, wait).catch((error: unknown) => {
    throw startError(magic, invocation.command, error);
  });
  for (const stream of ["stdout", "stderr"] as const)
    if (kept[stream] !== undefined) names[kept[stream]] = texts[stream];
  if (code === 0 || options["--no-raise-error"]) return;
  const how = signal === null ? `exit code ${code}` : `the signal ${signal}`;
  throw new CalledProcessError(
    `${magic}: the script ended with ${how}: expected 0: --no-raise-error lets the notebook go on all the same`,
  );
}

/** The variable that takes the output; the compiler has declared it if it can be one. */
function variable({ magic, options, names }: MagicCell, option: string): string | undefined {
  const name = options[option];
  if (name === undefined) return undefined;
  if (typeof name === "string" && Object.hasOwn(names, name)) return name;
  throw new UsageError(`${magic}: ${option} ${String(name)}: expected the name of a variable`);
}

function startError(magic: string, command: string, error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (code === "ENOENT")
    return new UsageError(`${magic}: ${command}: there is no such program: install it, or add it to PATH`);
  if (code === "EACCES") return new UsageError(`${magic}: ${command}: may not be run: expected a program`);
  if (code === "E2BIG")
    return new UsageError(
      `${magic}: the script is too long: write it to a file with %%writefile, then run that`,
    );
  return error;
}
