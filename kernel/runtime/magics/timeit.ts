/** `%%timeit`: what one turn of a loop over the cell takes. */
import { performance, process } from "../../originals.ts";
import { durationText } from "./duration.ts";
import { type MagicCell, type RunMagic, UsageError } from "./magic.ts";

/** A run is long enough to be measured when it takes this many seconds. */
const enough = 0.2;
const mostLoops = 1e10;

/** Finds how many turns a run needs, times some runs, and tells their mean and spread. */
export const timeit: RunMagic = async (cell) => {
  const runs = count(cell, "-r", 7);
  const digits = count(cell, "-p", 3);
  const loops = cell.options["-n"] === undefined ? await loopsNeeded(cell) : count(cell, "-n", 1);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push((await timeOf(cell, loops)) / loops);
  const [best, worst] = [Math.min(...times), Math.max(...times)];
  if (worst > 4 * best && best > 0 && worst > 1e-6)
    process.stdout.write(
      `The slowest run took ${(worst / best).toFixed(2)} times longer than the fastest: ` +
        "the first turns of new code are slow, and some results may be kept for later ones.\n",
    );
  process.stdout.write(`${resultText(times, loops, digits)}\n`);
};

function count({ magic, options }: MagicCell, name: string, usual: number): number {
  const given = options[name];
  if (given === undefined) return usual;
  const found = Number(given === true ? "" : given.replace(/_/g, ""));
  if (Number.isSafeInteger(found) && found > 0 && given !== "") return found;
  throw new UsageError(`${magic}: ${name} ${given === true ? "" : given}: expected a whole number from 1`);
}

/** 1, 2, 5, 10, 20 …: the first that takes long enough. */
async function loopsNeeded(cell: MagicCell): Promise<number> {
  for (let power = 1; ; power *= 10)
    for (const factor of [1, 2, 5]) {
      const loops = factor * power;
      if (loops >= mostLoops || (await timeOf(cell, loops)) >= enough) return loops;
    }
}

/** Seconds that `turns` turns take, without what the cell prepares for them. */
async function timeOf({ run, wait }: MagicCell, turns: number): Promise<number> {
  let from = 0;
  let to = 0;
  await wait(
    run({
      turns,
      start: () => {
        from = performance.now();
      },
      stop: () => {
        to = performance.now();
      },
    }),
  );
  return (to - from) / 1e3;
}

function resultText(times: readonly number[], loops: number, digits: number): string {
  const runs = times.length;
  const mean = times.reduce((sum, one) => sum + one, 0) / runs;
  const deviation = Math.sqrt(times.reduce((sum, one) => sum + (one - mean) ** 2, 0) / runs);
  const spread = `${durationText(mean, digits)} ± ${durationText(deviation, digits)} per loop`;
  const counts = `${plural(runs, "run")}, ${plural(loops, "loop")} each`;
  return `${spread} (mean ± std. dev. of ${counts})`;
}

const plural = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
