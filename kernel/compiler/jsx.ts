/** JSX whose functions come from a module: which one a file means, and how what is emitted gets them. */
import { type CompilerOptions, type SourceFile, ts } from "./typescript.ts";

/** What the last tag of the name in the first comments says: `@jsx h` is `h`. Several may share a line, as in Babel. */
export function tagged({ text }: SourceFile, name: JsxTag): string | undefined {
  const blocks = (ts.getLeadingCommentRanges(text, 0) ?? [])
    .filter(({ kind }) => kind === ts.SyntaxKind.MultiLineCommentTrivia)
    .map(({ pos, end }) => text.slice(pos, end - 2));
  return [...blocks.join("\n").matchAll(new RegExp(`@${name}\\s+(\\S+)`, "g"))].at(-1)?.[1];
}

type JsxTag = "jsx" | "jsxFrag" | "jsxRuntime" | "jsxImportSource";

/** Whether JSX is turned into calls of a module's functions. */
export const isModern = ({ jsx }: CompilerOptions): boolean =>
  jsx === ts.JsxEmit.ReactJSX || jsx === ts.JsxEmit.ReactJSXDev;

/** With what the tags `@jsxImportSource` and `@jsxRuntime` say: emitted, the file no longer begins with them. */
export function withJsx(file: SourceFile, options: CompilerOptions): CompilerOptions {
  const runtime = tagged(file, "jsxRuntime");
  const source = tagged(file, "jsxImportSource") ?? options.jsxImportSource;
  const { jsxImportSource, ...classic } = options;
  const modern = source !== undefined || runtime === "automatic" || isModern(options);
  if (!modern || runtime === "classic") return { ...classic, jsx: ts.JsxEmit.React };
  const { jsxFactory, jsxFragmentFactory, ...rest } = classic;
  return { ...rest, jsx: ts.JsxEmit.ReactJSX, ...(source !== undefined && { jsxImportSource: source }) };
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
