/** The course as nbconvert executes it: every number that PyTorch prints, and the students' version to its end. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { notebookOf } from "./course.ts";
import { executeNotebook, type Notebook, type Output, readNotebook } from "./jupyter.ts";
import { root } from "./sources.ts";

const joined = (text: string | readonly string[] = ""): string =>
  typeof text === "string" ? text : text.join("");

/** All that a cell shows as text: streams, Markdown, else plain text. */
function shown(outputs: readonly Output[]): string {
  return outputs
    .map(({ text, data }) => joined(text ?? data?.["text/markdown"] ?? data?.["text/plain"]))
    .join("\n");
}

/** The output of the one cell whose source contains `part`. */
function outputOf({ cells }: Notebook, part: string): string {
  const found = cells.filter(
    ({ cell_type, source }) => cell_type === "code" && joined(source).includes(part),
  );
  assert.equal(found.length, 1, `${found.length} cells contain ${part}`);
  return shown(found[0]?.outputs ?? []);
}

/** A cell, by something in its source, and what it must show: PyTorch 2.15's own output. */
const expected: readonly (readonly [cell: string, ...output: string[]])[] = [
  ["const digits", "tensor: tensor([3., 1., 4., 1., 5., 9., 2.])"],
  ["digits.type()", "type:  torch.FloatTensor", "torch.Size([7])"],
  ["digits.numpy()", "[3. 1. 4. 1. 5. 9. 2.]"],
  ["torch.mv(M, digits)", "tensor([14.2906, 15.5932, -3.7911])"],
  ["entry by entry", "tensor([[2., 1.],\n        [4., 3.]])", "tensor([[0., 2.],\n        [3., 0.]])"],
  [
    "const y = torch.norm",
    "x = tensor([ 1.5410, -0.2934, -2.1788,  0.5684], requires_grad=True)",
    "grad_fn=<LinalgVectorNormBackward0>",
  ],
  ["y.grad_fn", "<LinalgVectorNormBackward0 object at 0x"],
  [
    "const g = grad",
    "(tensor([ 0.5615, -0.1069, -0.7939,  0.2071]),)",
    "$ tensor([ 0.5615, -0.1069, -0.7939,  0.2071])",
  ],
  ["by machine", "tensor([ 0.5615, -0.1069, -0.7939,  0.2071], grad_fn=<DivBackward0>)", "rounding: true"],
  ["jacobian((t", "tensor([[ 3.0820, -0.0000, -0.0000,  0.0000],"],
  ["const H = hessian", "tensor([[ 0.2495,  0.0219,  0.1625, -0.0424],"],
  ["const formula", "as the formula says: true", "H x = 0: true"],
  [
    "first losses",
    "10.698853 5.396066 3.571113 2.871483 2.557543",
    "after 500 steps: 6.98e-8",
    "tensor([ 0.4804, -1.1407, -0.8983, -1.5254], requires_grad=True)",
  ],
  ["const shortest", "2.1601", "2.0817"],
  ["const output = f", "tensor([0.0000, 2.5286, 0.0000], grad_fn=<ReluBackward0>)"],
  ["let z", "tensor(2.5286, grad_fn=<LinalgVectorNormBackward0>)"],
  [
    "grad(z, [weights, bias]);\n  } catch",
    "RuntimeError: One of the differentiated Tensors does not require grad",
  ],
  ["const [of_weights", "tensor([0., 1., 0.])"],
  [
    "function walk",
    "LinalgVectorNormBackward0\n    ReluBackward0\n        AddBackward0\n            MvBackward0\n" +
      "                torch::autograd::AccumulateGrad\n            torch::autograd::AccumulateGrad\n",
  ],
  [
    "S times its inverse",
    "dtype=torch.float64,",
    "grad_fn=<InverseMatrixBackward>)",
    "identity: true",
    "torch.linalg.inv: true",
  ],
  ["gradcheck(invert", "gradcheck: true"],
  ["const [ours]", "same gradient as torch.linalg.inv: true"],
];

test("the solved course runs, and its page is written", async (t) => {
  const { notebook, page, failures } = executeNotebook(
    join(root, "notebooks/pytorch-introduction.ipynb"),
    join(root, "out"),
  );
  assert.deepEqual(failures, []);
  assert.match(readFileSync(page, "utf8"), /mathjax\/start\.js/);
  const executed = readNotebook(notebook);
  for (const [cell, ...outputs] of expected)
    await t.test(`numbers of: ${cell.split("\n")[0]}`, () => {
      const output = outputOf(executed, cell);
      for (const part of outputs)
        assert.ok(output.includes(part), `${JSON.stringify(part)} is not in:\n${output}`);
    });
  await t.test("the plot comes as a picture and as scalable graphics", () => {
    const plot = executed.cells.find(({ source }) => joined(source).includes("ax.semilogy"));
    const bundles = (plot?.outputs ?? []).flatMap(({ data }) => (data ? [Object.keys(data).sort()] : []));
    assert.deepEqual(bundles, [["image/png", "text/html", "text/plain"]]);
  });
  await t.test("nothing goes to stderr", () => {
    const errors = executed.cells.flatMap(({ outputs = [] }) =>
      outputs.filter(({ name }) => name === "stderr"),
    );
    assert.deepEqual(errors, []);
  });
});

test("the students' course runs to its end with every exercise blank, and says which cells need an answer", async (t) => {
  const path = join(root, "notebooks/pytorch-introduction-exercises.ipynb");
  const { notebook, failures } = executeNotebook(path, join(root, "out"));
  assert.deepEqual(failures, []);
  const executed = readNotebook(notebook);
  const waiting: readonly (readonly [cell: string, exercise: number])[] = [
    ["by machine", 1],
    ["ax.semilogy", 2],
    ["const output = f", 3],
    ["function walk", 4],
    ["gradcheck(invert", 5],
  ];
  for (const [cell, exercise] of waiting)
    await t.test(`exercise ${exercise} is asked for`, () => {
      assert.equal(outputOf(executed, cell).trim(), `This cell needs your answer to exercise ${exercise}.`);
    });
});

test("a cell that fails is named, and the notebook and the page are written all the same", () => {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-course-"));
  try {
    const path = join(folder, "failing.ipynb");
    writeFileSync(
      path,
      notebookOf(
        '// %%\n1 + 1\n// %%\nthrow new RangeError("oh");\n// %%\nconst n: number = "x";\n',
        "solved",
      ),
    );
    const { page, failures } = executeNotebook(path, join(folder, "out"));
    assert.equal(failures.length, 2);
    assert.equal(failures[0], "cell 2: RangeError: oh");
    assert.match(failures[1] ?? "", /^cell 3: .*not assignable to type 'number'/);
    assert.match(readFileSync(page, "utf8"), /RangeError/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
