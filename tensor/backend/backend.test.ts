/** One suite over every backend: random strided, broadcast and empty operands against brute force. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { convert } from "../core/allocate.ts";
import { bool, dtypes, float32, float64, int32, int64 } from "../core/dtype.ts";
import { loadAddon } from "./addon.ts";
import type { Backend, Operand, Reduction } from "./backend.ts";
import {
  approximateUnary,
  assertElements,
  assertProduct,
  assertReduced,
  assertWithin,
  bigBinary,
  comparisons,
  exactUnary,
  integerUnary,
  outside,
  read,
  ulp,
} from "./brute-force.test-data.ts";
import { createNative } from "./native.ts";
import { reference } from "./reference.ts";
import { contiguous, indices, shapes, view } from "./views.test-data.ts";

const addon = loadAddon();
const failures = { interrupted: () => new Error("interrupted") };

suite("reference", () => reference, false);
if (addon instanceof Error) suite("native", () => reference, `the addon does not load: ${addon.message}`);
else {
  for (const isa of addon.isas) {
    const missing = addon.availableIsas.includes(isa) ? false : `this machine has no ${isa}`;
    const native = (): Backend => {
      assert.ok(addon.chooseIsa(isa));
      return createNative(addon, failures);
    };
    suite(`native ${isa}`, native, missing);
  }
}

const floats = fc.constantFrom(float32, float64);
const numeric = fc.constantFrom(int32, int64, float32, float64);
const anyDtype = fc.constantFrom(...dtypes);
const integers = fc.constantFrom(int32, int64);
const names = (table: object) => fc.constantFrom(...Object.keys(table));

/** Runs a property on operands drawn for one shape. */
function property<T>(drawn: fc.Arbitrary<T>, check: (value: T) => void): void {
  fc.assert(fc.property(drawn, check), { numRuns: 40 });
}
const drawn = <A, B>(first: fc.Arbitrary<A>, then: (a: A, shape: readonly number[]) => fc.Arbitrary<B>) =>
  fc.tuple(first, shapes).chain(([a, shape]) => fc.tuple(fc.constant(a), then(a, shape)));

