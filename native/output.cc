// One pipe for all that the process says: records of main, and what others write to descriptors 1, 2 and to children's.
#include "output.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

// Bytes that may wait to be written together, and those one descriptor may add at a time.
constexpr size_t enough = 1 << 16;
constexpr size_t most_at_once = 1 << 20;
// How long text waits for more of its kind, in nanoseconds.
constexpr long patience = 2'000'000;

// The read end of a pipe that others write to, and whose text it is: that of `cell`, or (0) of whatever cell runs.
struct Source {
  int fd;
  int number;
  int64_t cell;
  std::string name;
};

struct Output {
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  int fd = -1;
  int wake[2] = {-1, -1};
  std::string mark;
  // What is still to be written to `fd`; while `text` is not npos, it ends with the text of a record whose length
  // stands there, of `text_cell` on `text_name`.
  std::string waiting;
  size_t text = std::string::npos;
  int64_t text_cell = 0;
  std::string text_name;
  // Whether the pump knows that something waits.
  bool is_scheduled = false;
  std::vector<Source> sources;
  int last_source = 0;
};

// Never destroyed: the pump uses it until the process is gone.
Output& output = *new Output;

class Locked {
 public:
  Locked() { pthread_mutex_lock(&output.lock); }
  ~Locked() { pthread_mutex_unlock(&output.lock); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
};

void append_length(size_t length) {
  for (int shift = 0; shift < 32; shift += 8) output.waiting.push_back(static_cast<char>(length >> shift));
}

// Writes all that waits; blocks while the kernel thread is behind.
void write_waiting() {
  const char* next = output.waiting.data();
  size_t left = output.waiting.size();
  while (left > 0) {
    const ssize_t count = write(output.fd, next, left);
    if (count >= 0) {
      next += count;
      left -= static_cast<size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd full = {output.fd, POLLOUT, 0};
      poll(&full, 1, -1);
    } else if (errno != EINTR) {
      break;  // The reader is gone, and with it the process.
    }
  }
  if (output.waiting.capacity() > 4 * most_at_once) std::string().swap(output.waiting);
  output.waiting.clear();
  output.text = std::string::npos;
}

// A record that holds one buffer of raw bytes; more may be appended to them while it is the last.
void begin_raw(const std::string& json) {
  output.waiting += output.mark;
  append_length(json.size());
  append_length(1);
  output.text = output.waiting.size();
  append_length(0);
  output.waiting += json;
}

void grow_raw(size_t bytes) {
  uint32_t length = 0;
  for (int i = 3; i >= 0; i--) length = length << 8 | static_cast<uint8_t>(output.waiting[output.text + i]);
  length += static_cast<uint32_t>(bytes);
  for (int i = 0; i < 4; i++) output.waiting[output.text + i] = static_cast<char>(length >> (8 * i));
}

void begin_foreign(const Source& source, int64_t cell) {
  begin_raw("{\"cell\":" + std::to_string(source.cell != 0 ? source.cell : cell) +
            ",\"kind\":\"foreign\",\"name\":\"" + source.name +
            "\",\"source\":" + std::to_string(source.number) + "}");
}

// Reads what a source holds; false at its end.
bool drain(const Source& source, int64_t cell) {
  for (size_t taken = 0; taken < most_at_once;) {
    char bytes[1 << 14];
    const ssize_t count = read(source.fd, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (count == 0) return false;
    begin_foreign(source, cell);
    output.waiting.append(bytes, static_cast<size_t>(count));
    grow_raw(static_cast<size_t>(count));
    output.text = std::string::npos;
    taken += static_cast<size_t>(count);
  }
  return true;
}

// What others have written so far comes before what is said next. `cell` says it, where nobody else is known to.
void drain_all(int64_t cell) {
  pollfd ready[64];
  auto& sources = output.sources;
  for (size_t from = 0; from < sources.size(); from += 64) {
    const size_t count = sources.size() - from < 64 ? sources.size() - from : 64;
    for (size_t i = 0; i < count; i++) ready[i] = {sources[from + i].fd, POLLIN, 0};
    if (poll(ready, count, 0) <= 0) continue;
    for (size_t i = 0; i < count; i++) {
      Source& source = sources[from + i];
      if (ready[i].revents == 0 || drain(source, cell)) continue;
      begin_foreign(source, cell);  // Without bytes: the end.
      output.text = std::string::npos;
      close(source.fd);
      source.fd = -1;
    }
  }
  for (size_t i = sources.size(); i-- > 0;) {
    if (sources[i].fd < 0) sources.erase(sources.begin() + static_cast<ptrdiff_t>(i));
  }
}

void wake_pump() {
  while (write(output.wake[1], "w", 1) < 0 && errno == EINTR) continue;
}

// Writes for those that do not do it themselves: text that waits for more, and what others write while main is silent.
void pump() {
  for (;;) {
    std::vector<pollfd> ready;
    {
      Locked locked;
      ready.push_back({output.wake[0], POLLIN, 0});
      for (const Source& source : output.sources) ready.push_back({source.fd, POLLIN, 0});
    }
    poll(ready.data(), ready.size(), -1);
    if (ready[0].revents != 0) {
      char bytes[64];
      (void)!read(output.wake[0], bytes, sizeof bytes);
      const timespec nap = {0, patience};
      nanosleep(&nap, nullptr);
    }
    Locked locked;
    output.is_scheduled = false;
    drain_all(0);
    write_waiting();
  }
}

// Called with the lock held, after something was added.
void settle(bool may_wait) {
  if (!may_wait || output.waiting.size() >= enough) return write_waiting();
  if (output.is_scheduled) return;
  output.is_scheduled = true;
  wake_pump();
}

napi_value fail(napi_env env, const char* text) {
  napi_throw_type_error(env, nullptr, text);
  return nullptr;
}

bool bytes_of(napi_env env, napi_value value, const char** data, size_t* length) {
  napi_typedarray_type type;
  void* start = nullptr;
  if (napi_get_typedarray_info(env, value, &type, length, &start, nullptr, nullptr) != napi_ok) return false;
  *data = static_cast<const char*>(start);
  return type == napi_uint8_array;
}

bool string_of(napi_env env, napi_value value, std::string* out) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  out->resize(length + 1);
  napi_get_value_string_utf8(env, value, out->data(), length + 1, &length);
  out->resize(length);
  return true;
}

// openOutput(fd, mark): from now on all is said by the pipe whose write end `fd` is; each record begins with `mark`.
napi_value open_output(napi_env env, napi_callback_info info) {
  napi_value argument[2];
  size_t count = 2, length = 0;
  const char* data = nullptr;
  int fd = -1;
  napi_get_cb_info(env, info, &count, argument, nullptr, nullptr);
  if (count < 2 || napi_get_value_int32(env, argument[0], &fd) != napi_ok ||
      !bytes_of(env, argument[1], &data, &length)) {
    return fail(env, "openOutput: a descriptor and a Uint8Array were expected");
  }
  Locked locked;
  if (output.fd >= 0) return fail(env, "openOutput: the output is open already");
  if (::pipe(output.wake) != 0) return fail(env, "openOutput: no pipe could be made");
  for (const int end : output.wake) {
    fcntl(end, F_SETFD, FD_CLOEXEC);
    fcntl(end, F_SETFL, O_NONBLOCK);
  }
  output.fd = fd;
  output.mark.assign(data, length);
  // Line by line, as on a terminal.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  std::thread(pump).detach();
  return nullptr;
}

// listen(fd, name, cell): what arrives at the read end `fd` is text of `cell` on the stream `name`; 0 is the cell that runs.
napi_value listen(napi_env env, napi_callback_info info) {
  napi_value argument[3];
  size_t count = 3;
  Source source;
  napi_get_cb_info(env, info, &count, argument, nullptr, nullptr);
  if (count < 3 || napi_get_value_int32(env, argument[0], &source.fd) != napi_ok ||
      !string_of(env, argument[1], &source.name) ||
      napi_get_value_int64(env, argument[2], &source.cell) != napi_ok) {
    return fail(env, "listen: a descriptor, a name and a cell were expected");
  }
  Locked locked;
  source.number = ++output.last_source;
  output.sources.push_back(source);
  wake_pump();
  return nullptr;
}

// say(record, cell): puts a whole record into the pipe, after what others have written until now.
napi_value say(napi_env env, napi_callback_info info) {
  napi_value argument[2];
  size_t count = 2, length = 0;
  const char* data = nullptr;
  int64_t cell = 0;
  napi_get_cb_info(env, info, &count, argument, nullptr, nullptr);
  if (count < 2 || !bytes_of(env, argument[0], &data, &length) ||
      napi_get_value_int64(env, argument[1], &cell) != napi_ok) {
    return fail(env, "say: a Uint8Array and a cell were expected");
  }
  std::fflush(stdout);
  std::fflush(stderr);
  Locked locked;
  drain_all(cell);
  output.text = std::string::npos;
  output.waiting.append(data, length);
  settle(false);
  return nullptr;
}

// print(text, cell, name): text of a cell on a stream; it may wait a little for more, in the order of all that is said.
napi_value print(napi_env env, napi_callback_info info) {
  napi_value argument[3];
  size_t count = 3, length = 0, name_length = 0;
  int64_t cell = 0;
  char name[16];
  napi_get_cb_info(env, info, &count, argument, nullptr, nullptr);
  if (count < 3 || napi_get_value_string_utf8(env, argument[0], nullptr, 0, &length) != napi_ok ||
      napi_get_value_int64(env, argument[1], &cell) != napi_ok ||
      napi_get_value_string_utf8(env, argument[2], name, sizeof name, &name_length) != napi_ok) {
    return fail(env, "print: a text, a cell and a name were expected");
  }
  std::fflush(stdout);
  std::fflush(stderr);
  Locked locked;
  drain_all(cell);
  if (output.text == std::string::npos || output.text_cell != cell || output.text_name != name) {
    begin_raw("{\"cell\":" + std::to_string(cell) + ",\"kind\":\"stream\",\"name\":\"" + name + "\"}");
    output.text_cell = cell;
    output.text_name = name;
  }
  const size_t start = output.waiting.size();
  output.waiting.resize(start + length + 1);
  napi_get_value_string_utf8(env, argument[0], &output.waiting[start], length + 1, &length);
  output.waiting.resize(start + length);
  grow_raw(length);
  settle(true);
  return nullptr;
}

// collect(cell): what others have written until now is text of `cell`.
napi_value collect(napi_env env, napi_callback_info info) {
  napi_value argument[1];
  size_t count = 1;
  int64_t cell = 0;
  napi_get_cb_info(env, info, &count, argument, nullptr, nullptr);
  if (count < 1 || napi_get_value_int64(env, argument[0], &cell) != napi_ok) {
    return fail(env, "collect: a cell was expected");
  }
  std::fflush(stdout);
  std::fflush(stderr);
  Locked locked;
  drain_all(cell);
  settle(true);
  return nullptr;
}

}  // namespace

void register_output(napi_env env, napi_value exports) {
  const napi_property_descriptor functions[] = {
      {"openOutput", nullptr, open_output, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"listen", nullptr, listen, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"say", nullptr, say, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"print", nullptr, print, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"collect", nullptr, collect, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
}
