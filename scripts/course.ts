/** A notebook's source in the percent format → its solved version, its version for students, or an nbgrader source. */

/** One cell of a notebook's source. */
interface Cell {
  readonly kind: "markdown" | "code";
  readonly text: string;
  readonly grading: Grading | undefined;
}

/** What nbgrader keeps of a cell (schema 3): https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html */
interface Grading {
  readonly grade: boolean;
  readonly grade_id: string;
  readonly locked: boolean;
  readonly points?: number;
  readonly schema_version: 3;
  readonly solution: boolean;
  readonly task: false;
}

/** "nbgrader" keeps the marks of solutions and hidden tests, for nbgrader makes the students' version itself. */
export type Version = "solved" | "student" | "nbgrader";

/** The kinds of graded cells, under nbgrader's own names for them: what a cell's marker says → its flags. */
const gradings = {
  /** Autograded answer */
  answer: { grade: false, locked: false, solution: true },
  /** Autograded tests */
  tests: { grade: true, locked: true, solution: false },
  /** Manually graded answer */
  manual: { grade: true, locked: false, solution: true },
  /** Read-only */
  locked: { grade: false, locked: true, solution: false },
} as const;

/** What stands in a student's notebook where the solved one has the lines between the two marks. */
const blank = "// your code goes here";

/** The notebook (nbformat 4.5) as the text of its file; throws where the source is malformed. */
export function notebookOf(source: string, version: Version): string {
  const cells = cellsOf(source).map(({ kind, text, grading }, index) => ({
    cell_type: kind,
    ...(kind === "code" ? { execution_count: null } : {}),
    id: `cell-${String(index + 1).padStart(2, "0")}`,
    metadata: version === "nbgrader" && grading ? { nbgrader: grading } : {},
    ...(kind === "code" ? { outputs: [] } : {}),
    source: linesKept(kind === "code" && version !== "nbgrader" ? withSolutions(text, version) : text),
  }));
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

const metadata = {
  kernelspec: { display_name: "TypeScript (Jacobi)", language: "typescript", name: "jacobi" },
  language_info: { file_extension: ".ts", mimetype: "text/x-typescript", name: "typescript" },
};

/** Cells begin with `// %%`, `[markdown]` and their grading; a Markdown cell's lines are comments. */
function cellsOf(source: string): Cell[] {
  const [before, ...rest] = source.split(/^\/\/ %%/m);
  if (before?.trim()) throw new Error("course: text before the first cell: expected // %% on the first line");
  return rest.map((part) => {
    const end = part.indexOf("\n");
    const words = part.slice(0, end).trim().split(/\s+/).filter(Boolean);
    const kind = words[0] === "[markdown]" ? "markdown" : "code";
    const grading = gradingOf(kind === "markdown" ? words.slice(1) : words);
    const body = part.slice(end + 1).trim();
    return { kind, grading, text: kind === "code" ? body : body.split("\n").map(uncommented).join("\n") };
  });
}

/** `tests=NAME points=2`: one of the kinds with the cell's name, and points for what is graded. */
function gradingOf(words: readonly string[]): Grading | undefined {
  if (words.length === 0) return undefined;
  const text = words.join(" ");
  const [, kind = "", grade_id = "", points] = /^(\w+)=([\w-]+)(?: points=(\d+))?$/.exec(text) ?? [];
  const flags = Object.hasOwn(gradings, kind) ? gradings[kind as keyof typeof gradings] : undefined;
  if (!flags)
    throw new Error(
      `course: // %% ${text}: expected [markdown], then one of ${Object.keys(gradings).join(", ")} as KIND=NAME points=NUMBER`,
    );
  if (flags.grade !== (points !== undefined))
    throw new Error(
      `course: // %% ${text}: ${flags.grade ? "expected points=NUMBER" : "expected no points"}`,
    );
  return {
    ...flags,
    grade_id,
    ...(points === undefined ? {} : { points: Number(points) }),
    schema_version: 3,
    task: false,
  };
}

function uncommented(line: string): string {
  if (!line.startsWith("//")) throw new Error(`course: ${line}: expected a comment in a Markdown cell`);
  return line.replace(/^\/\/ ?/, "");
}

/** Without the marks, and for students without what stands between them. */
function withSolutions(code: string, version: "solved" | "student"): string {
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
