/** `npm run bench -- NAME [--python PATH] [--node PATH…] [--only TEXT] [--peer TEXT…] [--install]`: measures, beside a peer where one is given. */
import { parseArgs } from "node:util";
import { cells } from "./bench/cells.ts";
import { dispatch } from "./bench/dispatch.ts";
import { kernels } from "./bench/kernels.ts";

export interface BenchOptions {
  /** A Python that has the peer's package. */
  readonly python: string | undefined;
  /** The Nodes that run user code; this one where none is given. */
  readonly nodes: readonly string[];
  /** A part of the names of what is measured. */
  readonly only: string | undefined;
  /** Parts of the names of the kernels beside ours; all where none is given. */
  readonly peers: readonly string[];
  /** Whether npm is asked for missing peers. */
  readonly install: boolean;
}

/** Every benchmark by name; each prints its own lines. */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  dispatch,
  cells,
  kernels,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string" },
    node: { type: "string", multiple: true },
    only: { type: "string" },
    peer: { type: "string", multiple: true },
    install: { type: "boolean", default: false },
  },
});
const python = values.python ?? process.env.JACOBI_BENCH_PYTHON;
const names = positionals.length ? positionals : Object.keys(benches);
const options = {
  python,
  nodes: values.node ?? [],
  only: values.only,
  peers: values.peer ?? [],
  install: values.install,
};
for (const name of names) {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench) await bench(options);
  else console.error(`bench: ${name}: expected one of ${Object.keys(benches).join(", ")}`);
  if (!bench) process.exitCode = 2;
}
