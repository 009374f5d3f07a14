// Tests of the loops and products of every instruction set against naive.h, without Node: worst errors in ulp, results
// surrounded by padding that must stay as it was, operands by NaN that must not leak in. Exits with the number of failures.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "../args.h"
#include "../dispatch.h"
#include "../naive.h"

namespace {

int failures = 0;
void expect(bool holds, const char* what, double x, double got) {
  if (holds) return;
  if (failures++ < 20) printf("not ok: %s: at %.17g: %.17g\n", what, x, got);
}

// A repeatable stream of bits.
uint64_t state = 1;
uint64_t random_bits() {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}
double uniform(double low, double high) { return low + (high - low) * double(random_bits() >> 11) * 0x1p-53; }

struct Function {
  const char* name;
  int code;
  long double (*truth)(long double);
  double low, high;  // where most inputs lie
  double limit;      // ulp
};
const Function functions[] = {
    {"exp", CODE_exp, std::exp, -120, 120, 2},      {"log", CODE_log, std::log, 0, 20, 2},
    {"tanh", CODE_tanh, std::tanh, -12, 12, 2},     {"sigmoid", CODE_sigmoid, naive::sigmoid, -120, 120, 2},
    {"sin", CODE_sin, std::sin, -100, 100, 2},      {"cos", CODE_cos, std::cos, -100, 100, 2},
    {"sqrt", CODE_sqrt, std::sqrt, 0, 100, 0.501},  {"expm1", CODE_expm1, std::expm1, -5, 5, 1.5},
};

template <class T>
std::vector<T> inputs(const Function& f) {
  std::vector<T> x = {T(0),    T(-0.0),  T(1),      T(-1),     T(INFINITY), T(-INFINITY), T(NAN),    T(1e-40),
                      T(1e-310), T(88.7), T(-87.5), T(-103.9), T(709.7),    T(-745.1),    T(1e6),    T(-1e22),
                      T(3e38), T(0.5),   T(1e-5),   T(-1e-9),  T(2),        T(1e-20),     T(3.1415926535897931)};
  for (int i = 0; i < 20000; i++) x.push_back(T(uniform(f.low, f.high)));
  for (int i = 0; i < 5000; i++) x.push_back(T(std::ldexp(uniform(-1, 1), int(uniform(-60, 12)))));
  return x;
}

template <class T>
void test_function(const Function& f, Dtype dtype, const char* isa) {
  const std::vector<T> x = inputs<T>(f);
  std::vector<T> y(x.size() + 8, T(7));
  loops().unary[f.code][dtype](y.data(), x.data(), x.size());
  double worst = 0, at = 0;
  for (size_t i = 0; i < x.size(); i++) {
    const double error = naive::ulps(y[i], f.truth((long double)x[i]));
    expect(error <= f.limit, f.name, double(x[i]), double(y[i]));
    if (error > worst) worst = error, at = double(x[i]);
  }
  for (size_t i = 0; i < 8; i++) expect(y[x.size() + i] == T(7), "padding", double(i), double(y[x.size() + i]));
  printf("%-7s %-8s float%d: worst %.3f ulp at %.9g\n", isa, f.name, int(sizeof(T)) * 8, worst, at);
  for (size_t n = 1; n < 70; n++) {  // a tail gives the bits that the whole gave, in place too
    std::vector<T> z(x.begin() + 100, x.begin() + 170);
    loops().unary[f.code][dtype](z.data(), z.data(), n);
    expect(memcmp(z.data(), y.data() + 100, n * sizeof(T)) == 0, "tail", double(n), double(z[n - 1]));
    expect(memcmp(z.data() + n, x.data() + 100 + n, (70 - n) * sizeof(T)) == 0, "padding in place", double(n), 0);
  }
}

template <class T>
void test_product(GemmFunction<T> gemm, size_t m, size_t n, size_t k, int layout, const char* isa) {
  // Rows and columns with gaps, all filled with NaN; layout's bits transpose a, b and y.
  const size_t gap = 3;
  const auto matrix = [&](size_t rows, size_t columns, bool transposed, ptrdiff_t& row, ptrdiff_t& column) {
    row = transposed ? 1 : ptrdiff_t(columns + gap);
    column = transposed ? ptrdiff_t(rows + gap) : 1;
    return std::vector<T>((rows + gap) * (columns + gap), T(NAN));
  };
  ptrdiff_t ar, ac, br, bc, yr, yc;
  std::vector<T> a = matrix(m, k, layout & 1, ar, ac), b = matrix(k, n, layout & 2, br, bc), y = matrix(m, n, layout & 4, yr, yc);
  for (size_t i = 0; i < m; i++) for (size_t p = 0; p < k; p++) a[i * ar + p * ac] = T(uniform(-1, 1));
  for (size_t p = 0; p < k; p++) for (size_t j = 0; j < n; j++) b[p * br + j * bc] = T(uniform(-1, 1));
  const volatile int32_t never = 0;
  expect(gemm(m, n, k, a.data(), ar, ac, b.data(), br, bc, y.data(), yr, yc, &never) == 0, "gemm status", 0, 0);
  std::vector<long double> wanted(m * n), magnitude(m * n);
  naive::product(m, n, k, a.data(), ar, ac, b.data(), br, bc, wanted.data(), magnitude.data());
  size_t written = 0;
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      const T got = y[i * yr + j * yc];
      const long double bound = magnitude[i * n + j] * (k + 1) * std::numeric_limits<T>::epsilon();
      expect(std::fabs(got - wanted[i * n + j]) <= bound, isa, double(i), double(got));
      written++;
    }
  }
  for (const T v : y) written -= !std::isnan(v);
  expect(written == 0, "gemm wrote outside its result", double(m), double(n));
}

void test_isa(const char* isa) {
  for (const Function& f : functions) {
    test_function<float>(f, FLOAT32, isa);
    test_function<double>(f, FLOAT64, isa);
  }
  const size_t sizes[][3] = {{1, 1, 1},   {1, 17, 5},  {17, 1, 5},   {5, 16, 7},    {6, 16, 8},     {13, 33, 65}, {64, 64, 64},
                             {31, 70, 1}, {97, 101, 300}, {130, 40, 520}, {2, 300, 700}, {300, 2, 130}, {15, 32, 0}};
  for (const auto& s : sizes) {
    for (int layout = 0; layout < 8; layout++) {
      test_product<float>(gemm().f32, s[0], s[1], s[2], layout, isa);
      test_product<double>(gemm().f64, s[0], s[1], s[2], layout, isa);
    }
  }
  printf("%-7s products: %zu sizes in 8 layouts\n", isa, sizeof sizes / sizeof sizes[0]);
}

}  // namespace

int main() {
  for (const char* const* isa = built_isas; *isa != nullptr; isa++) {
    if (choose_isa(*isa)) test_isa(*isa);
    else printf("%-7s skipped: this machine has none\n", *isa);
  }
  // Nothing linked in may have switched subnormals off.
  volatile double least = 4.9406564584124654e-324;
  expect(least * 1 != 0, "subnormals", least, least * 1);
  printf("%d failures\n", failures);
  return failures > 255 ? 255 : failures;
}
