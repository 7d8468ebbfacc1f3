// Accepts connections and hands each to the lane that has the fewest.
//
// Out of descriptors it pauses for a second instead of spinning. Thread: the first lane's loop.
#pragma once
#include <memory>
#include <span>
#include <string>

#include "core/result.h"
#include "http/io_loop.h"
#include "http/lane.h"

namespace propylon::http {

// A listening socket and where it is bound.
struct BoundSocket {
  FileDescriptor socket;
  std::string address;  // "127.0.0.1:4444", "[::]:4444"
  std::uint16_t port = 0;
};

// Binds options.http_host and http_port and listens.
// Errors: kBusy (taken; names the address), kInvalidConfig (no address of this machine), kIo.
Result<BoundSocket> bind_listener(const Options& options);

class Listener final : public Watched {
 public:
  // Watched by the first lane's loop from now on; lanes and server outlive it.
  static Result<std::unique_ptr<Listener>> open(ServerState& server, std::span<const std::unique_ptr<Lane>> lanes,
                                                FileDescriptor socket);
  ~Listener() override;

  void ready(std::uint32_t events) override;

 private:
  class Pause final : public Timer {
   public:
    explicit Pause(Listener& listener) : listener_(listener) {}
    void expired() override { listener_.go_on(); }

   private:
    Listener& listener_;
  };

  Listener(ServerState& server, std::span<const std::unique_ptr<Lane>> lanes, FileDescriptor socket);
  bool accept_one();
  void pause(int error);
  void go_on();

  ServerState& server_;
  IoLoop& loop_;
  const std::span<const std::unique_ptr<Lane>> lanes_;
  const FileDescriptor socket_;
  Pause pause_{*this};
};

}  // namespace propylon::http
