// One I/O loop with its connections and what they share.
//
// Thread: the loop, but for what is marked.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/logger.h"
#include "core/thread_annotations.h"
#include "http/background_encoder.h"
#include "http/cors.h"
#include "http/descriptor_share.h"
#include "http/handler.h"
#include "http/io_loop.h"
#include "http/options.h"
#include "http/request_id.h"
#include "http/request_input.h"
#include "http/response_writer.h"
#include "http/server_metrics.h"
#include "metrics/byte_budget.h"

namespace propylon::http {

class Connection;

enum class Welcome : std::uint8_t {
  kServed,
  kRefused,  // there are too many connections: says 503 and closes
};

// What all lanes of a server share; outlives them.
struct ServerState {
  ServerState(const Options& o, const ConnectionRoom& r, const Clock& c, const Logger& l, metrics::Registry& registry,
              std::span<const std::string_view> route_names)
      : options(o),
        room(r),
        clock(c),
        logger(l),
        cors(o),
        metrics(registry, route_names),
        in_flight(o.request_bytes_in_flight_max, metrics.bytes_in_flight) {}

  const Options options;
  const ConnectionRoom room;
  const Clock& clock;
  const Logger& logger;
  const CorsPolicy cors;
  ServerMetrics metrics;
  metrics::ByteBudget in_flight;
  std::atomic<std::uint64_t> connections{0};
  Handler* handler = nullptr;            // set before the loops run
  BackgroundEncoder* encoder = nullptr;  // set before the loops run
};

class Lane final {
 public:
  // `random`: 48 bits of its own for the request ids.
  Lane(ServerState& server_state, std::unique_ptr<IoLoop> io_loop, std::uint64_t random);
  ~Lane();

  // Takes a connected, non-blocking socket that is counted in ServerState::connections. Thread: any.
  void take(FileDescriptor socket, std::string client_address, Welcome welcome);
  // Connections of this lane, those under way to it included. Thread: any.
  std::size_t load() const { return load_.load(std::memory_order_relaxed); }
  // Destroys the listener when the lane drains. Before the loop runs.
  void own_listener(std::unique_ptr<Watched> listener) { listener_ = std::move(listener); }

  // After `grace` closes the listener and idle connections and cancels waiting requests; `limit` later cuts off
  // what is left. The loop stops when the last connection and the last report have gone. A second call cuts off at
  // once. Thread: any.
  void stop(std::chrono::milliseconds grace, std::chrono::milliseconds limit);

  // For connections: the connection has ended. It is destroyed at the end of the turn.
  void remove(Connection& connection);
  // What follows an answer goes on without its connection; the loop does not stop before it has ended.
  void report_begins() { ++reports_; }
  void report_ended();
  bool draining() const { return draining_; }

  ServerState& server;
  const std::unique_ptr<IoLoop> loop;
  const HeadLimits head_limits;
  ReadBuffer read_buffer;
  std::string out;  // answers of the connection that runs, not sent yet
  ResponseWriter writer;
  ContentEncoder encoder;  // of small answers
  RequestIds request_ids;

 private:
  struct Arrival {
    FileDescriptor socket;
    std::string client_address;
    Welcome welcome;
  };
  // Calls a member function of the lane on its loop.
  class Order final : public Job {
   public:
    Order(Lane& lane, void (Lane::*function)()) : lane_(lane), function_(function) {}
    void run() override { (lane_.*function_)(); }

   private:
    Lane& lane_;
    void (Lane::*function_)();
  };
  class StopTimer final : public Timer {
   public:
    explicit StopTimer(Lane& lane) : lane_(lane) {}
    void expired() override { lane_.stop_timer_expired(); }

   private:
    Lane& lane_;
  };

  void begin_arrivals();
  void begin_stop();
  void stop_timer_expired();
  void drain();
  void cut();
  void stop_if_empty();
  std::vector<Connection*> connections() const { return {connections_.begin(), connections_.end()}; }

  std::atomic<std::size_t> load_{0};
  Order arrivals_order_{*this, &Lane::begin_arrivals};
  Order stop_order_{*this, &Lane::begin_stop};
  Order cut_order_{*this, &Lane::cut};
  StopTimer stop_timer_{*this};
  bool draining_ = false;
  std::unique_ptr<Watched> listener_;
  std::unordered_set<Connection*> connections_;  // each owns itself until remove()
  std::size_t reports_ = 0;                      // under way

  std::mutex mutex_;
  std::vector<Arrival> arrivals_ GUARDED_BY(mutex_);
  int stops_ GUARDED_BY(mutex_) = 0;
  std::chrono::milliseconds grace_ GUARDED_BY(mutex_){0};
  std::chrono::milliseconds limit_ GUARDED_BY(mutex_){0};
};

}  // namespace propylon::http
