/** `%%writefile`: a cell as a file. */

import { appendFileSync, existsSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { magicWords } from "../../magics.ts";
import { process } from "../../originals.ts";
import { type MagicCell, type RunMagic, UsageError } from "./magic.ts";

/** Tells what it does to the file, as IPython does; makes no folders, for a name may be mistyped. */
export const writefile: RunMagic = (cell) => {
  const { options, body, magic } = cell;
  const given = pathOf(cell);
  const path = resolve(given.replace(/^~(?=\/|$)/, homedir()));
  const append = options["--append"] === true;
  const isThere = existsSync(path);
  if (!existsSync(dirname(path)))
    throw new UsageError(
      `${magic}: ${given}: there is no folder ${dirname(path)}: make it first, by %%bash and mkdir -p`,
    );
  if (isThere && statSync(path).isDirectory())
    throw new UsageError(`${magic}: ${given}: is a folder: expected the path of a file`);
  try {
    (append ? appendFileSync : writeFileSync)(path, body.endsWith("\n") ? body : `${body}\n`);
  } catch (error) {
    throw new UsageError(`${magic}: ${given}: cannot be written: ${(error as Error).message}`);
  }
  process.stdout.write(`${isThere ? (append ? "Appending to" : "Overwriting") : "Writing"} ${given}\n`);
};

function pathOf({ magic, rest }: MagicCell): string {
  const [path, ...more] = magicWords(rest);
  if (!path) throw new UsageError(`${magic}: no path was given: expected ${magic} [-a] PATH`);
  if (path.startsWith("-")) throw new UsageError(`${magic}: ${path}: expected the option -a or a path`);
  if (more.length > 0)
    throw new UsageError(`${magic}: ${rest}: expected one path: put quotes around one with spaces`);
  return path;
}
