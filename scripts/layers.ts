/** Which folder may import which, as data, with the check that every import keeps to it and none goes in a circle. */
import { posix } from "node:path";
import ts from "typescript";

/** What the files under `from` may import: paths of ours and packages, by prefix; their own folder always. */
export interface Rule {
  readonly from: string;
  readonly to: readonly string[];
}

/** The first rule that fits a file holds. */
export const rules: readonly Rule[] = [
  { from: "kernel/main.ts", to: ["kernel/", "node:"] },
  { from: "kernel/protocol/connection-file.ts", to: ["kernel/protocol/", "node:fs", "node:crypto"] },
  { from: "kernel/protocol/", to: ["node:crypto"] },
  {
    from: "kernel/server/",
    to: [
      "kernel/protocol/",
      "kernel/bundles.ts",
      "kernel/threads.ts",
      "kernel/records.ts",
      "zeromq",
      "node:",
    ],
  },
  {
    from: "kernel/compiler/",
    to: [
      "kernel/threads.ts",
      "kernel/local-paths.ts",
      "kernel/magics.ts",
      "kernel/store.ts",
      "typescript",
      "node:",
    ],
  },
  {
    from: "kernel/runtime/prelude.ts",
    to: [
      "kernel/runtime/",
      "kernel/display/",
      "kernel/threads.ts",
      "kernel/originals.ts",
      "tensor/",
      "jacobi",
      "node:",
    ],
  },
  {
    from: "kernel/runtime/",
    to: [
      "kernel/comm/",
      "kernel/display/",
      "kernel/threads.ts",
      "kernel/records.ts",
      "kernel/originals.ts",
      "kernel/local-paths.ts",
      "kernel/magics.ts",
      "kernel/store.ts",
      "node:",
    ],
  },
  { from: "kernel/display/", to: ["kernel/originals.ts", "node:", "@resvg/resvg-js", "dejavu-fonts-ttf"] },
  { from: "kernel/comm/", to: ["node:"] },
  { from: "kernel/tslab/", to: ["kernel/display/", "node:"] },
  { from: "kernel/run/", to: ["kernel/protocol/", "zeromq", "ws", "node:"] },
  {
    from: "kernel/cli.ts",
    to: ["kernel/install.ts", "kernel/doctor.ts", "kernel/run/", "node:"],
  },
  {
    from: "kernel/",
    to: [
      "kernel/threads.ts",
      "kernel/records.ts",
      "kernel/originals.ts",
      "kernel/magics.ts",
      "kernel/store.ts",
      "node:",
    ],
  },
  { from: "tensor/core/", to: [] },
  { from: "tensor/gpu/", to: ["tensor/core/", "node:", "webgpu", "gpu.js"] },
  { from: "tensor/backend/", to: ["tensor/core/", "tensor/gpu/", "node:"] },
  { from: "tensor/ops/", to: ["tensor/core/", "tensor/backend/"] },
  { from: "tensor/autograd/", to: ["tensor/core/", "tensor/ops/"] },
  { from: "tensor/methods.ts", to: ["tensor/core/", "tensor/ops/", "tensor/autograd/"] },
  { from: "tensor/", to: ["tensor/", "numpy-ts", "node:"] },
  { from: "scripts/", to: ["kernel/", "tensor/", "scripts/", "jacobi", ""] },
];

interface Import {
  readonly target: string;
  /** Gone when compiled: it cannot close a circle at run time. */
  readonly typeOnly: boolean;
}

/** One line for each import against the rules and each circle, given all sources by path; none when all is well. */
export function checkLayers(sources: ReadonlyMap<string, string>): string[] {
  const imports = new Map([...sources].map(([file, text]) => [file, importsOf(file, text)]));
  const wrong = [...imports].flatMap(([file, list]) => list.flatMap((one) => against(file, one.target)));
  return [...wrong, ...circles(imports)];
}

function against(file: string, target: string): string[] {
  const test = /\.test\.ts$|[./]test-[\w-]+\.ts$/.test(file); // tests and what only they use
  if (test && !(file.startsWith("tensor/") && target.startsWith("kernel/"))) return [];
  const rule = rules.find(({ from }) => file.startsWith(from));
  if (!rule) return [`${file}: no rule in scripts/layers.ts: every folder of sources needs one`];
  const own = rule.from.endsWith("/") ? [rule.from] : [];
  if ([...own, ...rule.to].some((prefix) => target.startsWith(prefix))) return [];
  return [`${file} imports ${target}: ${rule.from} may import ${rule.to.join(", ") || "nothing outside it"}`];
}

/** Every import, export-from and `import()` of a file, relative ones as paths from the root. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const relative = specifier.text.startsWith(".");
    const target = relative ? posix.join(posix.dirname(file), specifier.text) : specifier.text;
    found.push({ target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], true);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext));
  return found;
}

/** Each circle of imports that are there at run time, once, as `a → b → a`. */
function circles(imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push(`import circle: ${[...path.slice(at), file].join(" → ")}`);
    if (at >= 0 || done.has(file)) return;
    for (const one of imports.get(file) ?? []) if (!one.typeOnly) walk(one.target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return found;
}
