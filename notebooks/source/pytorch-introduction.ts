// %% [markdown]
// # Tensors and gradients: PyTorch's way, in TypeScript
//
// This notebook takes you from arrays to training. You will compute with tensors, let the machine find derivatives
// for you, check it against your own pen-and-paper results, fit a linear system by gradient descent, and in the end
// teach the machine a derivative that it does not know yet.
//
// The names are PyTorch's, letter for letter, so that everything you learn here holds there, and every page of
// PyTorch's manual helps you here. Two habits differ. Python's keyword arguments become one object at the end of the
// call: `torch.norm(x, { p: "fro" })`. And arithmetic on tensors is written with methods: `a.add(b)`, `a.mul(b)`.
//
// There are **five exercises**. Where a cell says `// your code goes here`, it is your turn. Everything else runs as it
// stands: press `Shift`+`Enter` to run a cell and go to the next.

// %% [markdown]
// ## 1 Tensors
//
// `torch`, `np`, `plt` and `display` are there already in every cell. The functions around derivatives live in a module
// of their own, and a cell may import from it as any TypeScript program does. We also fix the *seed* of both random
// number generators: from here on, "random" numbers are the same on every run and on every machine.

// %%
import { Function, grad, gradcheck, hessian, jacobian } from "jacobi/autograd";

torch.manual_seed(0);
np.random.seed(0);

/** Says so when a later cell needs an exercise that has no answer yet. */
function answered<T>(answer: T | undefined, exercise: number): answer is T {
  if (answer === undefined) console.log(`This cell needs your answer to exercise ${exercise}.`);
  return answer !== undefined;
}

// %% [markdown]
// A **tensor** is a box of numbers of one kind in rows, columns and further directions. The simplest way to one is from
// an array that you have: `torch.Tensor` copies it and makes every entry a 32-bit floating-point number, the kind that
// most of machine learning computes with.

// %%
const array = np.array([3, 1, 4, 1, 5, 9, 2]);
const digits = torch.Tensor(array);

console.log("array: ", array);
console.log("tensor:", digits);

// %% [markdown]
// Every tensor knows what kind of numbers it holds and what shape it has. `x.size()` and `x.shape` are two ways to say
// the same thing; the first one also takes the number of a direction.

// %%
console.log("type: ", digits.type());
console.log("size: ", digits.size());
console.log("shape:", digits.shape);
console.log("entries in direction 0:", digits.size(0));

// %% [markdown]
// And back: `.numpy()` gives an array again. Look at the dots: they say that these are floating-point numbers now.

// %%
console.log(String(digits.numpy()));

// %% [markdown]
// With two directions a tensor is a matrix. Here is a random one with three rows and seven columns, its entries drawn
// from the standard normal distribution.

// %%
const M = torch.Tensor(np.random.randn(3, 7));
console.log(M);

// %% [markdown]
// A matrix $M \in \mathbb{R}^{3 \times 7}$ takes a vector of seven numbers to a vector of three,
//
// $$ (Mv)_i = \sum_{j=1}^{7} M_{ij}\, v_j , $$
//
// and `torch.mv` ("matrix times vector") computes just that.

// %%
console.log(torch.mv(M, digits));

// %% [markdown]
// **Take care which product you mean.** For two matrices of equal shape there are two products, and both are useful.
// `torch.matmul` is the product of linear algebra, rows times columns:
// $(BC)_{ij} = \sum_k B_{ik} C_{kj}$. `torch.mul` multiplies entry by entry: $(B \odot C)_{ij} = B_{ij} C_{ij}$.

// %%
const B = torch.Tensor([[1, 2], [3, 4]]);
const C = torch.Tensor([[0, 1], [1, 0]]);

console.log(`matrix product:\n${torch.matmul(B, C)}`);
console.log(`entry by entry:\n${torch.mul(B, C)}`);

// %% [markdown]
// The matrix product with $C$ swaps the two columns of $B$; the other one keeps the entries where $C$ is one and wipes
// out the rest.

// %% [markdown]
// ## 2 Gradients
//
// So far a tensor was a container. It becomes interesting once it **remembers how it was computed**. With
// `requires_grad: true` we tell a tensor that we shall want derivatives with respect to it. From then on every result that
// depends on it carries a note, its `grad_fn`, that says which operation made it and out of what.

