/** Magic cells: which of their parts is TypeScript, compiled in its own place. */
import { isMagicName, type Magic, type MagicHead, magicArguments, magicHead, magics } from "../magics.ts";
import type { Compiled, CompilerCalls } from "../threads.ts";
import type { Checker } from "./checker.ts";
import { withAdvice } from "./foreign.ts";
import type { EmitMemory } from "./names.ts";
import { emitTimed } from "./timed.ts";

type Request = CompilerCalls["compile"]["request"];

/** What is needed to compile a magic cell: the state of the notebook's compiler, and how it compiles other cells. */
export interface MagicParts {
  readonly checker: Checker;
  readonly memory: EmitMemory;
  /** Compiles TypeScript; excerpts are taken from `shown`, whose lines are the same. */
  compile(request: Request & { readonly shown: string }): Compiled;
}

const nothing: Compiled = { ok: true, code: "(() => {})" };

/** Compiles a cell that may begin with magics: each is given to main, and what is TypeScript runs inside them. */
export function compileCell(parts: MagicParts, { source, name }: Request): Compiled {
  return compileFrom(parts, { source, name, shown: source });
}

function compileFrom(parts: MagicParts, request: Request & { readonly shown: string }): Compiled {
  const head = magicHead(request.source);
  if (head === null) return withAdvice(parts.compile(request));
  const compiled = compileBody(parts, head, request);
  if (!compiled.ok) return compiled;
  const { name, args, body } = head;
  return { ...compiled, magics: [{ name, args, body }, ...(compiled.magics ?? [])] };
}

function compileBody(parts: MagicParts, head: MagicHead, request: Request & { shown: string }): Compiled {
  if (!isMagicName(head.name)) return nothing;
  const magic = magics[head.name];
  const { source, name, shown } = request;
  const inner = { name, shown, source: typescriptOf(source, head) };
  // Main refuses options that it does not know.
  if (magic.loops && magicArguments(magic.usage, head.args).rest.startsWith("-")) return nothing;
  if (magic.loops) {
    const compiled = emitTimed(parts, {
      ...inner,
      bodyAt: magic.body === "line" ? head.argsAt : head.bodyAt,
    });
    parts.checker.drop();
    return compiled;
  }
  if (magic.body === "code" || magic.body === "rest") return compileFrom(parts, inner);
  if (magic.body === "line") return parts.compile(inner);
  const names = variablesOf(magic, head);
  return names === "" ? nothing : parts.compile({ ...inner, source: names });
}

/** The cell with everything blanked that is no TypeScript; the rest stays in its place. */
export function typescriptOf(source: string, head: MagicHead): string {
  if (!isMagicName(head.name)) return blank(source);
  const { body, loops, usage } = magics[head.name];
  const isOnLine = body === "line" || (body === "code" && loops);
  const from = isOnLine ? head.argsAt + magicArguments(usage, head.args).restAt : head.bodyAt;
  if (body === "none" || body === "text") return blank(source);
  return blank(source.slice(0, from)) + source.slice(from);
}

const blank = (text: string): string => text.replace(/[^\r\n\u2028\u2029]/g, " ");

/** What a question about a cell is asked of: its TypeScript, without the magics it begins with. */
export function typescriptIn(source: string): string {
  const head = magicHead(source);
  return head === null ? source : typescriptIn(typescriptOf(source, head));
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Declares the variables that take a script's output. */
function variablesOf({ usage }: Magic, { args }: MagicHead): string {
  const { options } = magicArguments(usage, args);
  return [options["--out"], options["--err"]]
    .filter((name) => typeof name === "string" && identifier.test(name))
    .map((name) => `let ${name}: string = "";`)
    .join("");
}
