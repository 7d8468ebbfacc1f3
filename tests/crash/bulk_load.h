// Large messages, so that the log begins new segments, frees old ones and rewrites those with little left in them, and
// a consumer who asks for more of them than fits its socket and never reads.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "crash/mixed_load.h"
#include "support/gateway.h"

namespace propylon::testing {

std::unique_ptr<MixedStation> bulk_station();

// Fills more than two segments of the log. Returns early when the connection breaks.
void produce_bulk(const Target& target, StationHistory& history);

// Thread: one.
class StalledConsumer final {
 public:
  // Asks for everything from the oldest message on, and waits until the answer begins.
  void ask(const Target& target, const std::string& station);
  // After a restart: fails the test unless what was out comes again and says so. Returns how many messages that were.
  std::uint64_t expect_again(Gateway& gateway, const std::string& station);

 private:
  std::unique_ptr<HttpClient> connection_;
  std::uint64_t out_ = 0;  // messages that were handed out and not acknowledged
};

}  // namespace propylon::testing
