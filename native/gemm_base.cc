// The matrix product for base; binding.gyp compiles this file with its flags.
#define ISA base
#include "gemm.inc"
