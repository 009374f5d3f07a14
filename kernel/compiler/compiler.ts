/** What the compiler thread answers, as plain functions over one notebook's checker. */
import type { CellDiagnostic, Compiled, CompilerCalls } from "../threads.ts";
import { type Cell, Checker } from "./checker.ts";
import { complete } from "./complete.ts";
import { cellErrors, fileErrors } from "./diagnostics.ts";
import { earlyErrors } from "./early-errors.ts";
import { emitCell } from "./emit.ts";
import { isGuarded } from "./guarded.ts";
import { inspect } from "./inspect.ts";
import { completeMagic, inspectMagic, isCellComplete } from "./magic-questions.ts";
import { compileCell, type MagicParts, typescriptIn } from "./magics.ts";
import { compileModuleCell, tagsOf } from "./module-cells.ts";
import { transpile } from "./modules.ts";
import { EmitMemory } from "./names.ts";
import { tooDeep, unlessTooDeep } from "./too-deep.ts";

/** Every call of `CompilerCalls`: its request in, its reply out. */
export type Compiler = {
  readonly [K in keyof CompilerCalls]: (request: CompilerCalls[K]["request"]) => CompilerCalls[K]["reply"];
};

/** Steps that make later cells quicker; each is short, and may be taken at any time or never. */
export type WarmUp = () => boolean;

// What most notebooks mention, in the order in which they do; checking it once loads its declarations.
const mentions = ["torch.zeros(1)", "plt.plot([1])", "optim.SGD; nn.Linear; F.relu", "display(1)"];
// A tensor has 200 members: what the types of all are takes half a second when it is first asked, so it is asked by letter.
const members = [..."abcdefghijklmnopqrstuvwxyz"].map((letter) => `torch.zeros(1).${letter}`);

/** A compiler for the notebooks of `folder`; names live as long as it does. */
export function createCompiler(folder: string): Compiler & { readonly warmUp: WarmUp } {
  const checker = new Checker(folder);
  const memory = new EmitMemory();
  const cold = [
    ...mentions.map((source) => () => checker.check(checker.open(source, "warm-up"))),
    ...members.map((source) => () => complete(checker, source, source.length)),
  ];
  let isTold = false;
  const errorsIn = (cell: Cell): readonly CellDiagnostic[] => {
    const errors = cellErrors(checker, cell, checker.check(cell));
    return errors.length > 0 ? errors : earlyErrors(cell, checker.program.options);
  };
  /** Compiles a cell; one that was accepted before is not checked again. */
  const compiling =
    (isAccepted: boolean): MagicParts["compile"] =>
    ({ source, name, shown }) => {
      const tags = tagsOf(source);
      if (tags) return compileModuleCell(checker, { source, name, shown }, tags);
      const cell = { ...checker.open(source, name), source: shown };
      if (isAccepted) checker.load(cell);
      else {
        const diagnostics = errorsIn(cell);
        if (diagnostics.length > 0) {
          checker.drop();
          return { ok: false, diagnostics };
        }
      }
      const captured = memory.captured.size;
      const emitted = emitCell(checker, cell, memory);
      checker.keep(cell);
      const isFleeting = memory.captured.size === captured && checker.isFleeting(cell);
      return { ok: true, ...(isFleeting && { isFleeting }), ...emitted };
    };
  const parts: MagicParts = { checker, memory, compile: compiling(false) };
  /** Adds to the first answer what is wrong with the options. */
  const withNotes = (compiled: Compiled): Compiled => {
    const { file, errors } = checker.config;
    if (isTold || !file || errors.length === 0) return compiled;
    isTold = true;
    return { ...compiled, notes: fileErrors(checker, file, errors) };
  };
  // What the checker was in the midst of is forgotten with it.
  const refuse = ({ source, name }: CompilerCalls["compile"]["request"]): Compiled => {
    checker.program.augmentations.reject();
    checker.renew();
    return { ok: false, diagnostics: [tooDeep(source, name)] };
  };
  const asked = <T>(ask: () => T, otherwise: () => T): T =>
    unlessTooDeep(() => checker.careful(ask), otherwise);
  return {
    /** Loads one more part of what cells mention; false when all is loaded. */
    warmUp() {
      cold.shift()?.();
      return cold.length > 0;
    },
    compile: (request) =>
      asked(
        () => withNotes(compileCell(parts, request)),
        () => refuse(request),
      ),
    restore({ cells }) {
      isTold = true;
      for (const cell of cells) {
        try {
          compileCell({ ...parts, compile: compiling(true) }, cell);
        } catch {
          // What it imports may be gone by now: the others do without its names.
          checker.program.augmentations.reject();
        }
      }
      return null;
    },
    complete: ({ source, offset }) =>
      asked(
        () => completeMagic(source, offset) ?? complete(checker, typescriptIn(source), offset),
        () => ({ matches: [], start: offset, end: offset }),
      ),
    inspect: ({ source, offset, detail }) =>
      asked(
        () => inspectMagic(source, offset) ?? inspect(checker, typescriptIn(source), offset, detail),
        () => null,
      ),
    guarded: isGuarded,
    isComplete: ({ source }) =>
      unlessTooDeep(
        () => isCellComplete(source),
        () => ({ status: "invalid", indent: "" }),
      ),
    transpile: ({ path, isSync }) => transpile(checker, path, isSync === true),
  };
}