function suite(title: string, make: () => Backend, skip: false | string): void {
  describe(title, { skip }, () => {
    const backend = skip === false ? make() : reference;
    const use = (): Backend => (skip === false && title !== "reference" ? make() : backend);

    it("computes exact functions to the bit", () => {
      const operands = drawn(floats, (dtype, shape) =>
        fc.tuple(names(exactUnary), view(shape, dtype, true), view(shape, dtype)),
      );
      property(operands, ([, [name, y, x]]) => {
        const rest = outside(y);
        const f = exactUnary[name]!;
        use().unary({ name, f }, y, x);
        assertElements(y, (index) => f(Number(read(x, index))));
        rest();
      });
    });

    it("wraps integers", () => {
      const operands = drawn(integers, (dtype, shape) =>
        fc.tuple(names(integerUnary), view(shape, dtype, true), view(shape, dtype)),
      );
      property(operands, ([, [name, y, x]]) => {
        const loop = integerUnary[name]!;
        use().unary({ name, ...loop }, y, x);
        assertElements(y, (index) => loop.big(BigInt(read(x, index))));
      });
    });

    it("computes the other functions within 2 ulp", () => {
      const operands = drawn(floats, (dtype, shape) =>
        fc.tuple(names(approximateUnary), view(shape, dtype, true), view(shape, dtype)),
      );
      property(operands, ([dtype, [name, y, x]]) => {
        const f = approximateUnary[name]!;
        use().unary({ name, f }, y, x);
        for (const index of indices(y.shape)) {
          const input = Number(read(x, index));
          const wanted = Number(convert(dtype.name, f(input)));
          // V8's own functions are within 1 ulp of the truth in float64.
          const allowed = (dtype === float32 ? 2 : 3) * ulp(wanted, dtype);
          assertWithin(Number(read(y, index)), wanted, allowed, `${name}(${input})`);
        }
      });
    });

    it("gives an element the same bits wherever it stands", () => {
      property(
        fc.tuple(floats, names(approximateUnary), fc.integer({ min: 1, max: 70 })),
        ([dtype, name, n]) => {
          const f = approximateUnary[name]!;
          const x = contiguous([n], dtype, (i) => Math.sin(i * 7) * 9);
          const y = contiguous([n], dtype);
          use().unary({ name, f }, y, x);
          for (let i = 0; i < n; i++) {
            const one = contiguous([1], dtype);
            use().unary({ name, f }, one, { ...x, shape: [1], offset: i });
            assert.ok(Object.is(read(one, [0]), read(y, [i])), `${name}, element ${i} of ${n}`);
          }
        },
      );
    });

    it("combines two operands to the bit", () => {
      const operands = drawn(numeric, (dtype, shape) =>
        fc.tuple(names(bigBinary), view(shape, dtype, true), view(shape, dtype), view(shape, dtype)),
      );
      property(operands, ([dtype, [name, y, a, b]]) => {
        const rest = outside(y);
        const loop = bigBinary[name]!;
        use().binary({ name, ...loop }, y, a, b);
        const float = dtype.kind === "float";
        assertElements(y, (index) => {
          const [p, q] = [read(a, index), read(b, index)];
          return float ? loop.f(Number(p), Number(q)) : loop.big(BigInt(p), BigInt(q));
        });
        rest();
      });
    });

    it("divides and raises to powers", () => {
      const operands = drawn(floats, (dtype, shape) =>
        fc.tuple(view(shape, dtype, true), view(shape, dtype), view(shape, dtype)),
      );
      property(operands, ([dtype, [y, a, b]]) => {
        use().binary({ name: "div", f: (p, q) => p / q }, y, a, b);
        assertElements(y, (index) => Number(read(a, index)) / Number(read(b, index)));
        use().binary({ name: "pow", f: (p, q) => p ** q }, y, a, b);
        for (const index of indices(y.shape)) {
          const [p, q] = [Number(read(a, index)), Number(read(b, index))];
          // C and PyTorch say 1 where JavaScript says NaN.
          const wanted = Number(
            convert(dtype.name, p === 1 || (p === -1 && Math.abs(q) === Infinity) ? 1 : p ** q),
          );
          if (title === "reference" && Number.isNaN(p ** q)) continue;
          assertWithin(Number(read(y, index)), wanted, 3 * ulp(wanted, dtype), `${p} ** ${q}`);
        }
      });
    });

    it("works in place", () => {
      property(
        drawn(numeric, (dtype, shape) => fc.tuple(view(shape, dtype, true), view(shape, dtype))),
        ([, [y, b]]) => {
          const before = new Map(indices(y.shape).map((index) => [index.join(), read(y, index)]));
          const loop = bigBinary.sub!;
          use().binary({ name: "sub", ...loop }, y, y, b);
          assertElements(y, (index) => {
            const [p, q] = [before.get(index.join())!, read(b, index)];
            return y.dtype.kind === "float" ? loop.f(Number(p), Number(q)) : loop.big(BigInt(p), BigInt(q));
          });
        },
      );
    });

    it("compares", () => {
      const operands = drawn(anyDtype, (dtype, shape) =>
        fc.tuple(names(comparisons), view(shape, bool, true), view(shape, dtype), view(shape, dtype)),
      );
      property(operands, ([, [name, y, a, b]]) => {
        const f = comparisons[name]!;
        use().compare({ name, f }, y, a, b);
        assertElements(y, (index) => (f(read(a, index), read(b, index)) ? 1 : 0));
      });
    });

    it("selects by a condition", () => {
      const operands = drawn(anyDtype, (dtype, shape) =>
        fc.tuple(view(shape, dtype, true), view(shape, bool), view(shape, dtype), view(shape, dtype)),
      );
      property(operands, ([, [y, c, a, b]]) => {
        use().where(y, c, a, b);
        assertElements(y, (index) => (read(c, index) ? read(a, index) : read(b, index)));
      });
    });

    it("converts between all dtypes", () => {
      const operands = drawn(fc.tuple(anyDtype, anyDtype), ([to, from], shape) =>
        fc.tuple(view(shape, to, true), view(shape, from)),
      );
      property(operands, ([, [y, x]]) => {
        const rest = outside(y);
        use().copy(y, x);
        assertElements(y, (index) => read(x, index));
        rest();
      });
    });

    it("fills", () => {
      const operands = drawn(anyDtype, (dtype, shape) => view(shape, dtype, true));
      property(fc.tuple(operands, fc.constantFrom(0, 1.5, -0, Number.NaN, 300, 7n)), ([[, y], value]) => {
        const rest = outside(y);
        use().fill(y, value);
        assertElements(y, () => value);
        rest();
      });
    });

    it("reduces", () => {
      const operands = drawn(numeric, (dtype, shape) => {
        const reduced = fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length });
        const reductions: Reduction[] = ["sum", "prod", "amax", "amin", "sum_abs", "sum_squares"];
        return fc.tuple(fc.constantFrom(...reductions), view(shape, dtype, false, "tame"), reduced);
      });
      property(operands, ([dtype, [reduction, x, reduced]]) => {
        const y = contiguous(
          x.shape.map((n, d) => (reduced[d] ? 1 : n)),
          dtype,
        );
        if (x.shape.includes(0) && reduction.startsWith("am")) return;
        use().reduce(reduction, y, x);
        assertReduced(reduction, y, x);
      });
    });

    it("reduces bools to any, all and a count", () => {
      property(
        drawn(fc.constant(bool), (dtype, shape) => fc.tuple(view(shape, dtype))),
        ([, [x]]) => {
          const ones = x.shape.map(() => 1);
          const first = ones.map(() => 0);
          const elements = indices(x.shape).map((index) => read(x, index) !== 0);
          const [any, all, count] = [contiguous(ones, bool), contiguous(ones, bool), contiguous(ones, int64)];
          use().reduce("any", any, x);
          use().reduce("all", all, x);
          use().reduce("sum", count, x);
          assert.equal(read(any, first), Number(elements.some(Boolean)));
          assert.equal(read(all, first), Number(elements.every(Boolean)));
          assert.equal(read(count, first), BigInt(elements.filter(Boolean).length));
        },
      );
    });

    it("lets NaN through amax and amin", () => {
      for (const n of [1, 7, 33, 700]) {
        for (const at of [0, n >> 1, n - 1]) {
          for (const reduction of ["amax", "amin"] as const) {
            const x = contiguous([n], float32, (i) => (i === at ? Number.NaN : i));
            const y = contiguous([1], float32);
            use().reduce(reduction, y, x);
            assert.ok(Number.isNaN(read(y, [0])), `${reduction}, NaN at ${at} of ${n}`);
          }
        }
      }
    });

    it("sums many float32 as exactly as float64 does", () => {
      const x = contiguous([130, 600], float32, (i) => 0.1 + (i % 7));
      for (const shape of [
        [1, 1],
        [130, 1],
        [1, 600],
      ]) {
        const y = contiguous(shape, float32);
        use().reduce("sum", y, x);
        assertReduced("sum", y, x);
      }
    });

    it("multiplies matrices", () => {
      const size = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 40 }));
      const batches = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 });
      const operands = fc
        .tuple(numeric, batches, size, size, size)
        .chain(([dtype, batch, n, k, m]) =>
          fc.tuple(
            view([...batch, n, m], dtype, true, "tame"),
            view([...batch, n, k], dtype, false, "tame"),
            view([...batch, k, m], dtype, false, "tame"),
          ),
        );
      property(operands, ([y, a, b]) => {
        const rest = outside(y);
        use().matmul(y, a, b);
        assertProduct(y, a, b);
        rest();
      });
    });

    for (const dtype of [float32, float64]) {
      for (const [n, k, m] of [
        [150, 300, 140],
        [1, 300, 200],
        [300, 200, 1],
        [3, 600, 129],
        [129, 1, 131],
      ] as const) {
        it(`multiplies ${dtype.name} [${n}, ${k}] and [${k}, ${m}]`, () => {
          const a = contiguous([n, k], dtype, (i) => Math.sin(i));
          const b = contiguous([k, m], dtype, (i) => Math.cos(i));
          const transposed = (x: Operand): Operand => ({
            ...x,
            shape: [x.shape[1]!, x.shape[0]!],
            strides: [x.strides[1]!, x.strides[0]!],
          });
          const y = contiguous([n, m], dtype);
          use().matmul(y, a, b);
          assertProduct(y, a, b);
          const z = contiguous([m, n], dtype);
          use().matmul(z, transposed(b), transposed(a));
          assertProduct(z, transposed(b), transposed(a));
        });
      }
    }

    it("inverts", () => {
      for (const n of [0, 1, 2, 5, 40]) {
        const x = contiguous([2, n, n], float64, (i) => Math.sin(i * i) + (i % (n + 1) === 0 ? 2 : 0));
        const y = contiguous([2, n, n], float64);
        assert.equal(use().inverse(y, x), 0);
        const product = contiguous([2, n, n], float64);
        reference.matmul(product, x, y);
        for (const index of indices(product.shape)) {
          assertWithin(Number(read(product, index)), index[1] === index[2] ? 1 : 0, 1e-9, `[${index}]`);
        }
      }
    });

    it("names the zero pivot of a singular matrix", () => {
      const x = contiguous([2, 2], float32, (i) => [1, 2, 2, 4][i]!);
      assert.equal(use().inverse(contiguous([2, 2], float32), x), 2);
    });
  });
}
