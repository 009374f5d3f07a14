// Elementwise operations over strided operands: whole rows where they are contiguous, else blocks through L1 scratch.
#include <type_traits>

#include "args.h"

namespace {

constexpr int64_t BLOCK = 1024;         // elements in a scratch block
constexpr int64_t CHUNK = 1 << 16;      // elements between two looks at the interrupt flag
constexpr int64_t SHORTEST_ROW = 32;    // shorter rows are gathered, several to a block

struct alignas(64) Scratch {
  char bytes[MAX_OPERANDS][BLOCK * 8];
};

// Rows along the last axis, each operand contiguous or repeated there. Repeated ones are spread over a scratch block.
template <class Call>
Status by_rows(const Nest& nest, const int* sizes, const volatile int32_t* interrupted, Call call) {
  Scratch scratch;
  const int last = nest.rank - 1;
  const int64_t length = nest.shape[last];
  bool repeated = false;
  for (int i = 1; i < nest.operands; i++) repeated |= nest.stride[i][last] == 0;
  const int64_t step = repeated ? BLOCK : CHUNK;
  Odometer row(nest, last);
  int64_t since = 0;
  const char* spread[MAX_OPERANDS] = {};
  do {
    char* at[MAX_OPERANDS];
    for (int i = 0; i < nest.operands; i++) {
      at[i] = row.at[i];
      if (i == 0 || nest.stride[i][last] != 0) continue;
      at[i] = scratch.bytes[i];
      if (spread[i] == row.at[i]) continue;
      spread[i] = row.at[i];
      move_elements(at[i], sizes[i], row.at[i], 0, length < BLOCK ? length : BLOCK, sizes[i]);
    }
    for (int64_t done = 0; done < length; done += step) {
      const int64_t n = length - done < step ? length - done : step;
      call(at, size_t(n));
      for (int i = 0; i < nest.operands; i++) {
        if (i == 0 || nest.stride[i][last] != 0) at[i] += n * sizes[i];
      }
      if ((since += n) >= CHUNK) {
        since = 0;
        if (*interrupted) return INTERRUPTED;
      }
    }
  } while (row.next());
  return DONE;
}

// Any strides: operands are gathered into blocks, and the result is scattered, across row boundaries.
template <class Call>
Status by_blocks(const Nest& nest, const int* sizes, const volatile int32_t* interrupted, Call call) {
  Scratch scratch;
  const int last = nest.rank - 1;
  const int64_t length = nest.shape[last];
  Odometer row(nest, last);
  int64_t column = 0;
  int64_t since = 0;
  for (bool more = true; more;) {
    // The parts of rows that fill one block; the result is scattered along the same parts afterwards.
    struct Part { char* y; int64_t n; } parts[BLOCK];
    int part_count = 0;
    int64_t filled = 0;
    while (more && filled < BLOCK) {
      const int64_t n = length - column < BLOCK - filled ? length - column : BLOCK - filled;
      for (int i = 1; i < nest.operands; i++) {
        const int64_t stride = nest.stride[i][last];
        move_elements(scratch.bytes[i] + filled * sizes[i], sizes[i], row.at[i] + column * stride, stride, n, sizes[i]);
      }
      parts[part_count++] = {row.at[0] + column * nest.stride[0][last], n};
      filled += n;
      column += n;
      if (column == length) {
        column = 0;
        more = row.next();
      }
    }
    char* at[MAX_OPERANDS];
    for (int i = 0; i < nest.operands; i++) at[i] = scratch.bytes[i];
    call(at, size_t(filled));
    const char* from = scratch.bytes[0];
    for (int p = 0; p < part_count; p++) {
      move_elements(parts[p].y, nest.stride[0][last], from, sizes[0], parts[p].n, sizes[0]);
      from += parts[p].n * sizes[0];
    }
    if ((since += filled) >= CHUNK) {
      since = 0;
      if (*interrupted) return INTERRUPTED;
    }
  }
  return DONE;
}

template <class Call>
Status over(const double* ring, int operands, const int* sizes, const volatile int32_t* interrupted, Call call) {
  Nest nest;
  const Status status = read_nest(ring, operands, sizes, nest);
  if (status != DONE || collapse(nest)) return status;
  const int last = nest.rank - 1;
  bool direct = nest.rank == 1 && nest.shape[0] <= CHUNK;  // one call and no scratch
  for (int i = 0; direct && i < operands; i++) direct = nest.shape[0] == 1 || nest.stride[i][0] == sizes[i];
  if (direct) {
    call(nest.data, size_t(nest.shape[0]));
    return DONE;
  }
  bool rows = nest.rank == 1 || nest.shape[last] >= SHORTEST_ROW;
  for (int i = 0; i < operands; i++) {
    const int64_t stride = nest.stride[i][last];
    rows &= stride == sizes[i] || (stride == 0 && (i > 0 || nest.shape[last] == 1));
  }
  return rows ? by_rows(nest, sizes, interrupted, call) : by_blocks(nest, sizes, interrupted, call);
}

// ---- conversion and selection: the same for every instruction set.
// C++'s own bool stands for the dtype bool as a target.
template <class To, class From>
To converted(From x) {
  constexpr bool float_to_integer = std::is_floating_point_v<From> && std::is_integral_v<To>;
  if constexpr (std::is_same_v<To, bool>) {
    return x != 0;
  } else if constexpr (float_to_integer && sizeof(To) == 4) {  // out of range as x86 has it
    return double(x) > -2147483649.0 && double(x) < 2147483648.0 ? To(x) : INT32_MIN;
  } else if constexpr (float_to_integer) {
    return To(x >= From(-9223372036854775808.0) && x < From(9223372036854775808.0) ? int64_t(x) : INT64_MIN);
  } else {
    return To(x);
  }
}
template <class To, class From>
void convert(void* out, const void* in, size_t n) {
  To* y = static_cast<To*>(out);
  const From* x = static_cast<const From*>(in);
  for (size_t i = 0; i < n; i++) y[i] = converted<To, From>(x[i]);
}
#define FROM(to)                                                                                       \
  {convert<to, uint8_t>, convert<to, uint8_t>, convert<to, int8_t>, convert<to, int16_t>,               \
   convert<to, int32_t>, convert<to, int64_t>, convert<to, float>, convert<to, double>}
// conversions[to][from].
const UnaryFunction conversions[DTYPES][DTYPES] = {FROM(bool),    FROM(uint8_t), FROM(int8_t), FROM(int16_t),
                                                   FROM(int32_t), FROM(int64_t), FROM(float),  FROM(double)};

template <class U>
void select(void* out, const uint8_t* condition, const void* yes, const void* no, size_t n) {
  U* y = static_cast<U*>(out);
  const U* a = static_cast<const U*>(yes);
  const U* b = static_cast<const U*>(no);
#pragma GCC ivdep
  for (size_t i = 0; i < n; i++) y[i] = condition[i] ? a[i] : b[i];
}

Status run_copy(Environment& env) {
  const int to = int(env.ring[DTYPE]), from = int(env.ring[OTHER_DTYPE]);
  CHECK(to >= 0 && to < DTYPES && from >= 0 && from < DTYPES);
  const int sizes[] = {itemsize[to], itemsize[from]};
  if (to == from) {
    return over(env.ring, 2, sizes, env.interrupted, [&](char** at, size_t n) { memmove(at[0], at[1], n * sizes[0]); });
  }
  const UnaryFunction f = conversions[to][from];
  return over(env.ring, 2, sizes, env.interrupted, [&](char** at, size_t n) { f(at[0], at[1], n); });
}

Status run_where(Environment& env) {
  const int dtype = int(env.ring[DTYPE]);
  CHECK(dtype >= 0 && dtype < DTYPES);
  const int size = itemsize[dtype];
  const int sizes[] = {size, 1, size, size};
  return over(env.ring, 4, sizes, env.interrupted, [&](char** at, size_t n) {
    const uint8_t* condition = reinterpret_cast<const uint8_t*>(at[1]);
    switch (size) {
      case 1: return select<uint8_t>(at[0], condition, at[2], at[3], n);
      case 2: return select<uint16_t>(at[0], condition, at[2], at[3], n);
      case 4: return select<uint32_t>(at[0], condition, at[2], at[3], n);
      default: return select<uint64_t>(at[0], condition, at[2], at[3], n);
    }
  });
}

}  // namespace

Status run_elementwise(Environment& env, Kind kind) {
  if (kind == COPY) return run_copy(env);
  if (kind == WHERE) return run_where(env);
  const int operation = int(env.ring[OPERATION]), dtype = int(env.ring[DTYPE]);
  CHECK(dtype >= 0 && dtype < DTYPES && operation >= 0);
  const int size = itemsize[dtype];
  const int sizes[] = {kind == COMPARE ? 1 : size, size, size};
  if (kind == UNARY) {
    CHECK(operation < UNARY_COUNT);
    const UnaryFunction f = loops().unary[operation][dtype];
    if (f == nullptr) return NO_LOOP;
    return over(env.ring, 2, sizes, env.interrupted, [&](char** at, size_t n) { f(at[0], at[1], n); });
  }
  CHECK(operation < (kind == BINARY ? int(binary_code::COUNT) : int(compare_code::COUNT)));
  const BinaryFunction f = kind == BINARY ? loops().binary[operation][dtype] : loops().compare[operation][dtype];
  if (f == nullptr) return NO_LOOP;
  return over(env.ring, 3, sizes, env.interrupted, [&](char** at, size_t n) { f(at[0], at[1], at[2], n); });
}
