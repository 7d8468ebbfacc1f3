// Many connections of one attacker, driven by one thread: raw bytes out, what comes back is counted.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace propylon::testing {

// Raises this process's limit of open files as far as it is allowed to, up to `wanted`; what it is then. Children
// started later inherit it.
std::size_t allow_open_files(std::size_t wanted);

// Thread: one.
class Swarm final {
 public:
  // `receive_buffer_bytes`: how much the kernel takes for a member that does not read; 0 leaves it as it is.
  explicit Swarm(std::uint16_t port, int receive_buffer_bytes = 0)
      : port_(port), receive_buffer_bytes_(receive_buffer_bytes) {}
  Swarm(const Swarm&) = delete;
  Swarm& operator=(const Swarm&) = delete;
  ~Swarm();

  // Opens `count` more connections. They come from several addresses of the loopback network: one of them has only
  // 28,000 ports. Throws std::runtime_error when one cannot be opened.
  void open(std::size_t count);
  // On each connection that is still open, as much of it as the kernel takes at once.
  void send_each(std::string_view bytes);
  // On one of them, by its number from 0 on.
  void send_to(std::size_t index, std::string_view bytes) { send(members_.at(index), bytes); }
  // Takes what has arrived, without waiting.
  void receive();
  // receive() until the server has ended at least `count` connections; false when it has not within `limit`.
  bool await_ended(std::size_t count, std::chrono::milliseconds limit);
  // Ends all connections: with a reset, or properly.
  void reset_all();
  void close_all();

  std::size_t open_count() const { return members_.size() - ended_; }
  std::size_t ended() const { return ended_; }
  // Connections whose first bytes were the status line of an answer, by its status; 0: the end came without a word.
  const std::map<int, std::size_t>& first_answers() const { return first_answers_; }

 private:
  struct Member {
    int socket = -1;
    std::string head;  // the first bytes of what came
  };
  void send(Member& member, std::string_view bytes);
  void end(Member& member);
  void receive_from(Member& member);

  const std::uint16_t port_;
  const int receive_buffer_bytes_;
  std::vector<Member> members_;
  std::size_t ended_ = 0;
  std::map<int, std::size_t> first_answers_;
};

}  // namespace propylon::testing
