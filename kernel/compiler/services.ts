/** TypeScript's own editor services (completion, hover, signature help), asked over the persistent checker. */
import type {
  CompletionEntry,
  CompletionInfo,
  SignatureHelpItems,
  SymbolDisplayPart,
  UserPreferences,
} from "typescript";
import type { Checker } from "./checker.ts";
import { placeless } from "./printing.ts";
import { type Node, type SourceFile, type TsSymbol, type TypeChecker, ts } from "./typescript.ts";

/** A completion with the symbol it names, where it names one. */
export type Entry = CompletionEntry & { readonly symbol?: TsSymbol };
export type Entries = Omit<CompletionInfo, "entries"> & { readonly entries: readonly Entry[] };

interface Services {
  readonly Completions: {
    getCompletionsAtPosition(
      host: object,
      program: object,
      log: () => void,
      file: SourceFile,
      position: number,
      preferences: UserPreferences,
      trigger: undefined,
      kind: undefined,
      token: object,
      format: undefined,
      includeSymbol: true,
    ): Entries | undefined;
  };
  readonly SignatureHelp: {
    getSignatureHelpItems(
      program: object,
      file: SourceFile,
      position: number,
      reason: undefined,
      token: object,
    ): SignatureHelpItems | undefined;
  };
  readonly SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker: TypeChecker,
      symbol: TsSymbol,
      file: SourceFile,
      enclosing: undefined,
      location: Node,
      meaning: number | undefined,
      alias?: undefined,
      maximumLength?: number,
    ): { readonly displayParts: SymbolDisplayPart[] };
  };
  getTouchingPropertyName(file: SourceFile, position: number): Node;
  findPrecedingToken(position: number, file: SourceFile): Node | undefined;
}
// The part of TypeScript that its editors ask, of which the public types know nothing.
const services = ts as unknown as Services;
export const { getTouchingPropertyName, findPrecedingToken } = services;

const preferences: UserPreferences = {
  // What needs a text other than its name (`["a-b"]`, `?.x`) says so, and is not taken for a name.
  includeCompletionsWithInsertText: true,
  importModuleSpecifierEnding: "js",
  quotePreference: "double",
};
const token = { isCancellationRequested: () => false, throwIfCancellationRequested: () => {} };

/** Which names are offered: those that are wanted, and of many the nearest. */
export interface Choice {
  isWanted(name: string): boolean;
  distance(symbol: TsSymbol): number;
}

/** What TypeScript offers at `position`. */
export function completionsAt(
  checker: Checker,
  file: SourceFile,
  position: number,
  choice: Choice,
): Entries | undefined {
  return attempted(checker, () =>
    services.Completions.getCompletionsAtPosition(
      host(checker),
      program(checker, wanted(checker.types, choice)),
      () => {},
      file,
      position,
      preferences,
      undefined,
      undefined,
      token,
      undefined,
      true,
    ),
  );
}

/** The signatures of the call whose arguments hold `position`. */
export function signaturesAt(
  checker: Checker,
  file: SourceFile,
  position: number,
): SignatureHelpItems | undefined {
  const asked = program(checker, placeless(checker.types));
  return attempted(checker, () =>
    services.SignatureHelp.getSignatureHelpItems(asked, file, position, undefined, token),
  );
}

/** No answer where TypeScript stumbles over half-typed code; its checker may then be left half-way through something. */
function attempted<T>(checker: Checker, ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    checker.renew();
    return undefined;
  }
}

const allMeanings = 7;

/** What an editor shows for `symbol`, named by the node `at`. */
export function hoverText(checker: Checker, symbol: TsSymbol, at: Node): string {
  const { displayParts } = services.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    placeless(checker.types),
    symbol,
    at.getSourceFile(),
    undefined,
    at,
    // A type's name may stand alone, where it is no value.
    symbol.flags & ts.SymbolFlags.Value ? undefined : allMeanings,
    undefined,
    10_000,
  );
  return textOf(displayParts);
}

/** The text of parts. */
export const textOf = (parts: readonly SymbolDisplayPart[]): string => parts.map(({ text }) => text).join("");

// The checker as a program of no files; a question never needs to know which there are.
function program({ program: { options, folder } }: Checker, types: TypeChecker): object {
  return {
    // Files of JavaScript may be imported without being checked.
    getCompilerOptions: () => ({ ...options, allowJs: true }),
    getTypeChecker: () => types,
    getSourceFiles: () => [],
    getCurrentDirectory: () => folder,
    getCommonSourceDirectory: () => folder,
    getModeForUsageLocation: () => undefined,
    getModeForResolutionAtIndex: () => undefined,
    getDefaultResolutionModeForFile: () => undefined,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
  };
}

const host = ({ program: { options, folder } }: Checker): object => ({
  ...ts.sys,
  getCurrentDirectory: () => folder,
  getCompilationSettings: () => options,
  useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
});

// Of more, nobody reads the list: it is typed on.
const listedNames = 1500;

/** Whether a name is `import * as name`. */
export const isNamespaceImport = ({ declarations }: TsSymbol): boolean =>
  declarations?.some(ts.isNamespaceImport) ?? false;

const anyModule = { name: "module", escapedName: "module", flags: ts.SymbolFlags.ValueModule };

/** A checker that knows fewer names: the services build an entry of every name that it gives. */
function wanted(types: TypeChecker, { isWanted, distance }: Choice): TypeChecker {
  const only = (symbols: TsSymbol[]) => symbols.filter(({ name }) => isWanted(name));
  const nearest = (symbols: TsSymbol[]) =>
    symbols.length <= listedNames
      ? symbols
      : symbols
          .map((symbol) => ({ symbol, at: distance(symbol) }))
          .sort((a, b) => a.at - b.at)
          .slice(0, listedNames)
          .map(({ symbol }) => symbol);
  let isListing = false;
  return Object.assign(Object.create(types) as TypeChecker, {
    getSymbolsInScope(at: Node, meaning: number) {
      isListing = true;
      return nearest(only(types.getSymbolsInScope(at, meaning)));
    },
    // To be listed, a module need not be loaded.
    getAliasedSymbol: (symbol: TsSymbol) =>
      isListing && isNamespaceImport(symbol) ? anyModule : types.getAliasedSymbol(symbol),
    getExportsOfModule: (module: TsSymbol) => only(types.getExportsOfModule(module)),
    // Asked for members like `[Symbol.iterator]`, which are no names, and dear: it resolves every import in scope.
    getAccessibleSymbolChain: () => undefined,
    runWithCancellationToken: (_: object, ask: (checker: TypeChecker) => unknown) => ask(types),
  });
}
