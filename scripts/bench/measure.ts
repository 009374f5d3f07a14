/** Times two sides of a comparison in turns, so that a busy machine slows both alike. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What can be timed by name: ours in this process, or another process that answers over its pipes. */
export interface Side {
  /** Seconds that `count` runs of the case took. */
  time(name: string, count: number): Promise<number>;
}

/** Seconds a run of each side, the median of `rounds` turns. */
export async function interleaved(
  sides: readonly Side[],
  name: string,
  count: number,
  rounds = 9,
): Promise<number[]> {
  const times = sides.map((): number[] => []);
  for (const side of sides) await side.time(name, count); // warm
  for (let round = 0; round < rounds; round++)
    for (const [index, side] of sides.entries()) times[index]!.push((await side.time(name, count)) / count);
  return times.map(median);
}

/** The middle one of those that are numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Another process that says what it is in a first line of JSON, then answers `NAME COUNT` with seconds. */
export class Peer<Hello> implements Side {
  readonly hello: Hello;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, hello: Hello) {
    this.hello = hello;
    this.#child = child;
    this.#lines = lines;
  }

  /** Starts it; undefined where it ends without a first line (its own message has gone to stderr). */
  static async start<Hello>(command: string, args: readonly string[]): Promise<Peer<Hello> | undefined> {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    child.on("error", (error) => console.error(`bench: ${error.message}`));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    return first.done ? undefined : new Peer<Hello>(child, lines, JSON.parse(first.value));
  }

  async time(name: string, count: number): Promise<number> {
    this.#child.stdin?.write(`${name} ${count}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`bench: the other side ended at ${name}`);
    return Number(value);
  }

  end(): void {
    this.#child.stdin?.end();
  }
}

/** Seconds with a fitting unit. */
export function duration(seconds: number): string {
  if (seconds < 1e-6) return `${(seconds * 1e9).toFixed(0)} ns`;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(2)} µs`;
  return `${(seconds * 1e3).toFixed(2)} ms`;
}
