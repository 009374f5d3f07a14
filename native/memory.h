// Blocks of memory outside V8's heap, and word of which ones the collector has let go.
#pragma once
#include <node_api.h>

// Adds reserve, release, attach, drain and addressOf to the addon's exports. drain writes to `ring`, which outlives env.
void register_memory(napi_env env, napi_value exports, double* ring);
