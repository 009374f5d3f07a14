/** Times a hot loop at the top level of a cell against the same loop in a function, per turn. */
import { tmpdir } from "node:os";
import vm from "node:vm";
import { Cells } from "./run-cells.ts";

const turns = 5_000_000;
const rounds = 9;
const loop = (total: string) => `for (let i = 0; i < ${turns}; i++) { ${total} += i & 7 }`;
const calling = (total: string) => `for (let i = 0; i < ${turns}; i++) { ${total} += Math.abs(i & 7) }`;

/** Nanoseconds of processor time a turn, the best of several interleaved rounds. */
export function benchLoops(): Record<string, number> {
  const cells = new Cells(tmpdir());
  const cell = (source: string) => {
    const body = vm.runInThisContext(cells.compile(source));
    return () => body(cells.store, cells.context);
  };
  const plain = (body: string) =>
    vm.runInThisContext(`(() => { let t = 0; ${body}; return t })`) as () => unknown;
  const bodies: Record<string, () => unknown> = {
    "plain JavaScript": plain(loop("t")),
    "top level": cell(`let t = 0; ${loop("t")}`),
    "top level, of an earlier cell": cell(loop("t")),
    "top level, seen by a closure": cell(`let u = 0; const seen = () => u; ${loop("u")}`),
    "in a function of a cell": cell(`(() => { let t = 0; ${loop("t")}; return t })()`),
    "plain JavaScript, with calls": plain(calling("t")),
    "top level, with calls": cell(`let v = 0; ${calling("v")}`),
  };
  const best: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, body] of Object.entries(bodies)) {
      const start = process.cpuUsage().user;
      body();
      const time = ((process.cpuUsage().user - start) * 1000) / turns;
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, time);
    }
  }
  return best;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1])) {
  for (const [name, time] of Object.entries(benchLoops()))
    console.log(`${name}: ${time.toFixed(2)} ns a turn`);
}
