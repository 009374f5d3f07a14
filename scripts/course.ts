/** A notebook's source in the percent format → its solved version and its version for students. */

/** One cell of a notebook's source. */
interface Cell {
  readonly kind: "markdown" | "code";
  readonly text: string;
}

export type Version = "solved" | "student";

/** What stands in a student's notebook where the solved one has the lines between the two marks. */
const blank = "// your code goes here";

/** The notebook (nbformat 4.5) as the text of its file; throws where the source is malformed. */
export function notebookOf(source: string, version: Version): string {
  const cells = cellsOf(source).map(({ kind, text }, index) => ({
    cell_type: kind,
    ...(kind === "code" ? { execution_count: null } : {}),
    id: `cell-${String(index + 1).padStart(2, "0")}`,
    metadata: {},
    ...(kind === "code" ? { outputs: [] } : {}),
    source: linesKept(kind === "code" ? withSolutions(text, version) : text),
  }));
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

const metadata = {
  kernelspec: { display_name: "TypeScript (Jacobi)", language: "typescript", name: "jacobi" },
  language_info: { file_extension: ".ts", mimetype: "text/x-typescript", name: "typescript" },
};

/** Cells begin with `// %%` or `// %% [markdown]`; a Markdown cell's lines are comments. */
function cellsOf(source: string): Cell[] {
  const [before, ...rest] = source.split(/^\/\/ %%/m);
  if (before?.trim()) throw new Error("course: text before the first cell: expected // %% on the first line");
  return rest.map((part) => {
    const end = part.indexOf("\n");
    const mark = part.slice(0, end).trim();
    const body = part.slice(end + 1).trim();
    if (mark === "") return { kind: "code", text: body };
    if (mark !== "[markdown]") throw new Error(`course: // %% ${mark}: expected // %% or // %% [markdown]`);
    return { kind: "markdown", text: body.split("\n").map(uncommented).join("\n") };
  });
}

function uncommented(line: string): string {
  if (!line.startsWith("//")) throw new Error(`course: ${line}: expected a comment in a Markdown cell`);
  return line.replace(/^\/\/ ?/, "");
}

/** Without the marks, and for students without what stands between them. */
function withSolutions(code: string, version: Version): string {
  const solution = /^([ \t]*)\/\/\/ BEGIN SOLUTION\n([\s\S]*?)^[ \t]*\/\/\/ END SOLUTION$/gm;
  const done = code.replace(solution, (_, indent: string, answer: string) =>
    version === "solved" ? answer.trimEnd() : `${indent}${blank}`,
  );
  if (/\/\/\/ (BEGIN|END)/.test(done)) throw new Error(`course: a mark without its other half: ${done}`);
  return done;
}

/** nbformat's way: every line with its line break. */
function linesKept(text: string): string[] {
  return text.split(/(?<=\n)/);
}
