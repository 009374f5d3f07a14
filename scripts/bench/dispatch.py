"""PyTorch's side of `npm run bench -- dispatch`: answers each line `NAME COUNT` with the seconds that COUNT runs took."""
import json
import sys
import time

import torch

torch.set_num_threads(1)
a, b = torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.5, 0.25, 0.125, 1.0])
w = a.clone().requires_grad_(True)


def add(count):
    for _ in range(count):
        a + b


def add_gradient(count):
    for _ in range(count):
        w + b


def exercise2(count):
    for _ in range(count):
        descend()


def descend():
    torch.manual_seed(0)
    A, y = torch.randn(3, 4), torch.randn(3)
    x = torch.randn(4, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.05)
    for _ in range(1000):
        optimizer.zero_grad()
        loss = torch.norm(A @ x - y) ** 2
        loss.backward()
        optimizer.step()
        loss.item()
    return x


runs = {"add": add, "add_gradient": add_gradient, "exercise2": exercise2}
results = {"add": (a + b).tolist(), "add_gradient": (w + b).tolist(), "exercise2": descend().tolist()}
print(json.dumps({"version": torch.__version__, "results": results}), flush=True)
for line in sys.stdin:
    name, count = line.split()
    start = time.perf_counter()
    runs[name](int(count))
    print(time.perf_counter() - start, flush=True)
