/** Runs recorded cases and counts them: passed, failed with the reason, and missing names apart. */
import { float32, set_default_dtype } from "../core/dtype.ts";
import { mode } from "../core/mode.ts";
import * as torch from "../index.ts";
import { loadNumpy } from "../numpy/load.ts";
import { set_printoptions } from "../print.ts";
import { compareError, runCall } from "./calls.ts";
import { type Case, type Json, readCases } from "./cases.ts";
import { runModule } from "./modules.ts";
import { runOptimizer } from "./optimizers.ts";
import { Program } from "./program.ts";
import { compareWith, decode, exact, Missing, type Tolerance, toleranceOf } from "./values.ts";

/** What came of a file's cases; `failed` and `missing` by the case's id. */
export interface Outcome {
  readonly passed: string[];
  readonly failed: Map<string, string>;
  readonly missing: Map<string, string>;
}

/** Runs all cases of a file, or those whose id `only` accepts. */
export function runFile(file: string, folder?: string, only: (c: Case) => boolean = () => true): Outcome {
  const outcome: Outcome = { passed: [], failed: new Map(), missing: new Map() };
  for (const c of readCases(file, folder).filter(only)) {
    try {
      const wrong = runCase(file, c);
      if (wrong === undefined) outcome.passed.push(c.id);
      else outcome.failed.set(c.id, wrong);
    } catch (error) {
      const name = missingName(error);
      if (name !== undefined) outcome.missing.set(c.id, name);
      else outcome.failed.set(c.id, describe(error));
    }
  }
  return outcome;
}

/** What a thrown error says is missing; undefined for any other. */
function missingName(error: unknown): string | undefined {
  if (error instanceof Missing) return error.message;
  const text = error instanceof Error ? error.message : "";
  return /got an unexpected keyword argument '(\w+)'/.exec(text)?.[0];
}

function describe(error: unknown): string {
  return error instanceof Error ? `threw ${error.name}: ${error.message.split("\n")[0]}` : `threw ${error}`;
}

/** What is wrong with one case, or undefined. Throws where the library lacks something. */
export function runCase(file: string, c: Case): string | undefined {
  reset(c);
  if (file === "optim") return runOptimizer(c);
  if (file === "modules") return runModule(c);
  return "prog" in c ? runProgram(file, c) : runCall(c);
}

/** The state that FORMAT.md promises before each case. */
function reset(c: Case): void {
  mode.grad = true;
  set_default_dtype(float32);
  set_printoptions({ profile: "default" });
  torch.manual_seed(0);
  if (typeof c.src === "string" && c.src.includes("np.")) loadNumpy().random.seed(0);
}

const closeTo: Record<string, (dtype: string) => Tolerance> = {
  printing: () => exact,
  rng: () => exact,
  e2e: (dtype) => (dtype === "float32" ? { rtol: 1e-4, atol: 1e-5 } : { rtol: 1e-4, atol: 1e-5 }),
};

function runProgram(file: string, c: Case): string | undefined {
  const inputs = Object.entries((c.inputs ?? {}) as Record<string, Json>);
  const program = new Program(Object.fromEntries(inputs.map(([name, value]) => [name, decode(value)])));
  const stopped = program.run(c.prog as readonly (readonly Json[])[]);
  if (stopped !== undefined && c.error === undefined) throw stopped.error;
  const expected = (c.show ?? []) as readonly Json[];
  const wrong = compareWith(closeTo[file] ?? toleranceOf)(program.shown, expected);
  if (wrong !== undefined) return `show${wrong}`;
  if (c.error === undefined) return undefined;
  if (stopped === undefined) return `did not throw "${c.error.message.split("\n")[0]}"`;
  if (missingName(stopped.error) !== undefined && !c.error.message.includes("keyword")) throw stopped.error;
  if (stopped.at !== c.error.at) throw stopped.error;
  return compareError(stopped.error, c.error);
}
