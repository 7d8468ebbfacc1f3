#include "load_generator.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <deque>
#include <system_error>
#include <utility>
#include <vector>

#include "interruption.h"

namespace propylon::bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class Descriptor final {
 public:
  explicit Descriptor(int value) : value_(value) {
    if (value_ < 0) throw_errno("a descriptor");
  }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

struct Answer {
  int status = 0;
  std::string_view body;
  std::size_t bytes = 0;  // of the whole answer; 0: not complete yet
};

// Servers that are measured always say a Content-Length.
std::size_t content_length(std::string_view head) {
  const std::size_t at = head.find("ontent-Length: ");
  std::size_t length = 0;
  if (at != std::string_view::npos) std::from_chars(head.data() + at + 15, head.data() + head.size(), length);
  return length;
}

Answer read_answer(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || end < 12) return {};
  const std::size_t body_bytes = content_length(bytes.substr(0, end));
  Answer answer;
  std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
  if (bytes.size() < end + 4 + body_bytes) return {};
  answer.body = bytes.substr(end + 4, body_bytes);
  answer.bytes = end + 4 + body_bytes;
  return answer;
}

struct Connection {
  Descriptor socket;
  Clock::time_point began;  // when the request under way was due
  const std::string* request = nullptr;
  std::size_t sent = 0;  // bytes of it
  std::string received;  // the beginning of an answer that did not come in one piece
  bool awaits_writable = false;
};

Descriptor connect_to(std::uint16_t port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw_errno("connect");
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

class Generator final {
 public:
  explicit Generator(const Load& load) : load_(load), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    connections_.reserve(load.connections);
    for (std::size_t i = 0; i < load.connections; ++i) {
      connections_.push_back({connect_to(load.port), {}, nullptr, 0, {}, false});
      watch(i, EPOLL_CTL_ADD, EPOLLIN);
    }
  }

  LoadResult run() {
    const auto start = Clock::now();
    window_begin_ = start + load_.warm_up;
    end_ = window_begin_ + load_.window;
    due_ = start;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      if (is_open_loop()) {
        idle_.push_back(i);
      } else {
        send_next(i, Clock::now());
      }
    }
    while (!finished()) turn();
    result_.seconds = std::chrono::duration<double>(Clock::now() - window_begin_).count();
    if (load_.on_window_end) load_.on_window_end();
    return std::move(result_);
  }

 private:
  bool is_open_loop() const { return load_.rate_per_s > 0; }

  bool finished() const {
    if (in_window_ && load_.requests_max != 0 && result_.answered >= load_.requests_max) return true;
    return now_ >= end_ || broken_ == connections_.size();
  }

  void watch(std::size_t index, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = index;
    if (::epoll_ctl(epoll_.get(), operation, connections_[index].socket.get(), &event) != 0) throw_errno("epoll_ctl");
  }

  void turn() {
    throw_if_interrupted();
    std::array<epoll_event, 512> events;
    const int timeout_ms = is_open_loop() ? 0 : 10;  // an open loop must not sleep past the next request
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
    now_ = Clock::now();
    if (!in_window_ && now_ >= window_begin_) begin_window();
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.events & EPOLLOUT) send_rest(event.data.u64);
      if (event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) receive(event.data.u64);
    }
    if (is_open_loop()) send_due();
  }

  void begin_window() {
    in_window_ = true;
    if (load_.on_window_begin) load_.on_window_begin();
    window_begin_ = Clock::now();
    end_ = window_begin_ + load_.window;
  }

  void send_due() {
    const auto gap = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / load_.rate_per_s));
    for (; due_ <= now_; due_ += gap) backlog_.push_back(due_);
    while (!backlog_.empty() && !idle_.empty()) {
      const std::size_t index = idle_.back();
      idle_.pop_back();
      send_next(index, backlog_.front());
      backlog_.pop_front();
    }
  }

  void send_next(std::size_t index, Clock::time_point due) {
    Connection& connection = connections_[index];
    connection.began = due;
    connection.sent = 0;
    connection.request = load_.requests.empty() ? &load_.request : &load_.requests[next_++ % load_.requests.size()];
    ++result_.sent_total;
    send_rest(index);
  }

  void send_rest(std::size_t index) {
    Connection& connection = connections_[index];
    const std::string& request = *connection.request;
    const ssize_t sent = ::send(connection.socket.get(), request.data() + connection.sent,
                                request.size() - connection.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return break_off(index, "the connection broke while sending");
    if (sent > 0) connection.sent += static_cast<std::size_t>(sent);
    const bool unfinished = connection.sent < request.size();
    if (unfinished == connection.awaits_writable) return;
    connection.awaits_writable = unfinished;
    watch(index, EPOLL_CTL_MOD, unfinished ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  void receive(std::size_t index) {
    Connection& connection = connections_[index];
    const ssize_t got = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return break_off(index, "the connection was closed");
    std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    if (!connection.received.empty()) bytes = connection.received.append(bytes);
    const Answer answer = read_answer(bytes);
    if (answer.bytes == 0) {
      if (connection.received.empty()) connection.received.assign(bytes);
      return;
    }
    take(answer, connection.began);
    connection.received.clear();
    if (load_.reconnects) {
      connection.socket = connect_to(load_.port);  // which closes the old one
      watch(index, EPOLL_CTL_ADD, EPOLLIN);
    }
    if (is_open_loop()) {
      idle_.push_back(index);
    } else {
      send_next(index, now_);
    }
  }

  void take(const Answer& answer, Clock::time_point began) {
    if (answer.status != load_.status || (!load_.body.empty() && answer.body != load_.body)) {
      return count_error("answer " + std::to_string(answer.status) + ": " + std::string(answer.body));
    }
    ++result_.answered_total;
    if (!in_window_) return;
    ++result_.answered;
    now_ = Clock::now();
    result_.latency_ns.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(now_ - began).count()));
    if (load_.on_answer) load_.on_answer(answer.body);
  }

  void count_error(const std::string& text) {
    if (result_.errors++ == 0) result_.first_error = text;
  }

  void break_off(std::size_t index, const char* text) {
    count_error(text);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connections_[index].socket.get(), nullptr);
    ++broken_;
  }

  const Load& load_;
  Descriptor epoll_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;          // open loop: connections without a request under way
  std::deque<Clock::time_point> backlog_;  // open loop: requests that are due and not sent
  Clock::time_point now_{}, window_begin_{}, end_{}, due_{};
  bool in_window_ = false;
  std::size_t next_ = 0;  // of load_.requests
  std::size_t broken_ = 0;
  LoadResult result_;
  std::vector<char> buffer_ = std::vector<char>(1 << 20);
};

}  // namespace

LoadResult run_load(const Load& load) { return Generator(load).run(); }

}  // namespace propylon::bench
