// The matrix product for avx512; binding.gyp compiles this file with its flags.
#define ISA avx512
#include "gemm.inc"
