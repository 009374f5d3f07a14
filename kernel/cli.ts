#!/usr/bin/env node
/** The `jacobi` command. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { examine } from "./doctor.ts";
import { installKernelspec, type Place, uninstallKernelspec } from "./install.ts";
import { run, runHelp } from "./run/command.ts";

const help = `jacobi: TypeScript in Jupyter, with tensors and automatic differentiation

jacobi install [--user | --sys-prefix | --prefix DIR] [--name NAME]
    register the kernel with Jupyter: for you (the default), in the active Python environment, or under DIR
jacobi uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME]
    take it out again
${runHelp}
jacobi doctor
    say what works on this machine and how to mend the rest
jacobi --version, jacobi --help`;

const here = dirname(fileURLToPath(import.meta.url));
const packageFolder = join(here, "../..");

/** What each command does with its words; gives the exit code. */
const commands: Readonly<Record<string, (words: string[]) => number | Promise<number>>> = {
  install: (words) => {
    const { place, name } = placeOf(words);
    console.log(`installed kernel ${name} in ${installKernelspec(place, name, join(here, "main.js"))}`);
    return 0;
  },
  uninstall: (words) => {
    const { place, name } = placeOf(words);
    console.log(`removed kernel ${name} from ${uninstallKernelspec(place, name)}`);
    return 0;
  },
  run: (words) => run(words, join(here, "main.js")),
  doctor: (words) => {
    parseArgs({ args: words, options: {} });
    const findings = examine(packageFolder);
    for (const { what, found, problem } of findings)
      console.log(`${problem ? "✗" : "✓"} ${what}: ${problem ?? found}`);
    return findings.some(({ problem }) => problem) ? 1 : 0;
  },
  "--help": () => {
    console.log(help);
    return 0;
  },
  "--version": () => {
    console.log(JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")).version);
    return 0;
  },
};

function placeOf(words: string[]): { place: Place; name: string } {
  const { values } = parseArgs({
    args: words,
    options: {
      user: { type: "boolean" },
      "sys-prefix": { type: "boolean" },
      prefix: { type: "string" },
      name: { type: "string", default: "jacobi" },
    },
  });
  const given = [values.user, values["sys-prefix"], values.prefix].filter((value) => value !== undefined);
  if (given.length > 1)
    throw new Error("--user, --sys-prefix, --prefix: more than one given: expected at most one");
  const { name } = values;
  if (values.prefix !== undefined) return { place: { kind: "prefix", folder: values.prefix }, name };
  return { place: { kind: values["sys-prefix"] ? "sys-prefix" : "user" }, name };
}

/** Runs one command line. */
function main([word = "--help", ...words]: string[]): number | Promise<number> {
  const name = word === "-h" || word === "help" ? "--help" : word;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const known = Object.keys(commands).join(", ");
    throw new Error(`unknown command: ${word}: expected one of ${known}`);
  }
  return words.includes("--help") ? main(["--help"]) : command(words);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`jacobi: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
