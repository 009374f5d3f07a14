/** What is measured of a kernel: each visit starts one anew and gives a number for each of its rows. */
import { setTimeout as pause } from "node:timers/promises";
import { median } from "../measure.ts";
import { Client, type Span } from "./client.ts";
import type { Kernel } from "./peers.ts";
import { memoryOf, processorTime } from "./process-tree.ts";
import { texts } from "./texts.ts";

export interface Row {
  readonly name: string;
  readonly unit: "ms" | "lines/s" | "MB";
}

export interface Visit {
  readonly rows: readonly Row[];
  readonly rounds: number;
  /** A number for each row; NaN where this kernel has none. */
  measure(kernel: Kernel): Promise<readonly number[]>;
}

/** Lines that are printed by one cell. */
const LINES = 100_000;
/** Cells of a notebook at which the next one is timed, and how many of its neighbours are, for the median. */
const PLACES = [1, 10, 100, 300, 500];
const NEIGHBOURS = 8;
/** Milliseconds after which a kernel that is asked nothing is at rest. */
const REST = 4000;

const timed = (name: string): Row[] => [
  { name, unit: "ms" },
  { name: "  processor time", unit: "ms" },
];
const both = ({ wall, cpu }: Span): number[] => [wall, cpu];

export const visits: readonly Visit[] = [
  {
    rows: [...timed("start → kernel_info reply"), ...timed("start → first execute reply")],
    rounds: 9,
    measure: (kernel) =>
      using(kernel, async (client) => {
        const { first } = texts[kernel.language];
        await client.ask("kernel_info_request", {}, "reply");
        const info = client.span();
        await client.run(first.code, first.gives, "reply");
        const executed = client.span();
        await client.hear();
        await client.run(first.code.replaceAll("squares", "again"), first.gives);
        return [...both(info), ...both(executed)];
      }),
  },
  {
    rows: [...timed("trivial cell, p50"), ...timed("100-line cell")],
    rounds: 3,
    measure: (kernel) =>
      using(kernel, async (client) => {
        const { trivial, long } = texts[kernel.language];
        await warm(client, kernel);
        const quick = await times(client, 300, () => trivial);
        return [...both(quick), ...(long ? both(await times(client, 15, long)) : [Number.NaN, Number.NaN])];
      }),
  },
  {
    rows: PLACES.map((place) => ({ name: `cell ${place}`, unit: "ms" })),
    rounds: 3,
    measure: (kernel) => using(kernel, (client) => notebook(client, kernel)),
  },
  {
    rows: [
      { name: "printed lines to a client", unit: "lines/s" },
      { name: "  of 100,000 arrived", unit: "lines/s" },
    ],
    rounds: 3,
    measure: (kernel) =>
      using(kernel, async (client) => {
        await warm(client, kernel);
        const { lines, wall } = await client.run(texts[kernel.language].print(LINES));
        return [lines / (wall / 1000), lines];
      }),
  },
  {
    rows: [
      { name: "idle memory (RSS)", unit: "MB" },
      { name: "  pages divided (PSS)", unit: "MB" },
    ],
    rounds: 3,
    measure: (kernel) =>
      using(kernel, async (client) => {
        await warm(client, kernel);
        await pause(REST);
        const { rss, pss } = memoryOf(client.pid);
        return [rss, pss];
      }),
  },
];

async function using<T>(kernel: Kernel, act: (client: Client) => Promise<T>): Promise<T> {
  const client = await Client.start(kernel);
  try {
    return await act(client);
  } finally {
    const { idles, values } = client.lost;
    if (idles + values > 0)
      console.log(`${kernel.name}: ${idles} idles never came, ${values} values not before idle`);
    await client.end();
  }
}

/** Until it answers, publishes to us, and has come to rest after its start. */
async function warm(client: Client, kernel: Kernel): Promise<void> {
  const { first, trivial } = texts[kernel.language];
  await client.ask("kernel_info_request", {}, "reply");
  await client.run(first.code, first.gives, "reply");
  await client.hear();
  await pause(1500);
  for (let i = 0; i < 5; i++) await client.run(trivial.code, trivial.gives);
}

/** The medians of `count` cells, each checked. */
async function times(
  client: Client,
  count: number,
  cell: (number: number) => { code: string; gives: string },
): Promise<Span> {
  const walls: number[] = [];
  const cpu = processorTime(client.pid);
  for (let i = 0; i < count; i++) {
    const { code, gives } = cell(i);
    walls.push((await client.run(code, gives)).wall);
  }
  return { wall: median(walls), cpu: (processorTime(client.pid) - cpu) / count };
}

/** The times at each place; NaN from where the kernel has given up. */
async function notebook(client: Client, kernel: Kernel): Promise<number[]> {
  const { step } = texts[kernel.language];
  await client.hear();
  await pause(1500);
  const all: number[] = [];
  try {
    for (let i = 1; i <= Math.max(...PLACES) + NEIGHBOURS / 2; i++) {
      const { code, gives } = step(i);
      all.push((await client.run(code, gives)).wall);
    }
  } catch (error) {
    console.log(`${kernel.name}: cell ${all.length + 1}: ${(error as Error).message.slice(0, 200)}`);
  }
  const around = (place: number) =>
    place === 1 ? all.slice(0, 1) : all.slice(place - 1 - NEIGHBOURS / 2, place + NEIGHBOURS / 2);
  return PLACES.map((place) => (all.length < place ? Number.NaN : median(around(place))));
}
