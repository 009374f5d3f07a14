// What the addon knows of the process: descriptors 1 and 2, whole writes, SIGINT, the interrupt flag.
#pragma once
#include <node_api.h>

// Adds the process functions to the addon's exports.
void register_process(napi_env env, napi_value exports);

// Whether an interrupt of the running cell is pending. Cheap enough for the turns of an outer loop; any thread may ask.
bool interrupt_pending();

// The flag goes up, and 'h' is written where a SIGINT writes 'i'. Any thread may call it, inside a collection too.
void raise_interrupt();
