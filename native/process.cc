// File descriptors 1 and 2, signals, the interrupt flag: the one native file that knows a process.
#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

std::atomic<volatile int32_t*> interrupt_flag{nullptr};
std::atomic<int> signal_pipe{-1};

napi_value fail(napi_env env, const char* what, int code) {
  const std::string text = std::string(what) + ": " + std::strerror(code);
  napi_throw_error(env, nullptr, text.c_str());
  return nullptr;
}

napi_value number(napi_env env, int value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

// Reads the first `least` arguments; false, with a TypeError pending, when fewer were given.
bool arguments(napi_env env, napi_callback_info info, const char* what, size_t least, napi_value* out) {
  size_t count = least;
  napi_get_cb_info(env, info, &count, out, nullptr, nullptr);
  if (count >= least) return true;
  const std::string text = std::string(what) + ": too few arguments were given";
  napi_throw_type_error(env, nullptr, text.c_str());
  return false;
}

bool descriptor(napi_env env, napi_value value, const char* what, int* out) {
  if (napi_get_value_int32(env, value, out) == napi_ok && *out >= 0) return true;
  const std::string text = std::string(what) + ": a file descriptor was expected";
  napi_throw_type_error(env, nullptr, text.c_str());
  return false;
}

bool set_flag(int fd, int get, int set, int flag) {
  const int flags = fcntl(fd, get);
  return flags >= 0 && fcntl(fd, set, flags | flag) >= 0;
}

// pipe(bytes) → [read, write]: both ends are closed on exec, the read end does not block, and the capacity is raised
// towards `bytes` where the system allows it.
napi_value make_pipe(napi_env env, napi_callback_info info) {
  napi_value argument[1];
  if (!arguments(env, info, "pipe", 1, argument)) return nullptr;
  int32_t bytes = 0;
  napi_get_value_int32(env, argument[0], &bytes);
  int ends[2];
  if (::pipe(ends) != 0) return fail(env, "pipe", errno);
  if (!set_flag(ends[0], F_GETFD, F_SETFD, FD_CLOEXEC) || !set_flag(ends[1], F_GETFD, F_SETFD, FD_CLOEXEC) ||
      !set_flag(ends[0], F_GETFL, F_SETFL, O_NONBLOCK)) {
    const int code = errno;
    close(ends[0]);
    close(ends[1]);
    return fail(env, "pipe", code);
  }
#ifdef F_SETPIPE_SZ
  for (int size = bytes; size > 65536 && fcntl(ends[1], F_SETPIPE_SZ, size) < 0;) size /= 2;
#endif
  napi_value result = nullptr;
  napi_create_array_with_length(env, 2, &result);
  napi_set_element(env, result, 0, number(env, ends[0]));
  napi_set_element(env, result, 1, number(env, ends[1]));
  return result;
}

// duplicate(fd) → a close-on-exec copy numbered 10 or above, out of the way of 0, 1 and 2.
napi_value duplicate(napi_env env, napi_callback_info info) {
  napi_value argument[1];
  int fd = -1;
  if (!arguments(env, info, "duplicate", 1, argument) || !descriptor(env, argument[0], "duplicate", &fd)) return nullptr;
  const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  return copy < 0 ? fail(env, "duplicate", errno) : number(env, copy);
}

// redirect(from, to): descriptor `to` becomes another name of `from`, and children inherit it.
napi_value redirect(napi_env env, napi_callback_info info) {
  napi_value argument[2];
  int from = -1, to = -1;
  if (!arguments(env, info, "redirect", 2, argument) || !descriptor(env, argument[0], "redirect", &from) ||
      !descriptor(env, argument[1], "redirect", &to)) {
    return nullptr;
  }
  std::fflush(stdout);
  std::fflush(stderr);
  while (dup2(from, to) < 0) {
    if (errno != EINTR && errno != EBUSY) return fail(env, "redirect", errno);
  }
  return nullptr;
}

// writeAll(fd, bytes): writes every byte, waiting while the pipe is full; JavaScript cannot be stopped in between.
napi_value write_all(napi_env env, napi_callback_info info) {
  napi_value argument[2];
  int fd = -1;
  if (!arguments(env, info, "writeAll", 2, argument) || !descriptor(env, argument[0], "writeAll", &fd)) return nullptr;
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, argument[1], &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    napi_throw_type_error(env, nullptr, "writeAll: a Uint8Array was expected");
    return nullptr;
  }
  const char* next = static_cast<const char*>(data);
  while (length > 0) {
    const ssize_t count = write(fd, next, length);
    if (count >= 0) {
      next += count;
      length -= static_cast<size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd full = {fd, POLLOUT, 0};
      poll(&full, 1, -1);
    } else if (errno != EINTR) {
      return fail(env, "writeAll", errno);
    }
  }
  return nullptr;
}

