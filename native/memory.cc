// Reserves regions from the system and reports collected blocks; the pool itself is TypeScript (tensor/backend/pool.ts).
// The report must come while a cell runs, so the finalizers run inside the collector: addon.cc asks for that mode, and
// the finalizer here may call no N-API function and touch no JavaScript.
#include "memory.h"

#include <cstdint>
#include <cstdlib>
#include <vector>
#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#endif

#include "args.h"

namespace {

constexpr size_t HUGE = size_t(2) << 20;

// Outlives its environment until the last block's finalizer has run: their order at exit is not given.
struct Returned {
  std::vector<uint32_t> blocks;
  double* ring;
  size_t users;
};
void leave(Returned* returned) {
  if (--returned->users == 0) delete returned;
}

void* system_reserve(size_t bytes) {
#if defined(__unix__) || defined(__APPLE__)
  void* p = mmap(nullptr, bytes + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return nullptr;
  char* const start = reinterpret_cast<char*>((uintptr_t(p) + HUGE - 1) & ~uintptr_t(HUGE - 1));
  const size_t before = size_t(start - static_cast<char*>(p));
  if (before > 0) munmap(p, before);
  if (HUGE > before) munmap(start + bytes, HUGE - before);
#ifdef MADV_HUGEPAGE
  madvise(start, bytes, MADV_HUGEPAGE);
#endif
  return start;
#else
  return aligned_alloc(HUGE, bytes);
#endif
}
void system_release(void* p, size_t bytes) {
#if defined(__unix__) || defined(__APPLE__)
  munmap(p, bytes);
#else
  (void)bytes;
  free(p);
#endif
}

void keep(napi_env, void*, void*) {}  // a region is released by `release` alone

// reserve(bytes: a multiple of 2 MB): ArrayBuffer, or undefined when the system or the engine refuses.
napi_value reserve(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, buffer;
  double bytes = 0;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  if (napi_get_value_double(env, argument, &bytes) != napi_ok || !(bytes > 0) || size_t(bytes) % HUGE != 0) return nullptr;
  void* const p = system_reserve(size_t(bytes));
  if (p == nullptr) return nullptr;
  if (napi_create_external_arraybuffer(env, p, size_t(bytes), keep, nullptr, &buffer) != napi_ok) {
    system_release(p, size_t(bytes));
    return nullptr;
  }
  return buffer;
}

// release(address, bytes): gives a region back; nobody may read its ArrayBuffer again.
napi_value release(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  double address = 0, bytes = 0;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  if (napi_get_value_double(env, arguments[0], &address) == napi_ok &&
      napi_get_value_double(env, arguments[1], &bytes) == napi_ok && address > 0 && bytes > 0) {
    system_release(reinterpret_cast<void*>(uintptr_t(address)), size_t(bytes));
  }
  return nullptr;
}

void collected(napi_env, void* data, void* hint) {
  Returned* const returned = static_cast<Returned*>(data);
  returned->blocks.push_back(uint32_t(reinterpret_cast<uintptr_t>(hint)));
  leave(returned);
}

// attach(view, block): `block` is reported once `view` has been collected.
napi_value attach(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  void* data = nullptr;
  uint32_t block = 0;
  napi_get_cb_info(env, info, &count, arguments, nullptr, &data);
  napi_get_value_uint32(env, arguments[1], &block);
  Returned* const returned = static_cast<Returned*>(data);
  if (napi_add_finalizer(env, arguments[0], returned, collected, reinterpret_cast<void*>(uintptr_t(block)), nullptr) == napi_ok) {
    returned->users++;
  }
  return nullptr;
}

// drain(): ring[0] blocks have come back, listed from ring[1]; call again while ring[0] > 0.
napi_value drain(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  Returned* const returned = static_cast<Returned*>(data);
  size_t n = 0;
  while (n < RING_LENGTH / 2 && !returned->blocks.empty()) {
    returned->ring[++n] = returned->blocks.back();
    returned->blocks.pop_back();
  }
  returned->ring[0] = double(n);
  return nullptr;
}

// addressOf(buffer | typed array): the address of its first byte. Never call it on an on-heap typed array: it moves it.
napi_value address_of(napi_env env, napi_callback_info info) {
  size_t count = 1, length;
  napi_value argument, result, buffer;
  void* p = nullptr;
  bool is_buffer = false;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  napi_is_arraybuffer(env, argument, &is_buffer);
  if (is_buffer) {
    napi_get_arraybuffer_info(env, argument, &p, &length);
  } else if (napi_typedarray_type type; napi_get_typedarray_info(env, argument, &type, &length, &p, &buffer, &length) != napi_ok) {
    napi_throw_type_error(env, nullptr, "addressOf: expected an ArrayBuffer or a typed array");
    return nullptr;
  }
  napi_create_double(env, double(uintptr_t(p)), &result);
  return result;
}

void define(napi_env env, napi_value exports, const char* name, napi_callback f, void* data) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, f, data, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

void register_memory(napi_env env, napi_value exports, double* ring) {
  Returned* const returned = new Returned{{}, ring, 1};
  napi_add_env_cleanup_hook(env, [](void* data) { leave(static_cast<Returned*>(data)); }, returned);
  define(env, exports, "reserve", reserve, returned);
  define(env, exports, "release", release, returned);
  define(env, exports, "attach", attach, returned);
  define(env, exports, "drain", drain, returned);
  define(env, exports, "addressOf", address_of, returned);
}
