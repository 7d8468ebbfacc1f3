// A server that takes messages by HTTP, alone on the servers' core, so that it can be compared with others.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "load_generator.h"

namespace propylon::bench {

// A request and what its answer has to be.
struct Exchange {
  std::string request;  // all its bytes
  int status = 200;
  std::string body = {};  // empty: anything
};

// Thread: the one that made it.
class Peer {
 public:
  virtual ~Peer() = default;
  // As in tables and results.
  virtual std::string name() const = 0;
  virtual std::string version() const = 0;
  // What an answer of it means, and what it asks of clients: nobody shall take figures for more than they are.
  virtual std::string durability() const = 0;
  virtual std::string authentication() const = 0;
  virtual std::uint16_t port() const = 0;
  // All whose processor time is spent on a request.
  virtual std::vector<pid_t> processes() const = 0;
  // Prometheus text; empty for servers that have none.
  virtual std::string metrics() const { return {}; }
  // Giving one message to a station (a list, a channel).
  virtual Exchange produce_single(const std::string& station, const std::string& message) const = 0;
  // Throws std::runtime_error when the station does not hold what was answered, or more than was sent.
  virtual void expect_stored(const std::string& station, const LoadResult& load) const = 0;
};

}  // namespace propylon::bench