// %%
const x = torch.randn(4, { requires_grad: true });
const y = torch.norm(x, { p: "fro" });

console.log("x =", x);
console.log("y =", y);

// %% [markdown]
// `y` is the Euclidean length of `x`, $y = \lVert x \rVert_2 = \sqrt{x_1^2 + x_2^2 + x_3^2 + x_4^2}$. (For a vector the
// Frobenius norm `"fro"` is the same thing.) Besides its value, `y` holds a recipe for its own derivative:

// %%
display(Markdown(String.raw`$\nabla \lVert \cdot \rVert_2$ is computed by ${y.grad_fn}`));

// %% [markdown]
// `grad(y, [x])` follows the recipe backwards and gives the derivatives of `y` with respect to everything in the
// list: one tensor for each, which is why the result comes in round brackets with a comma, even when there is only one.

// %%
const g = grad(y, [x]);

console.log(g);
display(Markdown(String.raw`$\nabla \lVert x \rVert_2 = $ ${g[0]}`));

// %% [markdown]
// ### Exercise 1
//
// Never trust a machine that you have not checked. Work out the gradient of the norm on paper,
//
// $$ \frac{\partial}{\partial x_i} \sqrt{\textstyle\sum_j x_j^2} = \; ? $$
//
// then compute it from `x` and `y` with tensor operations and assign it to `by_hand`. (Division is `a.div(b)`; a
// tensor may be divided by a tensor with a single number.)

// %%
let by_hand: torch.Tensor | undefined;

/// BEGIN SOLUTION
by_hand = x.div(y);
/// END SOLUTION

// %%
if (answered(by_hand, 1)) {
  console.log("by machine:", g[0]);
  console.log("by hand:   ", by_hand);
  console.log("equal up to rounding:", torch.allclose(g[0], by_hand));
}

// %% [markdown]
// The two agree: $\nabla \lVert x \rVert_2 = x / \lVert x \rVert_2$, the unit vector in the direction of $x$. That makes
// sense, for the length grows fastest straight away from the origin, and at speed one.
//
// Notice that your result has a `grad_fn` of its own. It was computed from `x`, after all, so it too could be
// differentiated. We now do so.

// %% [markdown]
// ## 3 Jacobians and Hessians
//
// When a function has several outputs, its first derivatives form a matrix, the **Jacobian**,
// $J_{ij} = \partial f_i / \partial x_j$. Take $f(t) = t^2$, entry by entry. Output $i$ depends on input $i$ alone, so the
// Jacobian must be diagonal with $2 x_i$ on the diagonal:

// %%
console.log(jacobian((t: torch.Tensor) => t.pow(2), x));

// %% [markdown]
// (Some of the zeros have a minus sign. Floating-point numbers have two zeros, and zero times a negative number gives
// the negative one. They are equal: nothing to worry about.)
//
// The second derivatives of a function with *one* output form the **Hessian**, $H_{ij} = \partial^2 f / \partial x_i
// \partial x_j$. For the norm,
//
// $$ H = \frac{1}{\lVert x \rVert_2} \left( I - \frac{x x^\top}{\lVert x \rVert_2^2} \right) . $$

// %%
const H = hessian((t: torch.Tensor) => torch.norm(t), x);
console.log(H);

// %% [markdown]
// One look at the formula tells us something that the sixteen numbers hide: $H x = 0$. Along its own direction the
// norm grows linearly, without curvature. Let us see whether the numbers know it too.

// %%
const unit = x.detach().div(y.detach());
const formula = torch.eye(4).sub(torch.outer(unit, unit)).div(y.detach());

console.log("as the formula says:", torch.allclose(H, formula, { atol: 1e-6 }));
console.log("H x = 0:", torch.allclose(torch.mv(H, x.detach()), torch.zeros(4), { atol: 1e-6 }));

