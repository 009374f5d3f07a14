/** What main answers a debugger: calls by value, and values kept there under handles. */
import type { Runtime } from "node:inspector";
import { DEBUG_TARGET, type DebugCalls, type DebugRow } from "../../threads.ts";
import { DapError } from "./dap.ts";
import type { Inspector } from "./inspector.ts";

/** Values on main, kept alive until their group is let go. */
export type Handle = string;

export interface Row extends DebugRow {
  /** Of a value that has children. */
  readonly handle?: Handle;
}

export interface Page {
  readonly filter?: string | undefined;
  readonly start?: number | undefined;
  readonly count?: number | undefined;
}

export interface Target {
  call<K extends keyof DebugCalls>(
    name: K,
    request: DebugCalls[K]["request"],
  ): Promise<DebugCalls[K]["reply"]>;
  /** The variables that `text` mentions, merged from scopes, innermost first. */
  locals(text: string | null, isTop: boolean, scopes: readonly Handle[], group: string): Promise<Handle>;
  /** The notebook's names. */
  globals(group: string): Promise<Handle>;
  /** The children of a value. */
  list(handle: Handle, page: Page, group: string): Promise<readonly Row[]>;
  /** What to say of a value that an evaluation gave. */
  describe(value: Runtime.RemoteObject, group: string): Promise<Row>;
  /** Sets a property. */
  assign(handle: Handle, name: string, value: Runtime.CallArgument): Promise<void>;
  /** Gives a name of the notebook a value; tells whether there was none of that name. */
  setGlobal(name: string, value: Runtime.CallArgument): Promise<boolean>;
  display(value: Runtime.CallArgument, mayWait: boolean): Promise<unknown>;
  /** Evaluates outside all functions. */
  evaluate(expression: string, group: string): Promise<Runtime.RemoteObject>;
  release(group: string): void;
}

/** The target behind an inspector. */
export async function createTarget(inspector: Inspector): Promise<Target> {
  const found = await inspector.post("Runtime.evaluate", {
    expression: `globalThis.${DEBUG_TARGET}`,
    silent: true,
  });
  const target = handleOf(found.result);

  const invoke = async (
    method: string,
    values: readonly Runtime.CallArgument[],
    options: Partial<Runtime.CallFunctionOnParameterType>,
  ): Promise<Runtime.RemoteObject> => {
    const answer = await inspector.post("Runtime.callFunctionOn", {
      objectId: target,
      functionDeclaration: `function(...values) { return this.${method}(...values); }`,
      arguments: [...values],
      silent: true,
      ...options,
    });
    return unlessThrown(answer);
  };
  const childrenIn = async (handle: Handle): Promise<readonly Runtime.PropertyDescriptor[]> =>
    (await inspector.post("Runtime.getProperties", { objectId: handle, ownProperties: true })).result;

  const rowsOf = async (listing: Runtime.RemoteObject): Promise<readonly Row[]> => {
    const { rows, values } = byName(await childrenIn(handleOf(listing)));
    if (rows === undefined || values === undefined) throw new Error("internal: a listing has no rows");
    const handles = byName(await childrenIn(handleOf(values)));
    return (JSON.parse(rows.value as string) as DebugRow[]).map((row, index) => {
      const handle = handles[index]?.objectId;
      return handle === undefined ? row : { ...row, handle };
    });
  };

  return {
    call: async (name, request) =>
      (await invoke("call", [{ value: name }, { value: request }], { returnByValue: true })).value as never,
    locals: async (text, isTop, scopes, objectGroup) => {
      const handles = scopes.map((objectId) => ({ objectId }));
      const answer = await inspector.post("Runtime.callFunctionOn", {
        objectId: target,
        functionDeclaration: "function(text, isTop, ...scopes) { return this.locals(text, isTop, scopes); }",
        arguments: [{ value: text }, { value: isTop }, ...handles],
        silent: true,
        objectGroup,
      });
      return handleOf(unlessThrown(answer));
    },
    globals: async (objectGroup) => handleOf(await invoke("globals", [], { objectGroup })),
    list: async (objectId, page, objectGroup) =>
      rowsOf(await invoke("list", [{ objectId }, { value: page }], { objectGroup })),
    async describe(value, objectGroup) {
      const held = await inspector.post("Runtime.callFunctionOn", {
        objectId: target,
        functionDeclaration: "function(value) { return this.list([value], {}); }",
        arguments: [toArgument(value)],
        silent: true,
        objectGroup,
      });
      return (await rowsOf(unlessThrown(held)))[0]!;
    },
    async assign(objectId, name, value) {
      const answer = await inspector.post("Runtime.callFunctionOn", {
        objectId,
        functionDeclaration:
          "function(name, value) { this instanceof Map ? this.set(name, value) : (this[name] = value); }",
        arguments: [{ value: name }, value],
        silent: true,
      });
      unlessThrown(answer);
    },
    setGlobal: async (name, value) =>
      (await invoke("setGlobal", [{ value: name }, value], { returnByValue: true })).value === true,
    async display(value, mayWait) {
      const bundle = await invoke("display", [value, { value: mayWait }], {});
      const promiseObjectId = handleOf(bundle);
      // A bundle that is there must not wait for main's event loop, which a cell may hold.
      const answer =
        bundle.subtype === "promise"
          ? await inspector.post("Runtime.awaitPromise", { promiseObjectId, returnByValue: true })
          : await inspector.post("Runtime.callFunctionOn", {
              objectId: promiseObjectId,
              functionDeclaration: "function() { return this; }",
              returnByValue: true,
            });
      return unlessThrown(answer).value;
    },
    async evaluate(expression, objectGroup) {
      const answer = await inspector.post("Runtime.evaluate", { expression, objectGroup, silent: true });
      return unlessThrown(answer);
    },
    release: (objectGroup) =>
      void inspector.post("Runtime.releaseObjectGroup", { objectGroup }).catch(() => {}),
  };
}

/** The value of an evaluation; what it threw as an error for the client. */
export function unlessThrown(answer: Runtime.EvaluateReturnType): Runtime.RemoteObject {
  const { exceptionDetails: thrown, result } = answer;
  if (thrown === undefined) return result;
  const { description, value } = thrown.exception ?? {};
  const [first = thrown.text] = (description ?? String(value ?? thrown.text)).split("\n    at ", 1);
  throw new DapError(first);
}

/** A value as an argument of the next call. */
export function toArgument(value: Runtime.RemoteObject): Runtime.CallArgument {
  const { objectId, unserializableValue, value: plain } = value;
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value: plain } : { unserializableValue };
}

const byName = (
  properties: readonly Runtime.PropertyDescriptor[],
): Readonly<Record<string, Runtime.RemoteObject | undefined>> =>
  Object.fromEntries(properties.map(({ name, value }) => [name, value]));

function handleOf({ objectId }: Runtime.RemoteObject): Handle {
  if (objectId === undefined) throw new Error("internal: the inspector gave no handle for an object");
  return objectId;
}
