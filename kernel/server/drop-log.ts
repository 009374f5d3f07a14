/** The log of dropped messages, which a flood of them neither fills nor blocks. */
import type { Log } from "./log.ts";

/** Lines of one burst that are written as they come; after them, each time their number has doubled. */
const WHOLE = 8;
/** Milliseconds of silence after which a new burst begins. */
const PAUSE = 60_000;

/** A log for lines that anyone on this machine can cause: 100,000 in a row write some twenty. */
export function createDropLog(log: Log, now: () => number = Date.now): Log {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  return (text) => {
    const time = now();
    if (time - last > PAUSE) count = 0;
    last = time;
    count++;
    if (count <= WHOLE) log(text);
    else if ((count & (count - 1)) === 0)
      log(`${text} (${count} in this burst; of those to come few are told)`);
  };
}
