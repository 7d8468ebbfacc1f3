// The HTTP server: listener, loops and connections.
//
// open() binds, so that a busy port shows before anything else is started; start() serves; drain() ends.
// Thread: the public functions any, except that the destructor and join() belong to the owner.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/logger.h"
#include "core/loop.h"
#include "core/result.h"
#include "http/handler.h"
#include "http/options.h"
#include "metrics/registry.h"

namespace propylon::http {

// What the server uses of its surroundings; everything outlives it.
struct Surroundings {
  const Clock& clock;
  const Logger& logger;
  metrics::Registry& metrics;
};

class Server final {
 public:
  // Binds and listens, and makes the loops (not running yet). Raises the process's limit of open files as far as it
  // may; where that is too little for connections_max, fewer connections are served, and the log says so. `route_names`
  // are the values of the metrics' label `route`; Exchange::count_as() takes their index; they outlive the server.
  // Errors: kBusy (the address is taken; the text names it), kInvalidConfig (http_host is no address of this
  // machine), kIo.
  static Result<std::unique_ptr<Server>> open(const Options& options, std::span<const std::string_view> route_names,
                                              const Surroundings& surroundings);
  // Hurries, waits and frees; for an orderly stop call drain() and join() first.
  ~Server();

  std::uint16_t port() const;
  // "127.0.0.1:4444", "[::]:4444".
  std::string address() const;

  // The loops, fixed from open() on; they stay valid (posts are taken, not run) after the server has ended.
  std::size_t loop_count() const;
  Loop& loop(std::size_t index);

  // Starts the threads. The handler outlives the server's end. One call.
  void start(Handler& handler);

  // Begins to stop, and returns: for `grace` new connections are still taken (load balancers need that long to
  // notice); then waiting requests are cancelled, idle connections closed, requests in flight finished, and the
  // loops end. What is not finished `limit` after the grace period is cut off. A second call cuts off at once.
  void drain(std::chrono::milliseconds grace, std::chrono::milliseconds limit);
  // Waits until the loops have ended. Does not return before a drain() was called and has done its work.
  void join();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace propylon::http
