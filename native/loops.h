// What the contiguous loops of one instruction set offer: tables of functions by operation and dtype.
#pragma once
#include <cstddef>
#include <cstdint>

// Dtype codes, in the order native.ts knows them.
enum Dtype { BOOL, UINT8, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, DTYPES };
inline constexpr int itemsize[DTYPES] = {1, 1, 1, 2, 4, 8, 4, 8};

// Operations by name; their position is their code. native.ts reads the names from the addon, so there is no second list.
#define UNARY_OPERATIONS(X)                                                                                          \
  X(neg) X(abs) X(sign) X(sqrt) X(relu) X(floor) X(ceil) X(trunc) X(round) X(reciprocal) X(square) X(rsqrt) X(exp) X(log)    \
  X(tanh) X(sigmoid) X(sin) X(cos) X(expm1) X(log1p) X(exp2) X(log2) X(log10) X(erf) X(tan) X(asin) X(acos) X(atan)  \
  X(sinh) X(cosh)
#define BINARY_OPERATIONS(X) X(add) X(sub) X(rsub) X(mul) X(div) X(maximum) X(minimum) X(pow)
#define COMPARE_OPERATIONS(X) X(eq) X(ne) X(lt) X(le) X(gt) X(ge) X(logical_and) X(logical_or) X(logical_xor)
#define REDUCTIONS(X) X(sum) X(prod) X(amax) X(amin) X(any) X(all) X(sum_abs) X(sum_squares)

#define CODE(name) CODE_##name,
enum { UNARY_OPERATIONS(CODE) UNARY_COUNT };
namespace binary_code { enum { BINARY_OPERATIONS(CODE) COUNT }; }
namespace compare_code { enum { COMPARE_OPERATIONS(CODE) COUNT }; }
namespace reduce_code { enum { REDUCTIONS(CODE) COUNT }; }
#undef CODE

// n contiguous elements; y may be x (or a, or b) itself. A tail gives the same bits as a whole vector.
using UnaryFunction = void (*)(void* y, const void* x, size_t n);
using BinaryFunction = void (*)(void* y, const void* a, const void* b, size_t n);

// A running total: `f` for floats, `i` for bool and integers.
union Total {
  double f;
  int64_t i;
};
struct ReduceFunctions {
  Total start;
  Total (*block)(const void* x, size_t n);                     // n <= REDUCE_BLOCK contiguous elements to one total
  Total (*join)(Total, Total);                                 // of two totals
  void (*rows)(Total* totals, const void* x, size_t n);        // totals[j] takes x[j]
};
inline constexpr size_t REDUCE_BLOCK = 512;

struct Loops {
  UnaryFunction unary[UNARY_COUNT][DTYPES];  // null: no loop for this dtype
  BinaryFunction binary[binary_code::COUNT][DTYPES];
  BinaryFunction compare[compare_code::COUNT][DTYPES];
  ReduceFunctions reduce[reduce_code::COUNT][DTYPES];
};

// y [m, n] = a [m, k] @ b [k, n], strides in elements. Returns 1 when interrupted, else 0.
template <class T>
using GemmFunction = int (*)(size_t m, size_t n, size_t k, const T* a, ptrdiff_t a_row, ptrdiff_t a_column, const T* b,
                             ptrdiff_t b_row, ptrdiff_t b_column, T* y, ptrdiff_t y_row, ptrdiff_t y_column,
                             const volatile int32_t* interrupted);
struct Gemm {
  GemmFunction<float> f32;
  GemmFunction<double> f64;
};

#define DECLARE(isa)                   \
  namespace isa {                      \
  void fill_loops(Loops&);             \
  void fill_gemm(Gemm&);               \
  }
DECLARE(base)
DECLARE(avx2)
DECLARE(avx512)
#undef DECLARE
