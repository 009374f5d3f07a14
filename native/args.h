// The ring: one Float64Array per environment through which TypeScript passes addresses, sizes and strides.
// A call has no arguments of its own: [0] holds the call's kind on entry and its status afterwards.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "loops.h"

inline constexpr size_t RING_LENGTH = 2048;
inline constexpr int MAX_RANK = 64, MAX_OPERANDS = 4;
// Where things stand in the ring; native.ts has the same numbers.
enum RingSlot { KIND, OPERATION, DTYPE, OTHER_DTYPE, RANK, ADDRESSES, SHAPE = ADDRESSES + MAX_OPERANDS };
enum Kind { UNARY, BINARY, COMPARE, WHERE, COPY, REDUCE, MATMUL, INVERSE, KINDS };
enum Status { DONE, INTERRUPTED, NO_MEMORY, NO_LOOP, BAD_ARGUMENT };

// Debug and sanitizer builds (JACOBI_CHECK) check again what TypeScript has checked.
#ifdef JACOBI_CHECK
#define CHECK(condition)                                                \
  do {                                                                  \
    if (!(condition)) {                                                 \
      fputs("internal: native argument: " #condition "\n", stderr);     \
      return BAD_ARGUMENT;                                              \
    }                                                                   \
  } while (0)
#else
#define CHECK(condition) (void)0
#endif

// Up to four operands over one shape. Strides count bytes.
struct Nest {
  int rank, operands;
  int64_t shape[MAX_RANK];
  int64_t stride[MAX_OPERANDS][MAX_RANK];
  char* data[MAX_OPERANDS];
};

// Reads a nest whose operand i has elements of sizes[i] bytes.
inline Status read_nest(const double* ring, int operands, const int* sizes, Nest& nest) {
  nest.rank = int(ring[RANK]);
  nest.operands = operands;
  CHECK(nest.rank >= 0 && nest.rank <= MAX_RANK);
  const double* at = ring + SHAPE;
  bool empty = false;
  for (int d = 0; d < nest.rank; d++) {
    nest.shape[d] = int64_t(*at++);
    CHECK(nest.shape[d] >= 0);
    empty |= nest.shape[d] == 0;
  }
  for (int i = 0; i < operands; i++) {
    for (int d = 0; d < nest.rank; d++) nest.stride[i][d] = int64_t(*at++) * sizes[i];
    nest.data[i] = reinterpret_cast<char*>(uintptr_t(ring[ADDRESSES + i]));
    CHECK(empty || (nest.data[i] != nullptr && uintptr_t(nest.data[i]) % sizes[i] == 0));
  }
  return DONE;
}

// Drops axes of one element and joins axes that one stride steps through; true when there is nothing to do.
inline bool collapse(Nest& nest) {
  int rank = 0;
  for (int d = 0; d < nest.rank; d++) {
    if (nest.shape[d] == 0) return true;
    if (nest.shape[d] == 1) continue;
    bool joins = rank > 0;
    for (int i = 0; joins && i < nest.operands; i++) {
      joins = nest.stride[i][rank - 1] == nest.stride[i][d] * nest.shape[d];
    }
    if (!joins) rank++;
    nest.shape[rank - 1] = joins ? nest.shape[rank - 1] * nest.shape[d] : nest.shape[d];
    for (int i = 0; i < nest.operands; i++) nest.stride[i][rank - 1] = nest.stride[i][d];
  }
  if (rank == 0) {
    nest.shape[0] = 1;
    for (int i = 0; i < nest.operands; i++) nest.stride[i][0] = 0;
    rank = 1;
  }
  nest.rank = rank;
  return false;
}

// Steps the outer axes (all but the last `inner`) to the next row; false after the last.
struct Odometer {
  const Nest& nest;
  int axes;
  int64_t index[MAX_RANK];
  char* at[MAX_OPERANDS];
  Odometer(const Nest& n, int outer_axes) : nest(n), axes(outer_axes) {
    for (int d = 0; d < axes; d++) index[d] = 0;
    for (int i = 0; i < n.operands; i++) at[i] = n.data[i];
  }
  bool next() {
    for (int d = axes - 1; d >= 0; d--) {
      for (int i = 0; i < nest.operands; i++) at[i] += nest.stride[i][d];
      if (++index[d] < nest.shape[d]) return true;
      for (int i = 0; i < nest.operands; i++) at[i] -= nest.stride[i][d] * nest.shape[d];
      index[d] = 0;
    }
    return false;
  }
};

template <class U>
inline void move_strided(char* to, int64_t to_step, const char* from, int64_t from_step, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    U value;
    memcpy(&value, from + i * from_step, sizeof value);
    memcpy(to + i * to_step, &value, sizeof value);
  }
}
// n elements of `size` bytes from one stride to another, both in bytes.
inline void move_elements(char* to, int64_t to_step, const char* from, int64_t from_step, int64_t n, int size) {
  if (to_step == size && from_step == size) {
    memcpy(to, from, size_t(n) * size);
    return;
  }
  switch (size) {
    case 1: return move_strided<uint8_t>(to, to_step, from, from_step, n);
    case 2: return move_strided<uint16_t>(to, to_step, from, from_step, n);
    case 4: return move_strided<uint32_t>(to, to_step, from, from_step, n);
    default: return move_strided<uint64_t>(to, to_step, from, from_step, n);
  }
}

// What one environment (main thread or worker) owns.
struct Environment {
  double* ring;
  const volatile int32_t* interrupted;
};

Status run_elementwise(Environment&, Kind);
Status run_reduce(Environment&);
Status run_matmul(Environment&);
Status run_inverse(Environment&);

// The loops and products of the instruction set chosen at load.
const Loops& loops();
const Gemm& gemm();
