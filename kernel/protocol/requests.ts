/** Contents of requests, checked field by field: what comes from outside is trusted only after this. */
import type { Fields, HistoryRequest, Requests } from "./messages.ts";

/** A request whose content is not what the protocol says. */
export class ContentError extends Error {
  override readonly name = "ContentError";
}

/** One reader for each request: its content, typed, or a ContentError. Without a `cursor_pos` the code's end is meant. */
export const readContent: { readonly [K in keyof Requests]: (content: Fields) => Requests[K]["request"] } = {
  kernel_info: () => ({}),
  execute(content) {
    const expressions = field(content, "user_expressions", isObject, "an object", {});
    for (const name of Object.keys(expressions)) field(expressions, name, isString, "a string");
    const silent = field(content, "silent", isBoolean, "a boolean", false);
    return {
      code: field(content, "code", isString, "a string"),
      silent,
      store_history: !silent && field(content, "store_history", isBoolean, "a boolean", true),
      user_expressions: expressions as Record<string, string>,
      allow_stdin: field(content, "allow_stdin", isBoolean, "a boolean", true),
      stop_on_error: field(content, "stop_on_error", isBoolean, "a boolean", true),
    };
  },
  complete: (content) => ({
    code: field(content, "code", isString, "a string"),
    cursor_pos: field(content, "cursor_pos", isNumber, "a number", Number.MAX_SAFE_INTEGER),
  }),
  inspect: (content) => ({
    code: field(content, "code", isString, "a string"),
    cursor_pos: field(content, "cursor_pos", isNumber, "a number", Number.MAX_SAFE_INTEGER),
    detail_level: field(content, "detail_level", isNumber, "a number", 0) > 0 ? 1 : 0,
  }),
  is_complete: (content) => ({ code: field(content, "code", isString, "a string") }),
  history: readHistory,
  comm_info: (content) => ({ target_name: field(content, "target_name", isString, "a string", null) }),
  interrupt: () => ({}),
  // Whoever wants it gone should not have to ask twice.
  shutdown: ({ restart }) => ({ restart: restart === true }),
  connect: () => ({}),
  usage: () => ({}),
  create_subshell: () => ({}),
  list_subshell: () => ({}),
  delete_subshell: (content) => ({ subshell_id: field(content, "subshell_id", isString, "a string") }),
  // Its fields are those of another protocol, whose answers say what is wrong with them.
  debug: (content) => content,
};

function readHistory(content: Fields): HistoryRequest {
  const shared = {
    output: field(content, "output", isBoolean, "a boolean", false),
    raw: field(content, "raw", isBoolean, "a boolean", true),
  };
  const hist_access_type = field(content, "hist_access_type", isString, "a string");
  if (hist_access_type === "tail") {
    return { ...shared, hist_access_type, n: field(content, "n", isNumber, "a number", 10) };
  }
  if (hist_access_type === "range") {
    return {
      ...shared,
      hist_access_type,
      session: field(content, "session", isNumber, "a number", 0),
      start: field(content, "start", isNumber, "a number", 0),
      stop: field(content, "stop", isNumber, "a number", null),
    };
  }
  if (hist_access_type === "search") {
    return {
      ...shared,
      hist_access_type,
      pattern: field(content, "pattern", isString, "a string", "*"),
      n: field(content, "n", isNumber, "a number", null),
      unique: field(content, "unique", isBoolean, "a boolean", false),
    };
  }
  throw wrong("hist_access_type", hist_access_type, 'one of "tail", "range" and "search"');
}

/** One field; absent and null mean the default where there is one. */
function field<T, D = never>(
  content: Fields,
  name: string,
  is: (value: unknown) => value is T,
  expected: string,
  ...otherwise: [] | [D]
): T | D {
  const value = Object.hasOwn(content, name) ? content[name] : undefined;
  if (is(value)) return value;
  if (otherwise.length > 0 && (value === undefined || value === null)) return otherwise[0] as D;
  throw wrong(name, value, expected);
}

function wrong(name: string, value: unknown, expected: string): ContentError {
  const given = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
  return new ContentError(`${name}: ${given} was given: ${expected} was expected`);
}

const isString = (value: unknown): value is string => typeof value === "string";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isNumber = (value: unknown): value is number => typeof value === "number";
export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
