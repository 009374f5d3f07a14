// The instruction sets of this build and this machine.
#pragma once

// The names this build has, best first, ended by null.
extern const char* const built_isas[];
// Whether the machine can run it; false for a name that is not built.
bool isa_available(const char* name);
// Makes loops() and gemm() those of `name`, which is available. Returns false, changing nothing, otherwise.
bool choose_isa(const char* name);
// The best available one.
const char* best_isa();
