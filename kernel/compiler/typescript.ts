/** TypeScript itself, with the internals of the pinned version that the compiler stands on. */
import type * as TypeScript from "typescript";
import { loadTypeScript } from "./load.ts";

export type Diagnostic = TypeScript.Diagnostic;
export type ElementAccessExpression = TypeScript.ElementAccessExpression;
export type Node = TypeScript.Node;
export type SourceFile = TypeScript.SourceFile;
export type TsSymbol = TypeScript.Symbol;
export type SymbolTable = Map<TypeScript.__String, TsSymbol>;
export type TypeChecker = TypeScript.TypeChecker;
export type CompilerOptions = TypeScript.CompilerOptions;

/** What `bindSourceFile` and the program builder leave on a file, and what we set there ourselves. */
export interface BoundFile {
  path: string;
  resolvedPath: string;
  originalFileName: string;
  parent: unknown;
  locals?: SymbolTable;
  symbol?: TsSymbol;
  externalModuleIndicator?: unknown;
  imports: readonly Node[];
  moduleAugmentations: readonly Node[];
  ambientModuleNames: readonly string[];
  parseDiagnostics: readonly TypeScript.DiagnosticWithLocation[];
  bindDiagnostics: readonly TypeScript.DiagnosticWithLocation[];
  /** What `@ts-nocheck` or `@ts-check` in the first comments says. */
  checkJsDirective?: { readonly enabled: boolean };
  /** The comments `@ts-ignore` and `@ts-expect-error`. */
  commentDirectives?: readonly object[];
  impliedNodeFormat?: TypeScript.ResolutionMode;
  packageJsonScope?: object | undefined;
}

interface Internals {
  createTypeChecker(host: object): TypeChecker;
  bindSourceFile(file: SourceFile, options: CompilerOptions): void;
  createSymbolTable(): SymbolTable;
  getTokenAtPosition(file: SourceFile, position: number): Node;
  isAmbientModule(node: Node): boolean;
  isFileProbablyExternalModule(file: SourceFile): Node | undefined;
  isJsonSourceFile(file: SourceFile): boolean;
  getImpliedNodeFormatForFileWorker(
    path: string,
    cache: undefined,
    host: TypeScript.ModuleResolutionHost,
    options: CompilerOptions,
  ):
    | TypeScript.ResolutionMode
    | { impliedNodeFormat: TypeScript.ResolutionMode; packageJsonScope: object | undefined };
  getImpliedNodeFormatForEmitWorker(file: SourceFile, options: CompilerOptions): TypeScript.ResolutionMode;
  getDefaultResolutionModeForFileWorker(
    file: SourceFile,
    options: CompilerOptions,
  ): TypeScript.ResolutionMode;
}

/** The `typescript` package. */
export const ts = loadTypeScript() as typeof TypeScript & Internals;

/** A source file as the binder sees it. */
export const bound = (file: SourceFile): BoundFile => file as unknown as BoundFile;

/** The tables that the binder hangs on a node. */
export const localsOf = (node: object): SymbolTable | undefined => (node as { locals?: SymbolTable }).locals;
