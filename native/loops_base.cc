// The contiguous loops for base; binding.gyp compiles this file with its flags.
#define ISA base
#include "loops.inc"
