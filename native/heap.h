// What the addon does when the JavaScript heap is nearly full.
#pragma once
#include <node_api.h>

// Adds `watchHeap` to the addon's exports.
void register_heap(napi_env env, napi_value exports);
