// The JavaScript heap's limit: near it the running cell is interrupted, before V8 would end the process.
#include "heap.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "process.h"

namespace {

// V8's own functions, by the names they have in Node's binary: N-API offers nothing of this, and V8's headers differ
// between versions while these have stood still from Node 10 on. A method takes its object first.
using Isolate = void;
using NearLimit = size_t (*)(void* data, size_t current, size_t initial);
using GetCurrent = Isolate* (*)();
using AddNearLimit = void (*)(Isolate*, NearLimit, void*);
using Terminate = void (*)(Isolate*);
using RestoreLimit = void (*)(Isolate*, double);

constexpr char kGetCurrent[] = "_ZN2v87Isolate10GetCurrentEv";
constexpr char kAddNearLimit[] = "_ZN2v87Isolate24AddNearHeapLimitCallbackEPFmPvmmES1_";
constexpr char kTerminate[] = "_ZN2v87Isolate18TerminateExecutionEv";
constexpr char kRestoreLimit[] = "_ZN2v87Isolate36AutomaticallyRestoreInitialHeapLimitEd";

// Below this part of the first limit the heap has that limit again.
constexpr double kRestored = 0.7;
constexpr size_t kMegabyte = size_t{1} << 20;

volatile int32_t* exhausted = nullptr;
Isolate* isolate = nullptr;
Terminate terminate = nullptr;

// Arrays and maps that grow are copied whole; the largest take 1 GB.
size_t room(size_t initial) { return std::clamp(initial, 256 * kMegabyte, 1280 * kMegabyte); }

// V8 calls it in a collection, when the heap is nearly full; it gives the new limit. What runs gets room until it stops:
// first by its checks of the flag, then wherever it is. When that is used up as well V8 ends the process, for code that
// nothing stops must not take the machine's memory.
size_t near_limit(void*, size_t current, size_t initial) {
  *exhausted = static_cast<int32_t>(std::max<size_t>(initial / kMegabyte, 1));
  raise_interrupt();
  if (current > initial) terminate(isolate);
  return std::min(current + room(initial), initial + 3 * room(initial));
}

// watchHeap(exhausted): near the limit of this thread's heap element 0 of the Int32Array becomes that limit in
// megabytes, and the interrupt flag goes up. False where V8's functions are not found.
napi_value watch_heap(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument[1];
  napi_get_cb_info(env, info, &count, argument, nullptr, nullptr);
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (count < 1 ||
      napi_get_typedarray_info(env, argument[0], &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_int32_array || length < 1) {
    napi_throw_type_error(env, nullptr, "watchHeap: an Int32Array was expected");
    return nullptr;
  }
  const auto current = reinterpret_cast<GetCurrent>(dlsym(RTLD_DEFAULT, kGetCurrent));
  const auto add = reinterpret_cast<AddNearLimit>(dlsym(RTLD_DEFAULT, kAddNearLimit));
  terminate = reinterpret_cast<Terminate>(dlsym(RTLD_DEFAULT, kTerminate));
  const auto restore = reinterpret_cast<RestoreLimit>(dlsym(RTLD_DEFAULT, kRestoreLimit));
  const bool found = current != nullptr && add != nullptr && terminate != nullptr && restore != nullptr;
  if (found) {
    napi_ref kept = nullptr;
    napi_create_reference(env, argument[0], 1, &kept);
    exhausted = static_cast<int32_t*>(data);
    isolate = current();
    add(isolate, near_limit, nullptr);
    restore(isolate, kRestored);
  }
  napi_value result = nullptr;
  napi_get_boolean(env, found, &result);
  return result;
}

}  // namespace

void register_heap(napi_env env, napi_value exports) {
  napi_value function = nullptr;
  napi_create_function(env, "watchHeap", NAPI_AUTO_LENGTH, watch_heap, nullptr, &function);
  napi_set_named_property(env, exports, "watchHeap", function);
}
