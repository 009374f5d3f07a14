/** Measures the workloads in this Node; prints a line of JSON for each. Started by `cells.ts`. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import vm from "node:vm";
import ts from "typescript";
import { Cells } from "../../kernel/compiler/run-cells.ts";
import { enter, newRun } from "../../kernel/runtime/cells.ts";
import { interruptChecks } from "../../kernel/runtime/interrupt.ts";
import { createStore } from "../../kernel/store.ts";
import { Signal } from "../../kernel/threads.ts";
import { type Workload, workloads } from "./workloads.ts";

/** Where a workload's code may stand. */
export const forms = ["plain", "function", "top", "split"] as const;
export type Form = (typeof forms)[number];

/** Milliseconds of processor time, the best of all interleaved rounds, and their ratios to `plain`. */
export interface Measured {
  readonly name: string;
  readonly turns: number;
  readonly times: Readonly<Record<Form, number>>;
  readonly ratios: Readonly<Record<Form, number>>;
}

type Outcome = readonly [time: number, result: unknown];
type Run = () => Promise<Outcome>;

const {
  names = "",
  rounds = "5",
  store: filled = "20",
} = Object.fromEntries(new URLSearchParams(process.argv[2]));
const checks = interruptChecks(new Int32Array(new SharedArrayBuffer(4 * Signal.size)));

function formsOf({ declare, run, result }: Workload): Record<Form, Run> {
  const timed = `const begun = process.cpuUsage();\n${run};\nconst { user, system } = process.cpuUsage(begun);`;
  const outcome = `[(user + system) / 1000, ${result}]`;
  const start = run.includes("await") ? "async " : "";
  const wrapped = `(${start}() => {\n${declare}\n${timed}\nreturn ${outcome};\n})()`;
  const cells = new Cells(tmpdir());
  const context = { ...cells.context, ...checks };
  const ofCells = (sources: readonly string[]): Run => {
    const codes = sources.map((source) => cells.compile(source));
    return () => {
      const store = createStore();
      for (let i = 0; i < Number(filled); i++) store.names[`filled${i}`] = i;
      let value: unknown;
      return enter(newRun(1), async () => {
        for (const code of codes) value = await fresh(code)(store, context);
        return value as Outcome;
      });
    };
  };
  const { outputText } = ts.transpileModule(`"use strict";${wrapped}`, {
    compilerOptions: { target: ts.ScriptTarget.ESNext },
  });
  return {
    plain: async () => fresh(outputText),
    function: ofCells([wrapped]),
    top: ofCells([`${declare}\n${timed}\n${outcome}`]),
    split: ofCells([declare, `${timed}\n${outcome}`]),
  };
}

let texts = 0;
/** V8 remembers what it learned about a text, and a cell runs once. */
const fresh = (code: string) => vm.runInThisContext(`${code}\n//${++texts}`);

async function measure(workload: Workload): Promise<Measured> {
  const runs = formsOf(workload);
  const times: Record<Form, number[]> = { plain: [], function: [], top: [], split: [] };
  const [, expected] = await runs.plain();
  for (let round = 0; round < Number(rounds); round++) {
    for (const form of forms) {
      const [time, result] = await runs[form]();
      assert.deepEqual(result, expected, `${workload.name}, ${form}`);
      times[form].push(time);
    }
  }
  const each = (of: (form: Form) => number) =>
    Object.fromEntries(forms.map((form) => [form, of(form)])) as Record<Form, number>;
  return {
    name: workload.name,
    turns: workload.turns,
    times: each((form) => Math.min(...times[form])),
    ratios: each((form) => Math.min(...times[form]) / Math.min(...times.plain)),
  };
}

for (const workload of workloads)
  if (workload.name.includes(names)) console.log(JSON.stringify(await measure(workload)));
