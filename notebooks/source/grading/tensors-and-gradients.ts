// %% [markdown] locked=title
// # Tensors and gradients: exercises
//
// Five exercises of the course, to be handed in. Write your code where a cell says `// YOUR CODE HERE`, in the place
// of the two lines there, and your words where one says *YOUR ANSWER HERE*. Below each exercise stands a cell that
// tests it: when it runs without an error, you are on the right track. **More tests are run when it is graded.**
//
// Before you hand in, restart the kernel and run everything (*Kernel → Restart Kernel and Run All Cells*).
//
// | exercise | 1 | 2 | 2, in words | 3 | 4 | 5 | together |
// |---|---|---|---|---|---|---|---|
// | points | 2 | 4 | 4 | 2 | 3 | 5 | 20 |

// %% locked=setup
import { Function, grad, gradcheck } from "jacobi/autograd";
import { assert } from "jacobi/testing";

// %% [markdown] locked=norm-gradient-text
// ## Exercise 1: a gradient by hand
//
// Work out the gradient of the Euclidean norm on paper,
//
// $$ \frac{\partial}{\partial x_i} \sqrt{\textstyle\sum_j x_j^2} = \; ? $$
//
// and write a function that computes it with tensor operations, without `grad` and `backward`.

// %% answer=norm-gradient
function normGradient(x: torch.Tensor): torch.Tensor {
  /// BEGIN SOLUTION
  return x.div(torch.norm(x));
  /// END SOLUTION
}

// %% tests=norm-gradient-tests points=2
import { grad } from "jacobi/autograd";
import { assert } from "jacobi/testing";

{
  const x = torch.tensor([3, 4], { requires_grad: true });
  assert.allclose(normGradient(x), grad(torch.norm(x), [x])[0], { message: "for x = [3, 4]" });
  /// BEGIN HIDDEN TESTS
  for (const values of [[-2], [1, -2, 2], [0.5, 0, -4, 1, 1]]) {
    const x = torch.tensor(values, { requires_grad: true });
    assert.allclose(normGradient(x), grad(torch.norm(x), [x])[0], { message: `for x = [${values}]` });
  }
  /// END HIDDEN TESTS
}

// %% [markdown] locked=descend-text
// ## Exercise 2: gradient descent
//
// Given a matrix $A \in \mathbb{R}^{m \times n}$ and a vector $y \in \mathbb{R}^m$, find
// $\operatorname*{argmin}_x \lVert A x - y \rVert_2^2$ by gradient descent from `start`. Make an optimiser
// `new optim.SGD([x], { lr: 0.05 })`, then repeat five hundred times: set the gradients to zero (`zero_grad`), compute
// the loss, let it flow backwards (`backward`), take a step (`step`). Keep the loss of every turn, as a plain number, in
// `losses` (`loss.item()` gives it).

