/** The children of a value as a debugger shows them, without running code of the value but its own text. */

import { types } from "node:util";
import { formatLine, formatText } from "../display/format.ts";
import { behind } from "../display/proxies.ts";
import type { DebugRow } from "../threads.ts";

/** Which children; all of both kinds without a filter, as many as one answer holds without a count. */
export interface Page {
  readonly filter?: "indexed" | "named";
  readonly start?: number;
  readonly count?: number;
}

export interface Child {
  readonly row: DebugRow;
  /** Its value when it has children, to ask for those; otherwise undefined. */
  readonly child: unknown;
}

/** Children in one answer when the client names no number, and characters of a value's text. */
const MOST = 1000;
const LENGTH = 200;

/** The children of `value`: elements first, then properties. */
export function childrenOf(value: object, { filter, start = 0, count }: Page): readonly Child[] {
  const object = behind(value) ?? value;
  const elements = filter === "named" ? null : elementsOf(object);
  const size = elements?.size ?? 0;
  const most = count || MOST;
  const end = Math.min(size, start + most);
  const indexed = Array.from({ length: Math.max(0, end - start) }, (_, i) => elements!.at(start + i));
  const properties = filter === "indexed" ? [] : propertiesOf(object);
  const from = Math.max(0, start - size);
  const named = properties.slice(from, from + most - indexed.length);
  const left = size + properties.length - start - indexed.length - named.length;
  const rest = count === undefined && left > 0 ? [restRow(left)] : [];
  return [...indexed, ...named, ...rest];
}

/** What to say of a value under a name. */
export function rowOf(name: string, value: unknown): Child {
  const isPrimitive = (typeof value !== "object" && typeof value !== "function") || value === null;
  if (isPrimitive) {
    const type = value === null ? "null" : typeof value;
    const text = formatText(value);
    return {
      row: { name, value: text, type, isPrimitive, named: 0, indexed: 0, kind: "data" },
      child: undefined,
    };
  }
  const object = behind(value) ?? {};
  const [named, indexed] = [namesOf(object).length, elementsOf(object)?.size ?? 0];
  const kind = typeof value !== "function" ? "data" : isClass(value) ? "class" : "method";
  const row = {
    name,
    value: formatLine(value, LENGTH),
    type: typeOf(object),
    isPrimitive,
    named,
    indexed,
    kind,
  } as const;
  return { row, child: named + indexed > 0 ? value : undefined };
}

interface Elements {
  readonly size: number;
  at(index: number): Child;
}

/** The elements of arrays, typed arrays, maps and sets; null for what has none. */
function elementsOf(object: object): Elements | null {
  if (Array.isArray(object) || (ArrayBuffer.isView(object) && !types.isDataView(object))) {
    const list = object as ArrayLike<unknown>;
    return {
      size: list.length,
      at: (index) =>
        index in list ? rowOf(String(index), list[index]) : textRow(String(index), "<empty>", "undefined"),
    };
  }
  if (types.isMap(object)) {
    const entries = [...Map.prototype.entries.call(object)];
    return {
      size: entries.length,
      at: (index) => rowOf(formatLine(entries[index]![0], 80), entries[index]![1]),
    };
  }
  if (types.isSet(object)) {
    const values = [...Set.prototype.values.call(object)];
    return { size: values.length, at: (index) => rowOf(String(index), values[index]) };
  }
  return null;
}

/** Own names that are no elements. */
function namesOf(object: object): readonly (string | symbol)[] {
  const isList = Array.isArray(object) || ArrayBuffer.isView(object);
  if (types.isTypedArray(object)) return [];
  const keys = Reflect.ownKeys(object).filter((key) => !(isList && isElement(key)));
  return typeof object === "function" ? keys.filter((key) => !ofFunctions.has(key)) : keys;
}

const ofFunctions = new Set<string | symbol>(["length", "name", "prototype", "arguments", "caller"]);
const isElement = (key: string | symbol): boolean => key === "length" || /^\d+$/.test(String(key));

function propertiesOf(object: object): readonly Child[] {
  return namesOf(object).map((key) => {
    const name = typeof key === "symbol" ? `[${String(key)}]` : key;
    try {
      const found = Object.getOwnPropertyDescriptor(object, key);
      if (found && "value" in found) return rowOf(name, found.value);
      return textRow(name, found?.get ? "[Getter]" : "[Setter]", "accessor");
    } catch {
      return textRow(name, "<not yet initialized>", "undefined");
    }
  });
}

const textRow = (name: string, value: string, type: string): Child => ({
  row: { name, value, type, isPrimitive: true, named: 0, indexed: 0, kind: "property" },
  child: undefined,
});

const restRow = (left: number): Child => textRow("…", `${left} more`, "");

const isClass = (value: object): boolean => /^class\b/.test(Function.prototype.toString.call(value));

/** The name of what a value is an instance of. */
function typeOf(object: object): string {
  if (typeof object === "function") return "function";
  try {
    const name: unknown = Object.getPrototypeOf(object)?.constructor?.name;
    return typeof name === "string" && name !== "" ? name : "object";
  } catch {
    return "object";
  }
}
