#include "http/server.h"

#include <pthread.h>

#include <algorithm>
#include <random>
#include <thread>
#include <vector>

#include "core/assert.h"
#include "http/listener.h"

namespace propylon::http {
namespace {

// 48 bits for the request ids of a lane.
std::uint64_t random_bits() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

class Server::Impl final {
 public:
  Impl(const Options& options, const ConnectionRoom& room, std::span<const std::string_view> route_names,
       const Surroundings& surroundings)
      : state(options, room, surroundings.clock, surroundings.logger, surroundings.metrics, route_names) {}

  Result<void> open() {
    const std::uint64_t wanted = state.options.http_threads;
    const std::uint64_t count = wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < count; ++i) {
      lanes.push_back(std::make_unique<Lane>(state, PPL_TRY(IoLoop::open(i, state.clock)), random_bits()));
    }
    BoundSocket bound = PPL_TRY(bind_listener(state.options));
    address = std::move(bound.address);
    port = bound.port;
    lanes.front()->own_listener(PPL_TRY(Listener::open(state, lanes, std::move(bound.socket))));
    return {};
  }

  void start(Handler& handler) {
    PPL_ASSERT(threads.empty());
    if (state.room.served < state.options.connections_max) {
      state.logger.warn("the limit of open files is too low for connections_max",
                        {{"connections", state.room.served}, {"connections_max", state.options.connections_max}});
    }
    state.handler = &handler;
    state.encoder = &encoder;
    for (auto& lane : lanes) {
      threads.emplace_back([&loop = *lane->loop] { loop.run(); });
      const std::string name = "io." + std::to_string(lane->loop->index());
      ::pthread_setname_np(threads.back().native_handle(), name.c_str());
    }
  }

  void stop(std::chrono::milliseconds grace, std::chrono::milliseconds limit) {
    for (auto& lane : lanes) lane->stop(grace, limit);
  }

  ServerState state;
  std::vector<std::unique_ptr<Lane>> lanes;
  BackgroundEncoder encoder;  // behind the lanes: its thread ends while their loops still take posts
  std::vector<std::thread> threads;
  std::string address;
  std::uint16_t port = 0;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>> Server::open(const Options& options, std::span<const std::string_view> route_names,
                                             const Surroundings& surroundings) {
  const ConnectionRoom room = share_descriptors(options.connections_max, raise_descriptor_limit());
  auto impl = std::make_unique<Impl>(options, room, route_names, surroundings);
  PPL_CHECK(impl->open());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
  drain(std::chrono::milliseconds(0), std::chrono::milliseconds(0));
  drain(std::chrono::milliseconds(0), std::chrono::milliseconds(0));
  join();
}

std::uint16_t Server::port() const { return impl_->port; }

std::string Server::address() const { return impl_->address; }

std::size_t Server::loop_count() const { return impl_->lanes.size(); }

Loop& Server::loop(std::size_t index) { return *impl_->lanes.at(index)->loop; }

void Server::start(Handler& handler) { impl_->start(handler); }

void Server::drain(std::chrono::milliseconds grace, std::chrono::milliseconds limit) { impl_->stop(grace, limit); }

void Server::join() {
  for (auto& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace propylon::http
