/** The graded course under nbgrader itself: generate, three submissions, autograde, feedback, export; and their scores. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readNotebook, venvCommand, venvEnvironment } from "./jupyter.ts";
import { root } from "./sources.ts";

const assignment = "tensors-and-gradients";
const course = mkdtempSync(join(tmpdir(), "jacobi-grading-"));
after(() => rmSync(course, { recursive: true, force: true }));

/** What each student hands in: by the cell's name, what stands in the place of its stubs; `null`: the course's own. */
const submissions = {
  right: null,
  partly: {
    "norm-gradient": ["return x.mul(torch.norm(x)); // the wrong way round"],
    descend: [
      `const optimizer = new optim.SGD([x], { lr: 0.05 });
      for (let step = 0; step < 500; step++) {
        optimizer.zero_grad();
        const loss = torch.mv(A, x).sub(y).pow(2).sum(); // another way to say it
        loss.backward();
        optimizer.step();
        losses.push(loss.item());
      }`,
    ],
    "descend-why": ["It depends on the start."],
    layer: ["return torch.tensor([6, 0, 0]); // passes the tests that students see"],
    inverse: [
      "const inverse = torch.linalg.inv(A); ctx.save_for_backward(inverse); return inverse;",
      "const [i] = ctx.saved_tensors; return i.matmul(grad_output).matmul(i).neg(); // at symmetric matrices only",
    ],
  },
  blank: {},
};

/** Points by the cell's name. */
const full = {
  "norm-gradient-tests": 2,
  "descend-tests": 4,
  "descend-why": 4,
  "layer-tests": 2,
  "layer-gradients-tests": 3,
  "inverse-tests": 5,
};
const none = Object.fromEntries(Object.keys(full).map((name) => [name, 0]));

const skip = !existsSync(venvCommand("nbgrader")) && "nbgrader 0.9.6 needs Python 3.11 or newer";

test("nbgrader grades the course", { skip }, async (t) => {
  for (const part of ["source", "nbgrader_config.py"])
    cpSync(join(root, "notebooks/grading", part), join(course, part), { recursive: true });
  const script = join(root, "scripts/grading_test.py");
  const { status, stdout, stderr } = spawnSync(
    venvCommand("python"),
    [script, course, assignment, JSON.stringify(submissions)],
    { cwd: course, env: venvEnvironment(), encoding: "utf8", maxBuffer: 1 << 28 },
  );
  assert.equal(status, 0, stderr.slice(-4_000));
  const page = (student: string): string =>
    readFileSync(join(course, "feedback", student, assignment, `${assignment}.html`), "utf8");

  await t.test("every score is exact", () => {
    assert.deepEqual(JSON.parse(stdout), {
      blank: none,
      partly: { ...none, "descend-tests": 4, "descend-why": 2, "inverse-tests": 3 },
      right: full,
    });
  });

  await t.test("the exported table holds each sum", () => {
    const [head = "", ...lines] = readFileSync(join(course, "grades.csv"), "utf8").trim().split(/\r?\n/);
    const names = head.split(",");
    const columns = ["student_id", "score", "max_score"].map((name) => names.indexOf(name));
    const rows = lines.map((line) => columns.map((column) => line.split(",")[column]));
    assert.deepEqual(rows.sort(), [
      ["blank", "0.0", "20.0"],
      ["partly", "9.0", "20.0"],
      ["right", "20.0", "20.0"],
    ]);
  });

  await t.test("the student's version holds no solution and no hidden test", () => {
    const text = readFileSync(join(course, "release", assignment, `${assignment}.ipynb`), "utf8");
    assert.doesNotMatch(text, /BEGIN (SOLUTION|HIDDEN)|another layer|not symmetric/);
    assert.equal(text.match(/There is no answer here yet/g)?.length, 6);
  });

  await t.test("nbconvert runs the student's version to its end, with one error for each exercise", () => {
    const { cells } = readNotebook(join(course, "release", assignment, "executed.ipynb"));
    const outputs = cells.flatMap((cell) => cell.outputs ?? []);
    assert.deepEqual(
      outputs.map(({ output_type, ename, evalue }) => [output_type, ename, evalue]),
      Array(5).fill(["error", "Error", "There is no answer here yet."]),
    );
  });

  await t.test("feedback tells a student what was given, what was expected and the points", () => {
    assert.deepEqual(readdirSync(join(course, "feedback")).sort(), ["blank", "partly", "right"]);
    // A page is too long to be shown by a failed match.
    const says = (student: string, text: string): boolean => page(student).includes(text);
    assert.ok(says("partly", "(Score: 9.0 / 20.0)"));
    assert.ok(says("partly", "assert.allclose: 2 of 2 entries differ"));
    assert.ok(
      says("partly", "2 of 5 points lost: AssertionError: the derivative at a matrix that is not symmetric"),
    );
    assert.ok(says("right", "(Score: 20.0 / 20.0)"));
    assert.ok(!says("right", "entries differ") && !says("right", "points lost: AssertionError"));
  });
});
