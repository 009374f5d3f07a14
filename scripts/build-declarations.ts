/** Writes what the threads load: their modules in one script, declarations, TypeScript's text and code cache. */
import { tmpdir } from "node:os";
import { createCompiler } from "../kernel/compiler/compiler.ts";
import { buildDeclarations } from "../kernel/compiler/declarations.ts";
import { saveTypeScript } from "../kernel/compiler/load.ts";
import { bundleThreads } from "./bundle.ts";

bundleThreads();
buildDeclarations();
// The cache holds the functions that a cell has needed.
const compiler = createCompiler(tmpdir());
compiler.compile({
  source: "const xs = [1, 2].map((x) => x + 1);\nconsole.log(xs);\nclass A {}\nxs",
  name: "In [1]",
});
compiler.complete({ source: "xs.", offset: 3 });
compiler.inspect({ source: "xs", offset: 1, detail: 0 });
saveTypeScript();