// %% [markdown]
// ## 4 Functions with parameters, and what training is
//
// What does one need gradients for? Much of machine learning has the same shape. There is a family of functions
// $f_\theta$, one for every choice of the **parameters** $\theta$: the slope and height of a line, the entries of a matrix,
// the millions of weights in a network. There are examples, inputs $x$ with the outputs $y$ that we would like to see. And
// there is a **loss** $\ell$ that says how far off an output is. To **train** means to look for the parameters whose loss
// is least,
//
// $$ \min_\theta \; L(\theta), \qquad L(\theta) = \ell\bigl(f_\theta(x),\, y\bigr) . $$
//
// The gradient $\nabla L(\theta)$ points where the loss grows fastest. So we walk the other way, in small steps:
//
// $$ \theta \leftarrow \theta - \eta\, \nabla L(\theta) . $$
//
// This is **gradient descent**, and $\eta > 0$ is its *learning rate*. Too small, and the walk takes forever; too large,
// and each step jumps across the valley and lands higher than it began. When every step looks only at a few examples
// picked at random, one speaks of *stochastic* gradient descent, SGD.
//
// How does the machine come by the gradient of something as involved as $\ell \circ f_\theta$? By the **chain rule**, and
// nothing else. If $L = h_3(h_2(h_1(\theta)))$, then its derivative is a product of Jacobians,
//
// $$ \frac{\mathrm{d} L}{\mathrm{d} \theta} = J_{h_3} \, J_{h_2} \, J_{h_1} . $$
//
// Since $L$ is one number, $J_{h_3}$ is a single row. Multiplied from the left, row times matrix, everything stays a
// row, and no big matrix need ever be formed. That is **backpropagation**: the program runs forwards and notes what it
// did, then the notes are read backwards, each operation turning the gradient of its output into the gradients of its
// inputs. The cost is a small multiple of the forward run, whether there are four parameters or four billion.

// %% [markdown]
// ### Exercise 2
//
// Given a matrix $A \in \mathbb{R}^{3 \times 4}$ and a vector $y \in \mathbb{R}^3$, find
//
// $$ \tilde{x} = \operatorname*{argmin}_{x \in \mathbb{R}^4} \; \lVert A x - y \rVert_2^2 $$
//
// by gradient descent from a random start. Make an optimiser `new optim.SGD([x_tilde], { lr: 0.05 })`, then repeat
// five hundred times: set the gradients to zero (`zero_grad`), compute the loss, let it flow backwards (`backward`), take a
// step (`step`). Keep the loss of every turn, as a plain number, in `losses` (`loss.item()` gives it).

// %%
const A = torch.randn(3, 4);
const target = torch.randn(3);
const x_tilde = torch.randn(4, { requires_grad: true });
const losses: number[] = [];

/// BEGIN SOLUTION
const optimizer = new optim.SGD([x_tilde], { lr: 0.05 });
for (let step = 0; step < 500; step++) {
  optimizer.zero_grad();
  const loss = torch.norm(torch.mv(A, x_tilde).sub(target)).pow(2);
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
}
/// END SOLUTION

// %%
if (answered(losses.at(-1), 2)) {
  console.log("first losses:", losses.slice(0, 5).map((loss) => loss.toFixed(6)).join(" "));
  console.log(`after ${losses.length} steps:`, losses.at(-1)?.toExponential(2));
  console.log("x_tilde =", x_tilde);
}

// %%
if (answered(losses.at(-1), 2)) {
  const [fig, ax] = plt.subplots({ figsize: [8, 4] });
  ax.semilogy(losses, { label: String.raw`$\|A x - y\|_2^2$` });
  ax.set_title("Gradient descent on a linear system");
  ax.set_xlabel("iteration");
  ax.set_ylabel("loss");
  ax.legend();
  ax.grid(true);
  plt.show();
}

// %% [markdown]
// On this logarithmic scale a straight line means that every step shrinks the loss by the same factor. That is what
// gradient descent does on a problem like this one; how steep the line is depends on $A$ and on the learning rate.
//
// Four unknowns and three equations: there is not one solution but a whole line of them, and where we end up on it depends
// on where we began. Gradient descent moves $x$ only within the row space of $A$; the part of the random start that
// $A$ cannot see stays in $\tilde{x}$ for good. Among all solutions, the **pseudo-inverse** picks the one of least norm,
// $x^+ = A^+ y$. It is shorter than ours, and it solves the system to the last digit:

