/** Runs a cell by the magics it begins with. */
import { isMagicName, type MagicCall, type MagicName, magicArguments, magics } from "../../magics.ts";
import { lsmagic } from "./lsmagic.ts";
import { type MagicCell, needsBody, type RunMagic, UsageError } from "./magic.ts";
import { bash, script, sh } from "./script.ts";
import { html, javascript, latex, markdown, svg } from "./show.ts";
import { time } from "./time.ts";
import { timeit } from "./timeit.ts";
import { unknownMagic } from "./unknown.ts";
import { writefile } from "./writefile.ts";

/** Plots are always in the page; another place for them cannot be had. */
const matplotlib: RunMagic = ({ magic, rest, run }) => {
  if (rest === "" || rest === "inline") return run();
  throw new UsageError(`${magic}: ${rest}: expected inline: plots appear in the page`);
};

const runners: { readonly [K in MagicName]: RunMagic } = {
  "%lsmagic": lsmagic,
  "%%time": time,
  "%time": time,
  "%%timeit": timeit,
  "%timeit": timeit,
  "%%bash": bash,
  "%%sh": sh,
  "%%script": script,
  "%%writefile": writefile,
  "%%html": html,
  "%%markdown": markdown,
  "%%latex": latex,
  "%%svg": svg,
  "%%javascript": javascript,
  "%%js": javascript,
  "%matplotlib": matplotlib,
};

/** Runs a cell by its magics, the first outermost; gives the cell's value, or a promise of it. */
export function runMagics(
  calls: readonly MagicCall[],
  parts: Pick<MagicCell, "run" | "wait" | "names">,
): unknown {
  const run = calls.reduceRight<MagicCell["run"]>(
    (inner, call) => () => start(call, { ...parts, run: inner }),
    parts.run,
  );
  return run();
}

function start(call: MagicCall, parts: Pick<MagicCell, "run" | "wait" | "names">): unknown {
  const { name, args, body } = call;
  if (!isMagicName(name)) throw unknownMagic(name);
  refuse(name, call);
  const { options, rest } = magicArguments(magics[name].usage, args);
  if (magics[name].loops && rest.startsWith("-"))
    throw new UsageError(`${name}: ${rest.split(/\s/)[0]}: no such option: expected ${usageOf(name)}`);
  if (magics[name].body === "line" && rest === "")
    throw new UsageError(`${name}: nothing to run: expected ${usageOf(name)}`);
  return runners[name]({ ...parts, magic: name, options, rest, body });
}

const usageOf = (name: MagicName): string => `${name} ${magics[name].usage}`;

/** What can be wrong about any magic: a body that is missing or too much, words that nothing is to be done with. */
function refuse(name: MagicName, { args, body: text }: MagicCall): void {
  const { body, usage } = magics[name];
  const isEmpty = name === "%%writefile" ? text === "" : text.trim() === "";
  if (needsBody(body) && isEmpty) {
    const line = name.slice(1);
    const other = isMagicName(line) ? `: ${line} takes an expression on its line` : "";
    throw new UsageError(`${name} is a cell magic, but the cell body is empty${other}`);
  }
  const isAlone = body === "none" || body === "line";
  if (isAlone && !isEmpty) {
    const cell = `%${name}`;
    const other = isMagicName(cell)
      ? `: ${cell} takes what is below it`
      : ": put the rest into a cell of its own";
    throw new UsageError(`${name} is a line magic, but there is more below its line${other}`);
  }
  if (usage === "" && args !== "") {
    const what = body === "code" ? "write the code below the line" : "expected nothing more on the line";
    throw new UsageError(`${name}: ${args}: ${what}`);
  }
}
