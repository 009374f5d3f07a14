// The contiguous loops for avx2; binding.gyp compiles this file with its flags.
#define ISA avx2
#include "loops.inc"
