/** Variables as a client walks them: each that has children gets a number, valid while what it means is. */
import type { Fields } from "../../protocol/messages.ts";
import { DapError } from "./dap.ts";
import { type Frame, handlesOf, localScopes, PAUSE } from "./execution.ts";
import type { Handle, Page, Row, Target } from "./target.ts";

/** https://microsoft.github.io/debug-adapter-protocol/specification#Types_Variable */
interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly evaluateName?: string;
  readonly variablesReference: number;
  readonly namedVariables?: number;
  readonly indexedVariables?: number;
  readonly presentationHint?: Fields;
}

/** https://microsoft.github.io/debug-adapter-protocol/specification#Types_Scope */
interface Scope {
  readonly name: string;
  readonly presentationHint?: string;
  readonly variablesReference: number;
  readonly expensive: boolean;
}

/** What a number stands for. */
interface Container {
  readonly handle: Handle;
  readonly group: string;
  /** An expression for it; "" for a scope, whose variables are named as they are. */
  readonly path: string | undefined;
  /** Where expressions are evaluated; none outside all functions. */
  readonly frame: Frame | undefined;
}

export interface Variables {
  scopes(frame: Frame): Promise<readonly Scope[]>;
  /** The notebook's variables. */
  globals(): Promise<readonly Variable[]>;
  children(reference: number, page: Page): Promise<readonly Variable[]>;
  /** A value as the answer of an evaluation. */
  result(row: Row, expression: string, frame: Frame | undefined): Fields;
  /** What a number stands for; throws for one that is not valid any more. */
  container(reference: number): Container;
  /** Forgets what was valid during a pause. */
  forget(): void;
}

/** Values that live until the notebook's variables are asked for again. */
export const GLOBALS = "globals";

/** `isTypeShown`: false for a client that shows a type in place of the value; then only objects are given one. */
export function createVariables(target: Target, isTypeShown: () => boolean): Variables {
  const containers = new Map<number, Container>();
  let last = 0;

  const number = (container: Container): number => {
    containers.set(++last, container);
    return last;
  };
  const variable = (row: Row, parent: Container): Variable => {
    const { name, value, type, handle, named, indexed, isPrimitive, kind } = row;
    const path = pathTo(parent, name);
    const { group, frame } = parent;
    return {
      name,
      value,
      ...(type !== "" && (isTypeShown() || !isPrimitive) && { type }),
      ...(path !== undefined && { evaluateName: path }),
      variablesReference: handle === undefined ? 0 : number({ handle, group, path, frame }),
      ...(named > 0 && { namedVariables: named }),
      ...(indexed > 0 && { indexedVariables: indexed }),
      presentationHint: { kind },
    };
  };
  const scope = (name: string, presentationHint: string, handle: Handle, frame: Frame): Scope => ({
    name,
    presentationHint,
    variablesReference: number({ handle, group: PAUSE, path: "", frame }),
    expensive: false,
  });
  const forget = (group: string): void => {
    for (const [reference, container] of containers)
      if (container.group === group) containers.delete(reference);
  };
  const container = (reference: number): Container => {
    const found = containers.get(reference);
    if (found !== undefined) return found;
    throw new DapError(
      `variablesReference: ${reference} was given: a number of this pause was expected: ask for the scopes again`,
    );
  };

  return {
    async scopes(frame) {
      const all = localScopes(frame.call);
      const isClosure = ({ type }: { type: string }): boolean => type === "closure" || type === "module";
      const { text } = frame.script;
      const [own, closure] = [all.filter((one) => !isClosure(one)), all.filter(isClosure)].map(handlesOf);
      const locals = await target.locals(text, frame.isTop, own ?? [], PAUSE);
      const found = [scope("Locals", "locals", locals, frame)];
      if (closure !== undefined && closure.length > 0) {
        const handle = await target.locals(text, false, closure, PAUSE);
        if ((await target.list(handle, { count: 1 }, PAUSE)).length > 0)
          found.push(scope("Closure", "closure", handle, frame));
      }
      return [...found, scope("Globals", "globals", await target.globals(PAUSE), frame)];
    },
    async globals() {
      target.release(GLOBALS);
      forget(GLOBALS);
      const handle = await target.globals(GLOBALS);
      const parent = { handle, group: GLOBALS, path: "", frame: undefined };
      return (await target.list(handle, {}, GLOBALS)).map((row) => variable(row, parent));
    },
    async children(reference, page) {
      const parent = container(reference);
      return (await target.list(parent.handle, page, parent.group)).map((row) => variable(row, parent));
    },
    result(row, expression, frame) {
      const group = frame === undefined ? GLOBALS : PAUSE;
      const parent = { handle: "", group, path: "", frame };
      const { name: _, evaluateName: __, value, ...rest } = variable(row, parent);
      const reference = rest.variablesReference;
      const found = containers.get(reference);
      if (found !== undefined) containers.set(reference, { ...found, path: `(${expression})` });
      return { result: value, ...rest };
    },
    container,
    forget: () => forget(PAUSE),
  };
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** An expression for a child; undefined where there is none. */
function pathTo({ path }: Container, name: string): string | undefined {
  if (path === undefined || name === "…") return undefined;
  if (path === "") return identifier.test(name) ? name : undefined;
  if (/^\d+$/.test(name)) return `${path}[${name}]`;
  if (name.startsWith("[") || name.startsWith("#")) return undefined;
  return identifier.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

export const isIdentifier = (text: string): boolean => identifier.test(text);
