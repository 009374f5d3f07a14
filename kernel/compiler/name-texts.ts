/** What a walk over a file needs to know about its names: the text that stands for each in what is emitted. */
import type { EnumMember, Identifier } from "typescript";

/** A local file has no names in the store, and plain JavaScript has nothing put in. */
export interface NameTexts {
  /** What the names of generated variables begin with; undefined where there are none. */
  readonly context: string | undefined;
  /** What stands for the array whose first element is the interrupt flag. */
  readonly flag: string;
  /** What stands for `import` in `import(x)`, and for `import.meta`. */
  readonly import: string;
  readonly meta: string;
  /** The text that stands for a reference; undefined where it stays as it is. */
  reference(node: Identifier): string | undefined;
  /** The text that a declaration of a top-level name becomes an assignment to; undefined for all other names. */
  target(name: Identifier): string | undefined;
  /** Where a declaration that stays as it is puts its value as well; undefined where nowhere. */
  published(name: Identifier): string | undefined;
  /** A name in a type, where types are kept and decorators may ask for its class; undefined where it stays. */
  typeName(name: Identifier): string | undefined;
  /** The value of an enum's member, where it is constant. */
  constant(member: EnumMember): string | undefined;
}