void tell(char why) {
  const int saved = errno;
  const int fd = signal_pipe.load(std::memory_order_relaxed);
  if (fd >= 0) (void)!write(fd, &why, 1);
  errno = saved;
}

struct Watched {
  int number;
  char why;
  // The handler that was put in the place of ours: Node's, while user code listens to this signal.
  std::atomic<void (*)(int)> other{nullptr};
};
Watched watched[] = {{SIGINT, 'i'}, {SIGTERM, 't'}, {SIGHUP, 't'}};

// What this process sends itself is for the listeners of user code, if there are any; all else is for the kernel as well.
void on_signal(int number, siginfo_t* info, void*) {
  for (Watched& one : watched) {
    if (one.number != number) continue;
    const auto other = one.other.load(std::memory_order_relaxed);
    const bool is_own = info != nullptr && info->si_code <= 0 && info->si_pid == getpid();
    if (other == nullptr || !is_own) tell(one.why);
    if (other != nullptr) other(number);
  }
}

bool watch(Watched& one, bool is_first) {
  struct sigaction before;
  if (sigaction(one.number, nullptr, &before) != 0) return false;
  const bool is_ours = (before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction == on_signal;
  if (is_ours) return true;
  const bool is_plain = (before.sa_flags & SA_SIGINFO) == 0;
  if (is_first && one.number == SIGHUP && is_plain && before.sa_handler == SIG_IGN) return true;  // as nohup asks
  const bool is_function = is_plain && before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN;
  // Node's first handler ends the process.
  one.other.store(!is_first && is_function ? before.sa_handler : nullptr);
  struct sigaction action = {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_RESTART | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  return sigaction(one.number, &action, nullptr) == 0;
}

// watchSignals(fd): from now on each SIGINT, SIGTERM and SIGHUP writes one byte to `fd`. Called again, it takes its place
// before a handler that has come meanwhile.
napi_value watch_signals(napi_env env, napi_callback_info info) {
  napi_value argument[1];
  int fd = -1;
  if (!arguments(env, info, "watchSignals", 1, argument) || !descriptor(env, argument[0], "watchSignals", &fd)) {
    return nullptr;
  }
  if (!set_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK)) return fail(env, "watchSignals", errno);
  const bool is_first = signal_pipe.exchange(fd) < 0;
  for (Watched& one : watched) {
    if (!watch(one, is_first)) return fail(env, "watchSignals", errno);
  }
  return nullptr;
}

// bindInterruptFlag(signals): native loops look at element 0 of this Int32Array, which is kept alive for good.
napi_value bind_interrupt_flag(napi_env env, napi_callback_info info) {
  napi_value argument[1];
  if (!arguments(env, info, "bindInterruptFlag", 1, argument)) return nullptr;
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, argument[0], &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_int32_array || length < 1) {
    napi_throw_type_error(env, nullptr, "bindInterruptFlag: an Int32Array was expected");
    return nullptr;
  }
  napi_ref kept = nullptr;
  napi_create_reference(env, argument[0], 1, &kept);
  interrupt_flag.store(static_cast<volatile int32_t*>(data));
  return nullptr;
}

}  // namespace

bool interrupt_pending() {
  const volatile int32_t* flag = interrupt_flag.load(std::memory_order_relaxed);
  return flag != nullptr && *flag != 0;
}

void raise_interrupt() {
  volatile int32_t* flag = interrupt_flag.load(std::memory_order_relaxed);
  if (flag != nullptr) *flag = 1;
  tell('h');
}

void register_process(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"pipe", nullptr, make_pipe, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"duplicate", nullptr, duplicate, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"redirect", nullptr, redirect, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"writeAll", nullptr, write_all, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"watchSignals", nullptr, watch_signals, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"bindInterruptFlag", nullptr, bind_interrupt_flag, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
}
