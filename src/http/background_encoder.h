// Compresses large answers on a thread of its own, so that they do not hold up a loop.
//
// 16 MiB take 20 ms (zstd) to 100 ms (gzip). One thread, and of low priority: who wants bytes saved waits for it, those
// who produce do not. Thread: any.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/loop.h"
#include "core/task.h"
#include "core/worker_pool.h"
#include "http/content_encoder.h"

namespace propylon::http {

class BackgroundEncoder final {
 public:
  // So many answers wait at most; one more goes out as it is.
  static constexpr std::size_t kWaitingMax = 4;

  // As ContentEncoder::encode(), but suspends meanwhile; also empty when too many wait. `body` lives until the task has
  // ended.
  Task<std::optional<std::string>> encode(Loop& loop, ContentCoding coding, std::string_view body,
                                          ContentEncoder::Wanted wanted);

 private:
  ContentEncoder encoder_;  // used by the one thread of the pool
  WorkerPool pool_{"encode", 1, kWaitingMax};
};

}  // namespace propylon::http
