// The few vector operations used, one block per instruction set; included inside the namespace of its instruction set.
// Vectors are the compiler's own (arithmetic, comparison and ?: work on them); only what those lack is spelt out here.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <math.h>
#if defined(__aarch64__)
#include <arm_neon.h>
#endif
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace ISA {
namespace {

#if defined(__AVX512F__)
inline constexpr int WIDTH = 64;
#elif defined(__AVX2__)
inline constexpr int WIDTH = 32;
#else
inline constexpr int WIDTH = 16;
#endif

template <class T>
struct Vector;
template <>
struct Vector<float> {
  typedef float type __attribute__((vector_size(WIDTH)));
  typedef int32_t bits __attribute__((vector_size(WIDTH)));
  typedef uint32_t unsigned_bits __attribute__((vector_size(WIDTH)));
};
template <>
struct Vector<double> {
  typedef double type __attribute__((vector_size(WIDTH)));
  typedef int64_t bits __attribute__((vector_size(WIDTH)));
  typedef uint64_t unsigned_bits __attribute__((vector_size(WIDTH)));
};
template <class T>
using V = typename Vector<T>::type;
template <class T>
using Bits = typename Vector<T>::bits;
template <class T>
using UnsignedBits = typename Vector<T>::unsigned_bits;
typedef float HalfFloats __attribute__((vector_size(WIDTH / 2)));  // as many floats as V<double> has doubles
template <class T>
inline constexpr size_t LANES = WIDTH / sizeof(T);

#define INLINE inline __attribute__((always_inline))

template <class T>
INLINE V<T> load(const T* p) {
  V<T> v;
  memcpy(&v, p, sizeof v);
  return v;
}
template <class T>
INLINE void store(T* p, V<T> v) {
  memcpy(p, &v, sizeof v);
}
template <class T>
INLINE V<T> splat(T x) {
  return x - V<T>{};  // keeps -0, and compiles to a broadcast
}
INLINE V<double> load_doubles(const double* p) { return load<double>(p); }
INLINE V<double> load_doubles(const float* p) {
  HalfFloats v;
  memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, V<double>);
}

// a * b + c, fused where the instruction set can.
#if defined(__AVX512F__)
INLINE V<float> fma(V<float> a, V<float> b, V<float> c) { return (V<float>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
INLINE V<double> fma(V<double> a, V<double> b, V<double> c) {
  return (V<double>)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
#elif defined(__FMA__)
INLINE V<float> fma(V<float> a, V<float> b, V<float> c) { return (V<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
INLINE V<double> fma(V<double> a, V<double> b, V<double> c) {
  return (V<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
#elif defined(__aarch64__)
INLINE V<float> fma(V<float> a, V<float> b, V<float> c) { return (V<float>)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
INLINE V<double> fma(V<double> a, V<double> b, V<double> c) {
  return (V<double>)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
#else
INLINE V<float> fma(V<float> a, V<float> b, V<float> c) { return a * b + c; }
INLINE V<double> fma(V<double> a, V<double> b, V<double> c) { return a * b + c; }
#endif

template <class T>
INLINE bool any_lane(Bits<T> mask) {
  int64_t words[WIDTH / 8];
  memcpy(words, &mask, sizeof words);
  int64_t all = 0;
  for (size_t i = 0; i < WIDTH / 8; i++) all |= words[i];
  return all != 0;
}

}  // namespace
}  // namespace ISA
