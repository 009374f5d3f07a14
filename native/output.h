// What the addon knows of the process's output: one pipe, in the order of all that is said.
#pragma once
#include <node_api.h>

// Adds the output functions to the addon's exports.
void register_output(napi_env env, napi_value exports);
