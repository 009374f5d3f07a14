import assert from "node:assert/strict";
import { test } from "node:test";
import { readCases, recordedNumber } from "../conformance/cases.ts";
import { Generator } from "./generator.ts";
import { bernoulli, exponential, integers, normal, permutation, uniform } from "./streams.ts";

/** The first shown tensor of a recorded case, found by its source text after the seeds. */
function recorded(seed: number, code: string): number[] {
  const src = `torch.manual_seed(${seed})\nnp.random.seed(${seed})\nshow(${code})`;
  const found = readCases("rng").find((c) => c.src === src);
  assert.ok(found, `no recorded case: ${src}`);
  const [shown] = found.show as { $t: { dtype: string; data: (number | string)[] } }[];
  const numbers = shown!.$t.data.map((x) => Number(recordedNumber(x)));
  return shown!.$t.dtype === "float32" ? numbers.map(Math.fround) : numbers;
}
const seeded = (seed: number) => new Generator().manual_seed(seed);

test("uniform numbers are PyTorch's", () => {
  assert.deepEqual([...uniform(seeded(0), "float32", 20)], recorded(0, "torch.rand(20)"));
  assert.deepEqual([...uniform(seeded(0), "float64", 5)], recorded(0, "torch.rand(5, dtype=torch.float64)"));
  assert.deepEqual(
    [...uniform(seeded(0), "float32", 20, 0, 10)],
    recorded(0, "torch.zeros(20).uniform_(0, 10)"),
  );
  assert.deepEqual(
    [...uniform(seeded(1234), "float64", 5, -2, 3)],
    recorded(1234, "torch.zeros(5, dtype=torch.float64).uniform_(-2, 3)"),
  );
});

test("normal numbers are PyTorch's to the bit, by pairs below 16 and by blocks from 16 on", () => {
  for (const n of [1, 15, 100]) {
    assert.deepEqual([...normal(seeded(0), "float32", n)], recorded(0, `torch.randn(${n})`));
    assert.deepEqual([...normal(seeded(1234), "float32", n)], recorded(1234, `torch.randn(${n})`));
  }
  assert.deepEqual([...normal(seeded(1), "float32", 17)], recorded(1, "torch.randn(17)"));
  assert.deepEqual(
    [...normal(seeded(0), "float32", 20, -1, 0.5)],
    recorded(0, "torch.zeros(20).normal_(-1, 0.5)"),
  );
  assert.deepEqual(
    [...normal(seeded(0), "float64", 16)],
    recorded(0, "torch.randn(16, dtype=torch.float64)"),
  );
  assert.deepEqual(
    [...normal(seeded(1), "float64", 33)],
    recorded(1, "torch.randn(33, dtype=torch.float64)"),
  );
});

test("integers, permutations, coins and exponentials are PyTorch's", () => {
  const ints = (n: number, low: bigint, high: bigint) => [...integers(seeded(0), n, low, high)].map(Number);
  assert.deepEqual(ints(9, -5n, 5n), recorded(0, "torch.randint(-5, 5, (3, 3))"));
  assert.deepEqual(ints(4, 0n, 2n ** 40n), recorded(0, "torch.randint(0, 2**40, (4,))"));
  assert.deepEqual(permutation(seeded(0), 100), recorded(0, "torch.randperm(100)"));
  assert.deepEqual([...bernoulli(seeded(1), 40, 0.25)], recorded(1, "torch.zeros(40).bernoulli_(0.25)"));
  assert.deepEqual(
    [...exponential(seeded(0), "float64", 5)],
    recorded(0, "torch.zeros(5, dtype=torch.float64).exponential_()"),
  );
});

test("the state is PyTorch's, byte for byte, and restores the stream with its kept normal", () => {
  const g = seeded(1234);
  const expected = readCases("rng").find(
    (c) => String(c.src).endsWith("show(s[:40])") && c.id.includes("1234"),
  );
  const [shown] = expected!.show as { $t: { data: number[] } }[];
  assert.deepEqual([...g.stateBytes().slice(0, 40)], shown!.$t.data);
  g.normal();
  const state = g.stateBytes();
  const next = [g.normal(), g.normal(), g.uint32()];
  g.setStateBytes(state);
  assert.deepEqual([g.normal(), g.normal(), g.uint32()], next);
});

test("seeds wrap at 64 bits and a broken state is refused", () => {
  assert.equal(seeded(-1).initial_seed(), 2n ** 64n - 1n);
  assert.equal(new Generator().manual_seed(2 ** 40 + 5).initial_seed(), 2 ** 40 + 5);
  assert.throws(() => seeded(0).setStateBytes(new Uint8Array(10)), /10 bytes: expected 5056/);
});
