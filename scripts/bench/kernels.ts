/** Starts Jacobi and its peers as a client does; prints what each takes, and its ratio to Deno's. */
import { findKernels, installPeers, type Kernel } from "./kernels/peers.ts";
import { type Row, type Visit, visits } from "./kernels/visits.ts";
import { median } from "./measure.ts";

export interface KernelOptions {
  /** The Nodes that run ours; this one where none is given. */
  readonly nodes: readonly string[];
  /** A part of the names of the rows. */
  readonly only: string | undefined;
  /** Parts of the names of the peers; all where none is given. */
  readonly peers: readonly string[];
  /** Whether to ask npm for the peers first. */
  readonly install: boolean;
}

/** Prints each row's medians, kernel by kernel; all kernels take turns, so that a busy machine slows them alike. */
export async function kernels({ nodes, only, peers, install }: KernelOptions): Promise<void> {
  if (install) installPeers();
  const found = findKernels(nodes.length > 0 ? nodes : [process.execPath], peers);
  console.log(["".padEnd(30), ...found.map(({ name }) => name.padStart(20))].join(""));
  for (const visit of visits) {
    if (!visit.rows.some(({ name }) => name.includes(only ?? ""))) continue;
    const measured = await takeTurns(visit, found);
    for (const [index, row] of visit.rows.entries())
      print(
        row,
        found,
        measured.map((rounds) => median(rounds.map((numbers) => numbers[index] ?? Number.NaN))),
      );
  }
}

/** For each kernel, the numbers of each round. */
async function takeTurns(visit: Visit, found: readonly Kernel[]): Promise<(readonly number[])[][]> {
  const measured = found.map((): (readonly number[])[] => []);
  for (let round = 0; round < visit.rounds; round++) {
    for (const [index, kernel] of found.entries()) measured[index]?.push(await measure(visit, kernel));
  }
  return measured;
}

/** A kernel that fails has no numbers. */
async function measure(visit: Visit, kernel: Kernel): Promise<readonly number[]> {
  try {
    return await visit.measure(kernel);
  } catch (error) {
    console.log(`${kernel.name}: ${(error as Error).message}`);
    return [];
  }
}

function print({ name, unit }: Row, found: readonly Kernel[], numbers: readonly number[]): void {
  const deno = numbers[found.findIndex((kernel) => kernel.name.startsWith("Deno"))];
  const cells = numbers.map((number) => {
    if (Number.isNaN(number)) return "–";
    const text = unit === "ms" ? number.toFixed(2) : Math.round(number).toLocaleString("en");
    return deno === undefined ? text : `${text} (${(number / deno).toFixed(2)} ×)`;
  });
  console.log([`${name} [${unit}]`.padEnd(30), ...cells.map((text) => text.padStart(20))].join(""));
}
