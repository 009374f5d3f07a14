/** What stands behind a proxy, so that looking at a value runs none of its traps. */
import { types } from "node:util";
import { setFlagsFromString } from "node:v8";

/** The object that a proxy stands for, through proxies of proxies; other values as they are; null when revoked. */
export function behind<T extends object>(value: T): T | null {
  let found: T | null = value;
  while (found !== null && types.isProxy(found)) found = targetOf(found);
  return found;
}

let read: ((proxy: object) => object | null) | undefined;

/** By V8's own function, since no public one tells; `util.inspect` looks through proxies in the same way. */
function targetOf<T extends object>(proxy: T): T | null {
  read ??= compile();
  return read(proxy) as T | null;
}

function compile(): (proxy: object) => object | null {
  setFlagsFromString("--allow-natives-syntax");
  try {
    return new Function("proxy", "return %JSProxyGetTarget(proxy)") as never;
  } catch {
    return () => null;
  } finally {
    setFlagsFromString("--no-allow-natives-syntax");
  }
}