// %% answer=descend
function descend(A: torch.Tensor, y: torch.Tensor, start: torch.Tensor): { x: torch.Tensor; losses: number[] } {
  const x = start.clone().requires_grad_(true);
  const losses: number[] = [];
  /// BEGIN SOLUTION
  const optimizer = new optim.SGD([x], { lr: 0.05 });
  for (let step = 0; step < 500; step++) {
    optimizer.zero_grad();
    const loss = torch.norm(torch.mv(A, x).sub(y)).pow(2);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  /// END SOLUTION
  return { x, losses };
}

// %% tests=descend-tests points=4
import { assert } from "jacobi/testing";

{
  const A = torch.tensor([[2, 0, 1], [0, 1, -1]]);
  const y = torch.tensor([1, 3]);
  const { x, losses } = descend(A, y, torch.ones(3));
  assert.equal(losses.length, 500, "losses: one number for each of the 500 steps");
  assert.allclose(losses[0], 13, { message: "the loss before the first step" });
  assert.allclose(torch.mv(A, x), y, { atol: 1e-3, message: "A x after the last step is not yet y" });
  /// BEGIN HIDDEN TESTS
  const other = descend(torch.tensor([[1, 2], [3, 1]]), torch.tensor([5, 5]), torch.zeros(2));
  assert.allclose(other.x, [1, 2], { atol: 1e-3, message: "another system" });
  assert.allclose(other.losses.slice(0, 2), [50, 6.25], { rtol: 1e-4, message: "the losses of another system" });
  /// END HIDDEN TESTS
  plt.semilogy(losses);
  plt.title("The loss of exercise 2");
  plt.show();
}

// %% [markdown] locked=descend-why-text
// **In words.** The system above has more unknowns than equations, so it has many solutions. On what does it depend which
// one gradient descent finds, and why? Three or four sentences, with a formula if you like.

// %% [markdown] manual=descend-why points=4
// It depends on `start`. Every gradient $2 A^\top (A x - y)$ lies in the row space of $A$, so the part of $x$ that is
// orthogonal to it, in the kernel of $A$, never changes. Gradient descent thus finds the solution that is nearest to
// `start`; from zero it is the one of least norm, $A^+ y$.

// %% [markdown] locked=layer-text
// ## Exercise 3: one layer of a network
//
// Write $f(x, A, b) = \max(0, A x + b)$, with the maximum taken entry by entry. (`torch.relu` is the rectifier.)

// %% answer=layer
function f(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor): torch.Tensor {
  /// BEGIN SOLUTION
  return torch.relu(torch.mv(A, x).add(b));
  /// END SOLUTION
}

// %% tests=layer-tests points=2
import { assert } from "jacobi/testing";

{
  const A = torch.tensor([[1, 2], [-3, 1], [0, 1]]);
  const b = torch.tensor([1, 0, -3]);
  assert.allclose(f(torch.tensor([1, 2]), A, b), [6, 0, 0]);
  /// BEGIN HIDDEN TESTS
  assert.allclose(f(torch.tensor([-1, 4]), A, b), [8, 7, 1], { message: "for x = [-1, 4]" });
  assert.allclose(f(torch.zeros(2), A, torch.tensor([1, -1, 0])), [1, 0, 0], { message: "for x = 0" });
  /// END HIDDEN TESTS
}

// %% [markdown] locked=layer-gradients-text
// ## Exercise 4: its gradients
//
// Compute $z = \lVert f(x, A, b) \rVert_2$ and give its gradients with respect to $A$ and $b$, in this order. Any of the two
// may not have been told yet that it will be asked for a derivative: `requires_grad_(true)` tells it. The layer is handed
// to you as `layer`, so that this exercise does not hang on the one before.

// %% answer=layer-gradients
type Layer = (x: torch.Tensor, A: torch.Tensor, b: torch.Tensor) => torch.Tensor;

function layerGradients(layer: Layer, x: torch.Tensor, A: torch.Tensor, b: torch.Tensor): readonly torch.Tensor[] {
  /// BEGIN SOLUTION
  A.requires_grad_(true);
  b.requires_grad_(true);
  return grad(torch.norm(layer(x, A, b)), [A, b]);
  /// END SOLUTION
}

// %% tests=layer-gradients-tests points=3
import { assert } from "jacobi/testing";

{
  const layer: Layer = (x, A, b) => torch.relu(torch.mv(A, x).add(b));
  const A = torch.tensor([[1, 2], [-3, 1]], { requires_grad: true });
  const [ofA, ofB] = layerGradients(layer, torch.tensor([1, 2]), A, torch.tensor([1, 0]));
  assert.allclose(ofA, [[1, 2], [0, 0]], { message: "with respect to A" });
  assert.allclose(ofB, [1, 0], { message: "with respect to b" });
  /// BEGIN HIDDEN TESTS
  const linear: Layer = (x, A, b) => torch.mv(A, x).add(b);
  const gradients = layerGradients(linear, torch.tensor([1, -1]), torch.tensor([[3, 0], [0, -4]]), torch.zeros(2));
  assert.allclose(gradients, [torch.tensor([[0.6, -0.6], [0.8, -0.8]]), [0.6, 0.8]], { message: "another layer" });
  /// END HIDDEN TESTS
}

// %% [markdown] locked=inverse-text
// ## Exercise 5: a derivative of your own
//
// For $A \mapsto A^{-1}$, the gradient $G$ with respect to the output becomes $- A^{-\top} \, G \, A^{-\top}$ with respect
// to the input. Write the two methods: `forward(ctx, A)` computes the inverse (`torch.linalg.inv`) and leaves in `ctx` what
// the way back will need (`ctx.save_for_backward(…)`); `backward(ctx, grad_output)` takes it out again
// (`ctx.saved_tensors`) and gives the gradient of the input.
//
// There are points for each part: 1 for the inverse, and 4 for its derivative.

// %% answer=inverse
class InverseMatrix extends Function {
  static forward(ctx: torch.autograd.Context, A: torch.Tensor): torch.Tensor {
    /// BEGIN SOLUTION
    const inverse = torch.linalg.inv(A);
    ctx.save_for_backward(inverse);
    return inverse;
    /// END SOLUTION
  }

  static backward(ctx: torch.autograd.Context, grad_output: torch.Tensor): torch.Tensor {
    /// BEGIN SOLUTION
    const [inverse] = ctx.saved_tensors;
    const transposed = inverse.t();
    return torch.matmul(torch.matmul(transposed, grad_output), transposed).neg();
    /// END SOLUTION
  }
}

const invert: (A: torch.Tensor) => torch.Tensor = InverseMatrix.apply;

// %% tests=inverse-tests points=5
import { assert } from "jacobi/testing";

let points = 0;
function credit(worth: number, test: () => void): void {
  try {
    test();
    points += worth;
  } catch (error) {
    console.log(`${worth} of 5 points lost: ${error}`);
  }
}

const S = torch.tensor([[4, 1, 0], [1, 3, 1], [0, 1, 2]], { dtype: torch.float64 });
assert.allclose(invert(S), torch.linalg.inv(S), { message: "the inverse" });
points = 1;
credit(2, () => assert.gradient(invert, S, { message: "the derivative" }));
/// BEGIN HIDDEN TESTS
const skew = torch.tensor([[2, 1], [0, 1]], { dtype: torch.float64 });
credit(2, () => assert.gradient(invert, skew, { message: "the derivative at a matrix that is not symmetric" }));
/// END HIDDEN TESTS
points
