// Chooses the loops' instruction set.
#include "dispatch.h"

#include <cstring>

#include "args.h"

namespace {

struct Tables {
  Loops loops;
  Gemm gemm;
};
struct Isa {
  const char* name;
  bool (*available)();
  void (*fill_loops)(Loops&);
  void (*fill_gemm)(Gemm&);
};
bool always() { return true; }

#if defined(__x86_64__) || defined(_M_X64)
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}
constexpr Isa isas[] = {
    {"avx512", has_avx512, avx512::fill_loops, avx512::fill_gemm},  // Skylake-X and later, Zen 4 and later
    {"avx2", has_avx2, avx2::fill_loops, avx2::fill_gemm},          // Haswell (2013) and later, Zen and later
    {"base", always, base::fill_loops, base::fill_gemm},            // SSE2: any x86-64
};
#elif defined(__aarch64__)
// NEON is part of every 64-bit ARM, so the base build uses it.
constexpr Isa isas[] = {
    {"neon", always, base::fill_loops, base::fill_gemm},
    {"base", always, base::fill_loops, base::fill_gemm},
};
#else
constexpr Isa isas[] = {{"base", always, base::fill_loops, base::fill_gemm}};
#endif
constexpr int count = sizeof isas / sizeof isas[0];

Tables all[count];
bool filled[count];
const Tables* chosen = nullptr;

}  // namespace

#if defined(__x86_64__) || defined(_M_X64)
const char* const built_isas[] = {"avx512", "avx2", "base", nullptr};
#elif defined(__aarch64__)
const char* const built_isas[] = {"neon", "base", nullptr};
#else
const char* const built_isas[] = {"base", nullptr};
#endif

bool isa_available(const char* name) {
  for (const Isa& isa : isas) {
    if (strcmp(isa.name, name) == 0) return isa.available();
  }
  return false;
}

bool choose_isa(const char* name) {
  for (int i = 0; i < count; i++) {
    if (strcmp(isas[i].name, name) != 0 || !isas[i].available()) continue;
    if (!filled[i]) {
      isas[i].fill_loops(all[i].loops);
      isas[i].fill_gemm(all[i].gemm);
      filled[i] = true;
    }
    chosen = &all[i];
    return true;
  }
  return false;
}

const char* best_isa() {
  for (const Isa& isa : isas) {
    if (isa.available()) return isa.name;
  }
  return "base";
}

const Loops& loops() { return chosen->loops; }
const Gemm& gemm() { return chosen->gemm; }
