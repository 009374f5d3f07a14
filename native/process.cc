// File descriptors 1 and 2, SIGINT, the interrupt flag: the one native file that knows a process.
#include "process.h"

void register_process(napi_env, napi_value) {}