// %%
if (answered(losses.at(-1), 2)) {
  const shortest = torch.mv(torch.linalg.pinv(A), target);
  const miss = (x: torch.Tensor) => torch.norm(torch.mv(A, x).sub(target)).item().toExponential(0);

  console.log("norm of x_tilde:          ", torch.norm(x_tilde).item().toFixed(4), " misses by", miss(x_tilde));
  console.log("norm of the shortest one: ", torch.norm(shortest).item().toFixed(4), " misses by", miss(shortest));
}

// %% [markdown]
// ## 5 One layer of a network
//
// ### Exercise 3
//
// The building block of most networks is an affine map followed by something that is *not* linear, for otherwise a chain
// of layers would be no more than one matrix. The favourite is the rectifier, which replaces negative numbers by zero:
//
// $$ f(x, A, b) = \max(0,\; A x + b) , $$
//
// with the maximum taken entry by entry. Write `f`. (`torch.relu` is the rectifier.)

// %%
function f(x: torch.Tensor, A: torch.Tensor, b: torch.Tensor): torch.Tensor | void {
  /// BEGIN SOLUTION
  return torch.relu(torch.mv(A, x).add(b));
  /// END SOLUTION
}

// %%
const sample = torch.randn(4);
const weights = torch.randn(3, 4, { requires_grad: true });
const bias = torch.randn(3);

const output = f(sample, weights, bias);
if (answered(output, 3)) console.log(output);

// %% [markdown]
// ### Exercise 4
//
// Now squeeze the layer's output into one number and differentiate it. Compute
// $z = \lVert f(x, A, b) \rVert_2$ for `sample`, `weights` and `bias`, and assign it to `z`.

// %%
let z: torch.Tensor | undefined;

/// BEGIN SOLUTION
if (output) z = torch.norm(output);
/// END SOLUTION

if (answered(z, 4)) console.log(z);

// %% [markdown]
// We ask for the derivatives with respect to both parameters at once, and run into trouble:

// %%
if (answered(z, 4)) {
  try {
    grad(z, [weights, bias]);
  } catch (error) {
    console.log(String(error));
  }
}

// %% [markdown]
// The message says it: nobody told `bias` that it would be asked for a derivative, so nothing was noted down for it. A tensor can be
// told later, by `requires_grad_(true)` (PyTorch marks methods that change their own tensor by a final underscore). But
// the notes are taken *during* the computation, so it has to be done again. Do both, and assign the pair of gradients
// to `gradients`.

// %%
let gradients: readonly torch.Tensor[] | undefined;

/// BEGIN SOLUTION
bias.requires_grad_(true);
const again = f(sample, weights, bias);
if (again) {
  z = torch.norm(again);
  gradients = grad(z, [weights, bias]);
}
/// END SOLUTION

// %%
if (answered(gradients, 4)) {
  const [of_weights, of_bias] = gradients;
  display(Markdown(String.raw`$\partial z / \partial A =$`), of_weights);
  display(Markdown(String.raw`$\partial z / \partial b =$`), of_bias);
}

// %% [markdown]
// Only the second entry of the output is positive; the rectifier has switched the other two off, and where it is off, its
// derivative is zero. So the first and third rows of the gradient vanish, and the second row is the input $x$ itself:
// with $s = A x + b$ and the indicator $\mathbb{1}$,
//
// $$ \frac{\partial z}{\partial A_{ij}} = \frac{f_i}{\lVert f \rVert_2} \, \mathbb{1}[s_i > 0] \; x_j , \qquad
//    \frac{\partial z}{\partial b_i} = \frac{f_i}{\lVert f \rVert_2} \, \mathbb{1}[s_i > 0] . $$
//
// Where do all these notes live? Each `grad_fn` is a node of a graph, and `next_functions` lists the nodes that its inputs came
// from. We follow them down to the leaves, the tensors that you made yourself, where gradients are accumulated.

// %%
function walk(node: torch.Tensor["grad_fn"], depth = 0): void {
  if (!node) return;
  console.log("    ".repeat(depth) + node.name());
  for (const [next] of node.next_functions) walk(next, depth + 1);
}

