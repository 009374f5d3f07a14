// Matrix products over batches, and the inverse by LU with partial pivoting.
#include <vector>

#include "args.h"

namespace {

struct Batch {
  Nest nest;  // the batch axes of y, a, b
  size_t m, n, k;
  ptrdiff_t y_row, y_column, a_row, a_column, b_row, b_column;  // in elements
};

Status read_batch(const double* ring, int size, Batch& batch) {
  Nest nest;
  const int sizes[] = {size, size, size};
  const Status status = read_nest(ring, 3, sizes, nest);
  if (status != DONE) return status;
  const int rank = nest.rank;
  CHECK(rank >= 2);
  batch.m = size_t(nest.shape[rank - 2]);
  batch.n = size_t(nest.shape[rank - 1]);
  batch.k = size_t(ring[SHAPE + 4 * rank]);
  const auto row = [&](int i) { return ptrdiff_t(nest.stride[i][rank - 2] / size); };
  const auto column = [&](int i) { return ptrdiff_t(nest.stride[i][rank - 1] / size); };
  batch.y_row = row(0), batch.y_column = column(0);
  batch.a_row = row(1), batch.a_column = column(1);
  batch.b_row = row(2), batch.b_column = column(2);
  nest.rank = rank - 2;
  batch.nest = nest;
  return DONE;
}

// Many products with one b, whose rows of a follow one another, are one product with more rows.
void join_batches(Batch& batch, int size) {
  Nest& nest = batch.nest;
  if (nest.rank != 1 || nest.stride[2][0] != 0) return;
  const int64_t m = int64_t(batch.m);
  if (nest.stride[0][0] != m * batch.y_row * size || nest.stride[1][0] != m * batch.a_row * size) return;
  batch.m *= size_t(nest.shape[0]);
  nest.shape[0] = 1;
}

template <class T>
int multiply_integers(const Batch& batch, T* y, const T* a, const T* b, const volatile int32_t* interrupted) {
  for (size_t i = 0; i < batch.m; i++) {
    if (*interrupted) return INTERRUPTED;
    for (size_t j = 0; j < batch.n; j++) {
      T total = 0;
      for (size_t p = 0; p < batch.k; p++) {
        total += a[ptrdiff_t(i) * batch.a_row + ptrdiff_t(p) * batch.a_column] *
                 b[ptrdiff_t(p) * batch.b_row + ptrdiff_t(j) * batch.b_column];
      }
      y[ptrdiff_t(i) * batch.y_row + ptrdiff_t(j) * batch.y_column] = total;
    }
  }
  return DONE;
}

template <class T, class Multiply>
Status each_batch(Batch& batch, Multiply multiply) {
  if (collapse(batch.nest)) return DONE;
  join_batches(batch, sizeof(T));
  Odometer at(batch.nest, batch.nest.rank);
  do {
    const int status =
        multiply(reinterpret_cast<T*>(at.at[0]), reinterpret_cast<const T*>(at.at[1]), reinterpret_cast<const T*>(at.at[2]));
    if (status != DONE) return Status(status);
  } while (at.next());
  return DONE;
}

template <class T>
Status float_products(Environment& env, GemmFunction<T> gemm) {
  Batch batch;
  const Status status = read_batch(env.ring, sizeof(T), batch);
  if (status != DONE) return status;
  return each_batch<T>(batch, [&](T* y, const T* a, const T* b) {
    if (*env.interrupted) return int(INTERRUPTED);
    return gemm(batch.m, batch.n, batch.k, a, batch.a_row, batch.a_column, b, batch.b_row, batch.b_column, y, batch.y_row,
                batch.y_column, env.interrupted);
  });
}
template <class T>
Status integer_products(Environment& env) {
  Batch batch;
  const Status status = read_batch(env.ring, sizeof(T), batch);
  if (status != DONE) return status;
  return each_batch<T>(batch, [&](T* y, const T* a, const T* b) { return multiply_integers(batch, y, a, b, env.interrupted); });
}

// Gauss-Jordan is avoided: LU of a, then two triangular solves of the permuted identity, rows at a time.
// Returns 0, or 1 + the index of the first pivot that is zero.
template <class T>
size_t invert(size_t n, T* lu, T* x) {
  std::vector<size_t> order(n);
  for (size_t i = 0; i < n; i++) order[i] = i;
  for (size_t p = 0; p < n; p++) {
    size_t best = p;
    const auto size_of = [](T v) { return v < 0 ? -v : v; };
    for (size_t r = p + 1; r < n; r++) {
      if (size_of(lu[r * n + p]) > size_of(lu[best * n + p])) best = r;
    }
    if (lu[best * n + p] == 0) return p + 1;
    if (best != p) {
      for (size_t c = 0; c < n; c++) {
        const T kept = lu[p * n + c];
        lu[p * n + c] = lu[best * n + c];
        lu[best * n + c] = kept;
      }
      const size_t kept = order[p];
      order[p] = order[best];
      order[best] = kept;
    }
    for (size_t r = p + 1; r < n; r++) {
      const T factor = lu[r * n + p] /= lu[p * n + p];
      for (size_t c = p + 1; c < n; c++) lu[r * n + c] -= factor * lu[p * n + c];
    }
  }
  for (size_t i = 0; i < n * n; i++) x[i] = 0;
  for (size_t i = 0; i < n; i++) x[i * n + order[i]] = 1;
  for (size_t r = 0; r < n; r++) {
    for (size_t p = 0; p < r; p++) {
      for (size_t c = 0; c < n; c++) x[r * n + c] -= lu[r * n + p] * x[p * n + c];
    }
  }
  for (size_t r = n; r-- > 0;) {
    for (size_t p = r + 1; p < n; p++) {
      for (size_t c = 0; c < n; c++) x[r * n + c] -= lu[r * n + p] * x[p * n + c];
    }
    for (size_t c = 0; c < n; c++) x[r * n + c] /= lu[r * n + r];
  }
  return 0;
}

// ring[OTHER_DTYPE] receives the first singular matrix's pivot.
template <class T>
Status inverses(Environment& env) {
  Nest nest;
  const int sizes[] = {sizeof(T), sizeof(T)};
  const Status status = read_nest(env.ring, 2, sizes, nest);
  if (status != DONE) return status;
  const int rank = nest.rank;
  CHECK(rank >= 2 && nest.shape[rank - 1] == nest.shape[rank - 2]);
  const size_t n = size_t(nest.shape[rank - 1]);
  env.ring[OTHER_DTYPE] = 0;
  if (n == 0) return DONE;
  nest.rank = rank - 2;
  for (int d = 0; d < nest.rank; d++) {
    if (nest.shape[d] == 0) return DONE;
  }
  std::vector<T> lu(n * n), x(n * n);
  Odometer at(nest, nest.rank);
  do {
    if (*env.interrupted) return INTERRUPTED;
    for (size_t i = 0; i < n; i++) {
      move_elements(reinterpret_cast<char*>(&lu[i * n]), sizeof(T), at.at[1] + ptrdiff_t(i) * nest.stride[1][rank - 2],
                    nest.stride[1][rank - 1], int64_t(n), sizeof(T));
    }
    const size_t pivot = invert(n, lu.data(), x.data());
    if (pivot != 0 && env.ring[OTHER_DTYPE] == 0) env.ring[OTHER_DTYPE] = double(pivot);
    for (size_t i = 0; i < n; i++) {
      move_elements(at.at[0] + ptrdiff_t(i) * nest.stride[0][rank - 2], nest.stride[0][rank - 1],
                    reinterpret_cast<const char*>(&x[i * n]), sizeof(T), int64_t(n), sizeof(T));
    }
  } while (at.next());
  return DONE;
}

}  // namespace

Status run_matmul(Environment& env) {
  switch (int(env.ring[DTYPE])) {
    case FLOAT32: return float_products<float>(env, gemm().f32);
    case FLOAT64: return float_products<double>(env, gemm().f64);
    case INT32: return integer_products<uint32_t>(env);
    case INT64: return integer_products<uint64_t>(env);
    default: return NO_LOOP;
  }
}

Status run_inverse(Environment& env) {
  switch (int(env.ring[DTYPE])) {
    case FLOAT32: return inverses<float>(env);
    case FLOAT64: return inverses<double>(env);
    default: return NO_LOOP;
  }
}
