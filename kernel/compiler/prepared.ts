/** What TypeScript's program builder would leave on a source file before it is bound. */
import { bound, type Node, type SourceFile, ts } from "./typescript.ts";

/** Every file but a declaration file is a module; for JavaScript it matters whether it says so itself. */
export function markModule(file: SourceFile): void {
  bound(file).externalModuleIndicator = ts.isFileProbablyExternalModule(file) ?? true;
}

/** What the program builder would have set on a file. */
export function prepare(file: SourceFile): void {
  const made = bound(file);
  made.path = made.resolvedPath = made.originalFileName = file.fileName;
  const augmentations: Node[] = [];
  const isModule = made.externalModuleIndicator !== undefined;
  const visit = (statements: readonly Node[], inAmbientModule: boolean) => {
    for (const node of statements) {
      if (!ts.isModuleDeclaration(node) || !ts.isAmbientModule(node)) continue;
      if (!inAmbientModule && !file.isDeclarationFile && !isDeclared(node)) continue;
      (node.name as { parent: Node }).parent = node;
      if (isModule || inAmbientModule) augmentations.push(node.name);
      else if (node.body && ts.isModuleBlock(node.body)) {
        (node.body as { parent: Node }).parent = node;
        visit(node.body.statements, true);
      }
    }
  };
  visit(file.statements, false);
  made.imports = [];
  made.moduleAugmentations = augmentations;
  made.ambientModuleNames = [];
}

const isDeclared = (node: Node): boolean =>
  ts.canHaveModifiers(node) &&
  (node.modifiers ?? []).some((one) => one.kind === ts.SyntaxKind.DeclareKeyword);

/** Whether loading a file changes what other files see. */
export const hasGlobalEffects = (file: SourceFile): boolean =>
  !ts.isJsonSourceFile(file) &&
  (bound(file).externalModuleIndicator === undefined || bound(file).moduleAugmentations.length > 0);
