/** Memory that cannot be had is an error one can catch. */
import assert from "node:assert/strict";
import { test } from "node:test";
import torch from "jacobi";

test("more memory than there is gives PyTorch's error with the bytes, and the library goes on", () => {
  assert.throws(() => torch.zeros(1e15), {
    name: "RuntimeError",
    message:
      "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4000000000000000 bytes. Error code 12 (Cannot allocate memory)",
  });
  assert.equal(String(torch.zeros(2)), "tensor([0., 0.])");
});

test("memory that the system has no more of is refused before it ends the process", {
  skip: process.platform !== "linux" || process.availableMemory === undefined,
}, () => {
  const n = Math.ceil(process.availableMemory() / 4);
  for (const make of [() => torch.zeros(n), () => torch.randn(n), () => torch.randn(1e6, 1e6)])
    assert.throws(make, { name: "RuntimeError", message: /DefaultCPUAllocator: can't allocate memory/ });
  assert.equal(String(torch.zeros(2)), "tensor([0., 0.])");
});
