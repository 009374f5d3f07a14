// Slow and obvious twins of the loops, for tests only.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace naive {

// y [m, n] = a [m, k] @ b [k, n], summed in order in long double; `magnitude` is the sum of |a||b|.
template <class T>
void product(size_t m, size_t n, size_t k, const T* a, ptrdiff_t a_row, ptrdiff_t a_column, const T* b, ptrdiff_t b_row,
             ptrdiff_t b_column, long double* y, long double* magnitude) {
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      long double total = 0, size = 0;
      for (size_t p = 0; p < k; p++) {
        const long double term = (long double)a[ptrdiff_t(i) * a_row + ptrdiff_t(p) * a_column] *
                                 b[ptrdiff_t(p) * b_row + ptrdiff_t(j) * b_column];
        total += term;
        size += std::fabs(term);
      }
      y[i * n + j] = total;
      magnitude[i * n + j] = size;
    }
  }
}

inline long double sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

// How many units in the last place of `wanted`, as a T, lie between it and `got`; 0 for two NaNs.
template <class T>
double ulps(T got, long double wanted) {
  const T nearest = T(wanted);
  if (std::isnan(nearest) || std::isnan(got)) return std::isnan(nearest) == std::isnan(got) ? 0 : INFINITY;
  if (std::isinf(nearest) || std::isinf(got)) return got == nearest ? 0 : INFINITY;
  if (nearest == 0 && got == 0) return std::signbit(nearest) == std::signbit(got) ? 0 : INFINITY;
  const T size = std::fabs(nearest);
  const T step = std::nextafter(size, std::numeric_limits<T>::infinity()) - size;
  return double(std::fabs((long double)got - wanted) / step);
}

}  // namespace naive
