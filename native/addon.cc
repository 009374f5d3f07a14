// The table of exported functions.
#include <node_api.h>

#include <cstring>

#include "args.h"
#include "dispatch.h"
#include "heap.h"
#include "memory.h"
#include "output.h"
#include "process.h"

namespace {

const volatile int32_t never = 0;

// One per environment: the main thread and each worker have a ring of their own.
struct Instance {
  Environment environment;
  napi_ref ring, flag;
};

Status dispatch(Environment& env) {
  const int kind = int(env.ring[KIND]);
  switch (kind) {
    case REDUCE: return run_reduce(env);
    case MATMUL: return run_matmul(env);
    case INVERSE: return run_inverse(env);
    default:
      CHECK(kind >= 0 && kind < KINDS);
      return run_elementwise(env, Kind(kind));
  }
}

// run(): what the ring says; ring[0] is the status afterwards.
napi_value run(napi_env env, napi_callback_info info) {
  void* data;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  Environment& environment = static_cast<Instance*>(data)->environment;
  environment.ring[KIND] = dispatch(environment);
  return nullptr;
}

// chooseIsa(name): whether this machine can run it; all environments of the process share the choice.
napi_value choose(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, result;
  char name[16] = "";
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_get_value_string_utf8(env, argument, name, sizeof name, nullptr);
  napi_get_boolean(env, choose_isa(name), &result);
  return result;
}

// setInterruptFlag(flag: Int32Array | null): long loops stop once flag[0] is not 0.
napi_value set_interrupt_flag(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  void* data;
  napi_get_cb_info(env, info, &count, &argument, nullptr, &data);
  Instance* const instance = static_cast<Instance*>(data);
  if (instance->flag != nullptr) napi_delete_reference(env, instance->flag);
  instance->flag = nullptr;
  instance->environment.interrupted = &never;
  bool is_typed_array = false;
  napi_is_typedarray(env, argument, &is_typed_array);
  if (!is_typed_array) return nullptr;
  napi_typedarray_type type;
  size_t length, offset;
  void* p;
  napi_value buffer;
  napi_get_typedarray_info(env, argument, &type, &length, &p, &buffer, &offset);
  if (type != napi_int32_array || length == 0) {
    napi_throw_type_error(env, nullptr, "setInterruptFlag: expected an Int32Array of at least one element");
    return nullptr;
  }
  napi_create_reference(env, argument, 1, &instance->flag);
  instance->environment.interrupted = static_cast<const volatile int32_t*>(p);
  return nullptr;
}

napi_value string_list(napi_env env, const char* const* names, bool (*wanted)(const char*)) {
  napi_value list, name;
  napi_create_array(env, &list);
  for (uint32_t i = 0; *names != nullptr; names++) {
    if (wanted != nullptr && !wanted(*names)) continue;
    napi_create_string_utf8(env, *names, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, i++, name);
  }
  return list;
}

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

napi_value operation_names(napi_env env) {
#define NAME(name) #name,
  static const char* const unary[] = {UNARY_OPERATIONS(NAME) nullptr};
  static const char* const binary[] = {BINARY_OPERATIONS(NAME) nullptr};
  static const char* const compare[] = {COMPARE_OPERATIONS(NAME) nullptr};
  static const char* const reduce[] = {REDUCTIONS(NAME) nullptr};
#undef NAME
  napi_value names;
  napi_create_object(env, &names);
  set(env, names, "unary", string_list(env, unary, nullptr));
  set(env, names, "binary", string_list(env, binary, nullptr));
  set(env, names, "compare", string_list(env, compare, nullptr));
  set(env, names, "reduce", string_list(env, reduce, nullptr));
  return names;
}

// supports(kind, operation, dtype): whether the chosen instruction set has such a loop.
napi_value supports(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3], result;
  uint32_t kind = 0, operation = 0, dtype = 0;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_uint32(env, arguments[0], &kind);
  napi_get_value_uint32(env, arguments[1], &operation);
  napi_get_value_uint32(env, arguments[2], &dtype);
  bool answer = false;
  if (dtype < DTYPES) {
    if (kind == UNARY && operation < UNARY_COUNT) answer = loops().unary[operation][dtype] != nullptr;
    if (kind == BINARY && operation < binary_code::COUNT) answer = loops().binary[operation][dtype] != nullptr;
    if (kind == COMPARE && operation < compare_code::COUNT) answer = loops().compare[operation][dtype] != nullptr;
    if (kind == REDUCE && operation < reduce_code::COUNT) answer = loops().reduce[operation][dtype].block != nullptr;
  }
  napi_get_boolean(env, answer, &result);
  return result;
}

void define(napi_env env, napi_value exports, const char* name, napi_callback f, Instance* instance) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, f, instance, &function);
  set(env, exports, name, function);
}

void register_loops(napi_env env, napi_value exports, Instance* instance) {
  napi_value buffer, ring;
  void* memory;
  napi_create_arraybuffer(env, RING_LENGTH * sizeof(double), &memory, &buffer);
  napi_create_typedarray(env, napi_float64_array, RING_LENGTH, buffer, 0, &ring);
  napi_create_reference(env, ring, 1, &instance->ring);
  instance->environment = {static_cast<double*>(memory), &never};
  set(env, exports, "ring", ring);
  set(env, exports, "operations", operation_names(env));
  set(env, exports, "isas", string_list(env, built_isas, nullptr));
  set(env, exports, "availableIsas", string_list(env, built_isas, isa_available));
  define(env, exports, "run", run, instance);
  define(env, exports, "chooseIsa", choose, instance);
  define(env, exports, "supports", supports, instance);
  define(env, exports, "setInterruptFlag", set_interrupt_flag, instance);
}

}  // namespace

// This version asks Node to run finalizers inside the collector, at once, rather than when the event loop next turns
// (a cell may not return to it for hours): see memory.cc. It is NAPI_VERSION_EXPERIMENTAL; the functions used are version 9's.
extern "C" NAPI_MODULE_EXPORT int32_t node_api_module_get_api_version_v1() { return 0x7fffffff; }

extern "C" NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  choose_isa(best_isa());
  Instance* const instance = new Instance{};
  napi_add_env_cleanup_hook(env, [](void* data) { delete static_cast<Instance*>(data); }, instance);
  register_loops(env, exports, instance);
  register_memory(env, exports, instance->environment.ring);
  register_process(env, exports);
  register_output(env, exports);
  register_heap(env, exports);
  return exports;
}
