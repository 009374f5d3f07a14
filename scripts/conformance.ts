/** `npm run conformance`: how many of the recorded PyTorch cases give PyTorch's answer, by file, and what is missing. */
import { readdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { dataFolder } from "../tensor/conformance/cases.ts";
import { type Outcome, runFile } from "../tensor/conformance/run.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: dataFolder },
    only: { type: "string", default: "" },
    json: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});

if (values.help) {
  console.log(`npm run conformance -- [--data DIR] [--only TEXT] [--json FILE]
  --data DIR    a folder of *.jsonl.gz files (default: the ones in the repository)
  --only TEXT   cases whose file/id contains TEXT
  --json FILE   writes every outcome there`);
} else report(values.data, values.only, values.json);

function report(folder: string, only: string, json: string | undefined): void {
  const suffix = ".jsonl.gz";
  const files = readdirSync(folder).flatMap((name) =>
    name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : [],
  );
  const outcomes = new Map<string, Outcome>();
  for (const file of files) {
    const outcome = runFile(file, folder, ({ id }) => `${file}/${id}`.includes(only));
    const { passed, failed, missing } = outcome;
    if (passed.length + failed.size + missing.size === 0) continue;
    outcomes.set(file, outcome);
    console.log(
      `${file.padEnd(14)} ${passed.length} passed, ${failed.size} wrong, ${missing.size} need a name that is missing`,
    );
  }
  if (json !== undefined) writeFileSync(json, JSON.stringify(toJson(outcomes), null, 1));
  const all = [...outcomes.values()];
  const sum = (count: (outcome: Outcome) => number): number =>
    all.reduce((n, outcome) => n + count(outcome), 0);
  console.log(`${sum((o) => o.passed.length)} passed, ${sum((o) => o.failed.size + o.missing.size)} failed`);
}

function toJson(outcomes: ReadonlyMap<string, Outcome>): unknown {
  return Object.fromEntries(
    [...outcomes].map(([file, { passed, failed, missing }]) => [
      file,
      { passed, failed: Object.fromEntries(failed), missing: Object.fromEntries(missing) },
    ]),
  );
}
