#include "http/lane.h"

#include "http/connection.h"

namespace propylon::http {

Lane::Lane(ServerState& server_state, std::unique_ptr<IoLoop> io_loop, std::uint64_t random)
    : server(server_state),
      loop(std::move(io_loop)),
      head_limits{server.options.http_head_bytes_max, server.options.http_fields_max,
                  server.options.http_target_bytes_max},
      writer(server.cors, server.clock),
      request_ids(random) {}

Lane::~Lane() = default;

void Lane::take(FileDescriptor socket, std::string client_address, Welcome welcome) {
  load_.fetch_add(1, std::memory_order_relaxed);
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = arrivals_.empty();
    arrivals_.push_back({std::move(socket), std::move(client_address), welcome});
  }
  if (first) loop->post(arrivals_order_);
}

void Lane::begin_arrivals() {
  std::vector<Arrival> arrivals;
  {
    std::lock_guard lock(mutex_);
    arrivals.swap(arrivals_);
  }
  for (auto& arrival : arrivals) {
    auto connection = std::make_unique<Connection>(*this, std::move(arrival.socket), std::move(arrival.client_address),
                                                   arrival.welcome);
    connections_.insert(connection.get());
    connection.release()->start();
  }
}

void Lane::remove(Connection& connection) {
  connections_.erase(&connection);
  loop->retire(std::unique_ptr<Watched>(&connection));
  load_.fetch_sub(1, std::memory_order_relaxed);
  server.connections.fetch_sub(1, std::memory_order_relaxed);
  server.metrics.connections.add(-1);
  stop_if_empty();
}

void Lane::stop(std::chrono::milliseconds grace, std::chrono::milliseconds limit) {
  int call = 0;
  {
    std::lock_guard lock(mutex_);
    call = ++stops_;
    if (call == 1) {
      grace_ = grace;
      limit_ = limit;
    }
  }
  if (call == 1) loop->post(stop_order_);
  if (call == 2) loop->post(cut_order_);
}

void Lane::begin_stop() {
  std::lock_guard lock(mutex_);
  loop->arm(stop_timer_, loop->now() + grace_);
}

void Lane::stop_timer_expired() {
  if (draining_) {
    cut();
    return;
  }
  drain();
  std::lock_guard lock(mutex_);
  loop->arm(stop_timer_, loop->now() + limit_);
}

void Lane::drain() {
  if (draining_) return;
  draining_ = true;
  if (listener_) loop->retire(std::move(listener_));
  for (Connection* connection : connections()) connection->drain();
  stop_if_empty();
}

void Lane::cut() {
  loop->disarm(stop_timer_);
  drain();
  for (Connection* connection : connections()) connection->cut();
}

void Lane::report_ended() {
  --reports_;
  stop_if_empty();
}

void Lane::stop_if_empty() {
  if (!draining_ || !connections_.empty() || reports_ != 0) return;
  loop->disarm(stop_timer_);
  loop->stop();
}

}  // namespace propylon::http
