// Reductions over strided operands. Each result's elements go in blocks of REDUCE_BLOCK, whatever their strides, and
// the blocks' totals are joined pairwise: the error grows with the logarithm of the number of blocks.
#include "args.h"

namespace {

// Pairwise joining as the blocks arrive: partial[l] is the total of 2^l blocks, present where bit l of `count` is set.
struct Cascade {
  const ReduceFunctions& f;
  uint64_t count = 0;
  Total partial[64];
  explicit Cascade(const ReduceFunctions& functions) : f(functions) {}
  void add(Total total) {
    int level = 0;
    for (; (count >> level) & 1; level++) total = f.join(partial[level], total);
    partial[level] = total;
    count++;
  }
  Total total() const {
    bool any = false;
    Total all = f.start;
    for (int level = 0; level < 64; level++) {
      if (!((count >> level) & 1)) continue;
      all = any ? f.join(partial[level], all) : partial[level];
      any = true;
    }
    return all;
  }
};

void write(char* y, int dtype, Total total) {
  switch (dtype) {
    case BOOL: { const uint8_t v = total.i != 0; memcpy(y, &v, sizeof v); return; }
    case INT32: { const int32_t v = int32_t(total.i); memcpy(y, &v, sizeof v); return; }
    case INT64: memcpy(y, &total.i, sizeof total.i); return;
    case FLOAT32: { const float v = float(total.f); memcpy(y, &v, sizeof v); return; }
    default: memcpy(y, &total.f, sizeof total.f);
  }
}

// One result: the reduced axes of x, `inner` (operand 0), walked in blocks.
bool reduce_one(const Nest& inner, int size, const ReduceFunctions& f, const volatile int32_t* interrupted, Total& result) {
  const int last = inner.rank - 1;
  const int64_t length = inner.shape[last], stride = inner.stride[0][last];
  Cascade cascade(f);
  alignas(64) char block[REDUCE_BLOCK * 8];
  size_t filled = 0;
  Odometer row(inner, last);
  do {
    if (*interrupted) return false;
    if (stride == size && (length % REDUCE_BLOCK == 0 || last == 0)) {  // blocks lie in place
      for (int64_t i = 0; i < length; i += REDUCE_BLOCK) {
        const int64_t n = length - i < int64_t(REDUCE_BLOCK) ? length - i : int64_t(REDUCE_BLOCK);
        cascade.add(f.block(row.at[0] + i * size, size_t(n)));
        if ((i & ((1 << 20) - 1)) == 0 && *interrupted) return false;
      }
      continue;
    }
    for (int64_t i = 0, n; i < length; i += n) {
      const int64_t room = int64_t(REDUCE_BLOCK - filled);
      n = length - i < room ? length - i : room;
      move_elements(block + filled * size, size, row.at[0] + i * stride, stride, n, size);
      if ((filled += size_t(n)) < REDUCE_BLOCK) continue;
      cascade.add(f.block(block, filled));
      filled = 0;
    }
  } while (row.next());
  if (filled > 0) cascade.add(f.block(block, filled));
  result = cascade.total();
  return true;
}

// Many results side by side: x's contiguous axis is kept. Rows are added into a strip of totals, which every
// REDUCE_BLOCK rows is joined into a second strip.
constexpr int64_t STRIP = 256;
bool reduce_strip(const Nest& inner, int64_t columns, const ReduceFunctions& f, const volatile int32_t* interrupted,
                  Total* totals) {
  Total strip[STRIP];
  for (int64_t j = 0; j < columns; j++) totals[j] = strip[j] = f.start;
  size_t rows = 0;
  bool joined = false;
  Odometer row(inner, inner.rank);
  do {
    f.rows(strip, row.at[0], size_t(columns));
    if (++rows < REDUCE_BLOCK) continue;
    if (*interrupted) return false;
    for (int64_t j = 0; j < columns; j++) {
      totals[j] = joined ? f.join(totals[j], strip[j]) : strip[j];
      strip[j] = f.start;
    }
    joined = true;
    rows = 0;
  } while (row.next());
  if (rows > 0) {
    for (int64_t j = 0; j < columns; j++) totals[j] = joined ? f.join(totals[j], strip[j]) : strip[j];
  }
  return true;
}

// Splits the axes of y (operand 0, stride 0 where reduced) and x (operand 1) into those kept and those reduced.
void split(const Nest& nest, Nest& outer, Nest& inner) {
  outer.rank = inner.rank = 0;
  outer.operands = 2;
  inner.operands = 1;
  for (int d = 0; d < nest.rank; d++) {
    if (nest.shape[d] == 1) continue;
    if (nest.stride[0][d] == 0) {
      inner.shape[inner.rank] = nest.shape[d];
      inner.stride[0][inner.rank++] = nest.stride[1][d];
    } else {
      outer.shape[outer.rank] = nest.shape[d];
      outer.stride[0][outer.rank] = nest.stride[0][d];
      outer.stride[1][outer.rank++] = nest.stride[1][d];
    }
  }
  outer.data[0] = nest.data[0];
  outer.data[1] = inner.data[0] = nest.data[1];
}

}  // namespace

Status run_reduce(Environment& env) {
  const int operation = int(env.ring[OPERATION]), dtype = int(env.ring[DTYPE]), to = int(env.ring[OTHER_DTYPE]);
  CHECK(operation >= 0 && operation < reduce_code::COUNT && dtype >= 0 && dtype < DTYPES && to >= 0 && to < DTYPES);
  const ReduceFunctions& f = loops().reduce[operation][dtype];
  if (f.block == nullptr) return NO_LOOP;
  const int sizes[] = {itemsize[to], itemsize[dtype]}, size = sizes[1];
  Nest nest, outer, inner;
  const Status status = read_nest(env.ring, 2, sizes, nest);
  if (status != DONE) return status;
  split(nest, outer, inner);
  bool nothing = false;
  for (int d = 0; d < inner.rank; d++) nothing |= inner.shape[d] == 0;
  if (collapse(outer)) return DONE;
  if (nothing) {
    Odometer result(outer, outer.rank);
    do write(result.at[0], to, f.start);
    while (result.next());
    return DONE;
  }
  collapse(inner);
  const int last = outer.rank - 1;
  const bool strips = outer.stride[1][last] == size && outer.shape[last] >= 4 && inner.stride[0][inner.rank - 1] != size;
  Odometer result(outer, strips ? last : outer.rank);
  do {
    inner.data[0] = result.at[1];
    if (!strips) {
      Total total;
      if (!reduce_one(inner, size, f, env.interrupted, total)) return INTERRUPTED;
      write(result.at[0], to, total);
      continue;
    }
    for (int64_t j = 0; j < outer.shape[last]; j += STRIP) {
      const int64_t columns = outer.shape[last] - j < STRIP ? outer.shape[last] - j : STRIP;
      Total totals[STRIP];
      inner.data[0] = result.at[1] + j * size;
      if (!reduce_strip(inner, columns, f, env.interrupted, totals)) return INTERRUPTED;
      for (int64_t i = 0; i < columns; i++) write(result.at[0] + (j + i) * outer.stride[0][last], to, totals[i]);
    }
  } while (result.next());
  return DONE;
}
