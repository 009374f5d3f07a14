/** JSX whose functions come from a module: which one a file means, and how what is emitted gets them. */
import { type CompilerOptions, type SourceFile, ts } from "./typescript.ts";

/** Whether JSX is turned into calls of a module's functions. */
export const isModern = ({ jsx }: CompilerOptions): boolean =>
  jsx === ts.JsxEmit.ReactJSX || jsx === ts.JsxEmit.ReactJSXDev;

/** With what the tags `@jsxImportSource` and `@jsxRuntime` say: emitted, the file no longer begins with them. */
export function withJsx(file: SourceFile, options: CompilerOptions): CompilerOptions {
  const { pragmas } = file as unknown as { pragmas: ReadonlyMap<string, Pragma | readonly Pragma[]> };
  const tag = (name: string): string | undefined =>
    [pragmas.get(name) ?? []].flat().at(-1)?.arguments.factory;
  const runtime = tag("jsxruntime");
  const source = tag("jsximportsource") ?? options.jsxImportSource;
  const { jsxImportSource, ...classic } = options;
  const modern = source !== undefined || runtime === "automatic" || isModern(options);
  if (!modern || runtime === "classic") return { ...classic, jsx: ts.JsxEmit.React };
  const { jsxFactory, jsxFragmentFactory, ...rest } = classic;
  return { ...rest, jsx: ts.JsxEmit.ReactJSX, ...(source !== undefined && { jsxImportSource: source }) };
}

interface Pragma {
  readonly arguments: { readonly factory?: string };
}

/** Takes the imports above `start` out of what TypeScript emitted; each leaves its line. `load` loads a module. */
export function takeImports(
  code: string,
  start: string,
  load: string,
): { readonly rest: string; readonly imports: string } {
  let imports = "";
  const at = code.indexOf(start);
  const head = code
    .slice(0, at)
    .replace(/^import \{ (.*) \} from (".*");$/gm, (_all, names: string, module: string) => {
      imports += `const {${names.replaceAll(" as ", ": ")}}=${load}(${module});`;
      return "";
    });
  return { rest: head + code.slice(at).replace(/\nexport \{\};\s*$/, ""), imports };
}