if (answered(gradients, 4) && z) walk(z.grad_fn);

// %% [markdown]
// Read it from top to bottom and you have the chain rule in the order in which the machine applies it: norm, rectifier,
// sum, and then, in two branches, the matrix-vector product and $b$.

// %% [markdown]
// ## 6 A derivative of your own
//
// ### Exercise 5
//
// Sometimes an operation is missing, or you know a better derivative than the one that the machine would put together.
// Then you teach it. Our example is the inverse of a matrix, $A \mapsto A^{-1}$. From $A A^{-1} = I$ and the product rule,
//
// $$ \mathrm{d}A \; A^{-1} + A \; \mathrm{d}(A^{-1}) = 0 \quad \Longrightarrow \quad
//    \mathrm{d}(A^{-1}) = - A^{-1} \; \mathrm{d}A \; A^{-1} . $$
//
// Backpropagation asks the question the other way round: the gradient $G$ of some loss with respect to the *output* $A^{-1}$ is given,
// and the gradient with respect to the *input* $A$ is wanted. Since $\langle G, - A^{-1}\, \mathrm{d}A\, A^{-1} \rangle
// = \langle - A^{-\top} G\, A^{-\top}, \mathrm{d}A \rangle$, the answer is
//
// $$ - A^{-\top} \, G \, A^{-\top} . $$
//
// Write a class that extends `Function`, with two static methods. `forward(ctx, A)` computes the result and
// leaves in `ctx` what the way back will need (`ctx.save_for_backward(…)`). `backward(ctx, grad_output)` takes it out
// again (`ctx.saved_tensors`) and gives the gradient of the input. Use `torch.linalg.inv` for the inverse itself, and
// assign the class's `apply`, the function that runs it, to `invert`.

// %%
let invert: ((A: torch.Tensor) => torch.Tensor) | undefined;

/// BEGIN SOLUTION
class InverseMatrix extends Function {
  static forward(ctx: torch.autograd.Context, A: torch.Tensor): torch.Tensor {
    const inverse = torch.linalg.inv(A);
    ctx.save_for_backward(inverse);
    return inverse;
  }

  static backward(ctx: torch.autograd.Context, grad_output: torch.Tensor): torch.Tensor {
    const [inverse] = ctx.saved_tensors;
    const transposed = inverse.t();
    return torch.matmul(torch.matmul(transposed, grad_output), transposed).neg();
  }
}

invert = InverseMatrix.apply;
/// END SOLUTION

// A matrix to try it on, in 64-bit numbers.
const S = torch.tensor([[4, 1, 0], [1, 3, 1], [0, 1, 2]], { dtype: torch.float64, requires_grad: true });

// %% [markdown]
// First the values: does it invert? The product with the original must be the identity, and the result must be that of
// `torch.linalg.inv`. The suffix of the printed tensor shows that your class has become part of the graph.

// %%
if (answered(invert, 5)) {
  const inverse = invert(S);
  const identity = torch.eye(3, { dtype: torch.float64 });
  console.log(inverse);
  console.log("S times its inverse is the identity:", torch.allclose(torch.matmul(S, inverse), identity));
  console.log("equal to torch.linalg.inv:", torch.allclose(inverse, torch.linalg.inv(S)));
}

// %% [markdown]
// Then the derivative. `gradcheck` nudges every entry of the input a little up and down, looks how the output moves, and
// compares that with what your `backward` claims. It needs 64-bit numbers to see clearly, which is why `S` has them.

// %%
if (answered(invert, 5)) console.log("gradcheck:", gradcheck(invert, [S]));

// %% [markdown]
// And last, the same gradient by the machine's own rule for the inverse:

// %%
if (answered(invert, 5)) {
  const [ours] = grad(invert(S).sum(), [S]);
  const [theirs] = grad(torch.linalg.inv(S).sum(), [S]);
  console.log("same gradient as torch.linalg.inv:", torch.allclose(ours, theirs));
}

// %% [markdown]
// That is the whole story in small: tensors that remember, a graph of notes, the chain rule read backwards, and a step
// downhill. Networks with billions of parameters are trained by exactly these means.
