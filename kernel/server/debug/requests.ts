/** The requests of a debugger's client, one entry each. https://microsoft.github.io/debug-adapter-protocol/specification */
import type { Fields } from "../../protocol/messages.ts";
import type { SourceBreakpoint } from "./breakpoints.ts";
import { DapError, fields, isFields, list, number, optionalNumber, optionalText, text } from "./dap.ts";
import type { Debuggee } from "./debuggee.ts";
import { type Frame, PAUSE, type Step, withNames } from "./execution.ts";
import { toArgument } from "./target.ts";
import { GLOBALS, isIdentifier } from "./variables.ts";

/** Gives the response's body. */
export type DapHandler = (given: Fields, debuggee: Debuggee) => Promise<Fields>;

/** The one thread that is debugged. */
export const THREAD = 1;

/** Requests to a main that is debugged. */
export const requests: ReadonlyMap<string, DapHandler> = new Map<string, DapHandler>([
  ["configurationDone", async () => ({})],
  ["threads", async () => ({ threads: [{ id: THREAD, name: "main" }] })],
  ["setBreakpoints", setBreakpoints],
  ["setExceptionBreakpoints", setExceptionBreakpoints],
  ["stackTrace", stackTrace],
  [
    "scopes",
    async (given, debuggee) => ({ scopes: await debuggee.variables.scopes(frameOf(given, debuggee)) }),
  ],
  ["setVariable", setVariable],
  ["source", source],
  ["modules", modules],
  ["exceptionInfo", exceptionInfo],
  ["copyToGlobals", copyToGlobals],
  ["continue", go(undefined, { allThreadsContinued: true })],
  ["next", go("stepOver")],
  ["stepIn", go("stepInto")],
  ["stepOut", go("stepOut")],
  ["pause", pause],
]);

/** Requests about values, which need no debugger. */
export const inspections: ReadonlyMap<string, DapHandler> = new Map<string, DapHandler>([
  ["inspectVariables", async (_, { variables }) => ({ variables: await variables.globals() })],
  ["richInspectVariables", richInspectVariables],
  ["variables", variables],
  ["evaluate", evaluate],
]);

async function setBreakpoints(given: Fields, { breakpoints }: Debuggee): Promise<Fields> {
  const path = text(fields(given, "source"), "path");
  const wanted = list(given, "breakpoints").map((one): SourceBreakpoint => {
    if (!isFields(one)) throw new DapError("breakpoints: each must be an object with a line");
    const column = optionalNumber(one, "column");
    const condition = optionalText(one, "condition");
    const hitCondition = optionalText(one, "hitCondition");
    return {
      line: number(one, "line"),
      ...(column !== undefined && { column }),
      ...(condition && { condition }),
      ...(hitCondition && { hitCondition }),
    };
  });
  return { breakpoints: await breakpoints.set(path, wanted) };
}

async function setExceptionBreakpoints(given: Fields, { execution }: Debuggee): Promise<Fields> {
  const filters = list(given, "filters");
  const unknown = filters.find((one) => one !== "caught" && one !== "uncaught");
  if (unknown !== undefined)
    throw new DapError(`filters: ${JSON.stringify(unknown)} was given: caught or uncaught was expected`);
  await execution.pauseOnExceptions({
    caught: filters.includes("caught"),
    uncaught: filters.includes("uncaught"),
  });
  return { breakpoints: filters.map(() => ({ verified: true })) };
}

async function stackTrace(given: Fields, { execution }: Debuggee): Promise<Fields> {
  onlyThread(given);
  const frames = execution.frames();
  const start = optionalNumber(given, "startFrame") ?? 0;
  const levels = optionalNumber(given, "levels") || frames.length;
  const shown = frames.slice(start, start + levels);
  return { stackFrames: shown.map(toStackFrame), totalFrames: frames.length };
}

/** https://microsoft.github.io/debug-adapter-protocol/specification#Types_StackFrame */
const toStackFrame = ({ id, name, line, column, script }: Frame): Fields => ({
  id,
  name,
  line,
  column,
  source: { name: script.name, path: script.path },
});

async function variables(given: Fields, debuggee: Debuggee): Promise<Fields> {
  const filter = optionalText(given, "filter");
  const page = {
    ...(filter && { filter }),
    start: optionalNumber(given, "start"),
    count: optionalNumber(given, "count"),
  };
  return { variables: await debuggee.variables.children(number(given, "variablesReference"), page) };
}

async function setVariable(given: Fields, debuggee: Debuggee): Promise<Fields> {
  const { execution, target } = debuggee;
  const { handle, path, frame, group } = debuggee.variables.container(number(given, "variablesReference"));
  const [name, value] = [text(given, "name"), text(given, "value")];
  const isScope = path === "";
  if (isScope && !isIdentifier(name)) throw notIdentifier("name", name);
  const code = isScope ? `${name} = (${value}\n)` : `(${value}\n)`;
  const result =
    frame === undefined
      ? await target.evaluate(withNames(code, []), group)
      : await execution.evaluate(frame, code, group);
  // Of a scope's variables this is the copy that the client walks.
  await target.assign(handle, name, toArgument(result));
  const { result: shown, ...rest } = debuggee.variables.result(
    await target.describe(result, group),
    name,
    frame,
  );
  return { value: shown, ...rest };
}

