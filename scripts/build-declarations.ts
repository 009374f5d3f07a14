/** Writes the declaration files that the compiler thread loads: the library in one piece, globals of a cell. */
import { buildDeclarations } from "../kernel/compiler/declarations.ts";

buildDeclarations();
