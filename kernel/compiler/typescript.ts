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

/** What the parser, `bindSourceFile` and the program builder leave on a file, and what we set there ourselves. */
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
  /** Every name in its text. */
  identifiers: ReadonlyMap<string, string>;
  transformFlags: number;
  parseDiagnostics: readonly TypeScript.DiagnosticWithLocation[];
  bindDiagnostics: readonly TypeScript.DiagnosticWithLocation[];
  /** What `@ts-nocheck` or `@ts-check` in the first comments says. */
  checkJsDirective?: { readonly enabled: boolean };
  /** The comments `@ts-ignore` and `@ts-expect-error`. */
  commentDirectives?: readonly object[];
  impliedNodeFormat?: TypeScript.ResolutionMode;
  packageJsonScope?: object | undefined;
}

/** The comments `@ts-ignore` and `@ts-expect-error` of a file. */
export interface CommentDirectives {
  markUsed(line: number): boolean;
  getUnusedExpectations(): readonly { readonly range: { readonly pos: number; readonly end: number } }[];
}

interface Internals {
  createCommentDirectivesMap(file: SourceFile, directives: readonly object[]): CommentDirectives;
  sortAndDeduplicateDiagnostics(found: readonly Diagnostic[]): readonly Diagnostic[];
  parseIsolatedJSDocComment(text: string): { jsDoc: TypeScript.JSDoc } | undefined;
  matchFiles(
    root: string,
    extensions: readonly string[] | undefined,
    excludes: readonly string[] | undefined,
    includes: readonly string[],
    caseSensitive: boolean,
    current: string,
    depth: number | undefined,
    entries: (path: string) => { files: readonly string[]; directories: readonly string[] },
    realpath: (path: string) => string,
  ): string[];
  /** 0 where a namespace holds nothing but types. */
  getModuleInstanceState(node: Node): number;
  getThisContainer(node: Node, arrows: boolean, classNames: boolean): Node;
  isAssignmentTarget(node: Node): boolean;
  skipOuterExpressions(node: Node): Node;
  skipTrivia(text: string, at: number): number;
  formatting: {
    SmartIndenter: { getIndentation(at: number, file: SourceFile, options: object): number };
  };
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

/** What a declaration declares, where the file is bound. */
export const declaredBy = (node: object): TsSymbol | undefined => (node as { symbol?: TsSymbol }).symbol;

/** The tables that the binder hangs on a node. */
export const localsOf = (node: object): SymbolTable | undefined => (node as { locals?: SymbolTable }).locals;
