// The table of exported functions.
#include <node_api.h>

#include "process.h"

NAPI_MODULE_INIT() {
  register_process(env, exports);
  return exports;
}
