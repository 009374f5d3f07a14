// The matrix product for avx2; binding.gyp compiles this file with its flags.
#define ISA avx2
#include "gemm.inc"