async function evaluate(given: Fields, debuggee: Debuggee): Promise<Fields> {
  const { target, execution } = debuggee;
  const expression = text(given, "expression");
  const frame = optionalFrame(given, debuggee);
  const result =
    frame === undefined
      ? await target.evaluate(withNames(expression, []), GLOBALS)
      : await execution.evaluate(frame, expression, PAUSE);
  const row = await target.describe(result, frame === undefined ? GLOBALS : PAUSE);
  return debuggee.variables.result(row, expression, frame);
}

async function richInspectVariables(given: Fields, debuggee: Debuggee): Promise<Fields> {
  const { target, execution } = debuggee;
  const name = text(given, "variableName");
  if (!isIdentifier(name)) throw notIdentifier("variableName", name);
  const frame = optionalFrame(given, debuggee);
  const value =
    frame === undefined
      ? await target.evaluate(withNames(name, []), GLOBALS)
      : await execution.evaluate(frame, name, PAUSE);
  // While main is paused, no promise settles.
  const bundle = await target.display(toArgument(value), !execution.isPaused());
  return isFields(bundle) ? bundle : { data: {}, metadata: {} };
}

async function copyToGlobals(given: Fields, debuggee: Debuggee): Promise<Fields> {
  const names = [text(given, "srcVariableName"), text(given, "dstVariableName")] as const;
  for (const name of names) if (!isIdentifier(name)) throw notIdentifier("variable name", name);
  const frame = frameOf({ frameId: given.srcFrameId }, debuggee);
  const value = await debuggee.execution.evaluate(frame, names[0], PAUSE);
  await debuggee.copyToGlobals(names[1], toArgument(value));
  const row = await debuggee.target.describe(value, PAUSE);
  const { result, ...rest } = debuggee.variables.result(row, names[1], frame);
  return { value: result, ...rest };
}

async function source(given: Fields, { cells, scripts, inspector }: Debuggee): Promise<Fields> {
  const path = text(isFields(given.source) ? given.source : given, "path");
  const content = cells.read(path);
  if (content !== undefined) return { content, mimeType: "text/typescript" };
  const script = (await scripts.at(path)).at(-1);
  if (script === undefined) throw new DapError(`source: ${path}: no such source is loaded`);
  if (script.text !== null) return { content: script.text, mimeType: "text/typescript" };
  const { scriptSource } = await inspector.post("Debugger.getScriptSource", { scriptId: script.id });
  return { content: scriptSource, mimeType: "text/javascript" };
}

async function modules(given: Fields, { scripts }: Debuggee): Promise<Fields> {
  const all = scripts.files().map(({ id, path }) => ({ id, name: path.split("/").at(-1), path }));
  const start = optionalNumber(given, "startModule") ?? 0;
  const count = optionalNumber(given, "moduleCount") || all.length;
  return { modules: all.slice(start, start + count), totalModules: all.length };
}

async function exceptionInfo(given: Fields, { execution }: Debuggee): Promise<Fields> {
  onlyThread(given);
  const thrown = execution.thrown();
  if (thrown === undefined) throw new DapError("exceptionInfo: main is not paused on an exception");
  const { description = String(thrown.value), className = thrown.type } = thrown;
  const [message] = description.split("\n    at ", 1);
  const details = { message, typeName: className, stackTrace: description };
  return { exceptionId: className, description: message, breakMode: "always", details };
}

function go(how: Step | undefined, body: Fields = {}): DapHandler {
  return async (given, { execution }) => {
    onlyThread(given);
    await (how === undefined ? execution.resume() : execution.step(how));
    return body;
  };
}

async function pause(given: Fields, { execution }: Debuggee): Promise<Fields> {
  onlyThread(given);
  await execution.pause();
  return {};
}

function onlyThread(given: Fields): void {
  const id = optionalNumber(given, "threadId") ?? THREAD;
  if (id !== THREAD)
    throw new DapError(`threadId: ${id} was given: ${THREAD} was expected: it is the only thread`);
}

function frameOf(given: Fields, { execution }: Debuggee): Frame {
  const id = number(given, "frameId");
  const frame = execution.frames().find((one) => one.id === id);
  if (frame === undefined)
    throw new DapError(`frameId: ${id} was given: a frame of the last stackTrace was expected`);
  return frame;
}

const optionalFrame = (given: Fields, debuggee: Debuggee): Frame | undefined =>
  optionalNumber(given, "frameId") === undefined ? undefined : frameOf(given, debuggee);

const notIdentifier = (what: string, given: string): DapError =>
  new DapError(`${what}: ${JSON.stringify(given.slice(0, 80))} was given: a name was expected`);
