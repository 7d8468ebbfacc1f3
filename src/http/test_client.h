// For tests: a client on a plain blocking socket that sends any bytes and reads answers.
#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include "http/file_descriptor.h"

namespace propylon::http {

struct ClientAnswer {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;

  // The value of a field written as we write it; "" when there is none.
  std::string field(std::string_view name) const {
    const std::string start = "\r\n" + std::string(name) + ": ";
    const std::size_t at = head.find(start);
    if (at == std::string::npos) return "";
    const std::size_t begin = at + start.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class TestClient final {
 public:
  // `receive_buffer` bytes, as the system understands that, are taken before they are read; 0: its own choice.
  explicit TestClient(std::uint16_t port, int receive_buffer = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer != 0) ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{20, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next answer; status 0 when the connection ended before it was complete. `to_head`: it has no body.
  ClientAnswer read(bool to_head = false) {
    ClientAnswer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return answer;
    }
    answer.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    const std::string length = answer.field("Content-Length");
    const std::size_t bytes = to_head || length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < bytes) {
      if (!more()) return answer;
    }
    answer.body = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    answer.status = std::stoi(answer.head.substr(9, 3));
    return answer;
  }
  ClientAnswer ask(std::string_view bytes) {
    send(bytes);
    return read();
  }
  // True once the server has closed and nothing was left to read.
  bool is_closed() {
    while (more()) {
    }
    return buffer_.empty() && !timed_out_;
  }
  // Until there is something to read, which stays unread. False after 20 s.
  bool wait_readable() const {
    pollfd asked{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&asked, 1, 20'000) == 1;
  }
  // The end of the connection was a reset. Reads what comes before it.
  bool was_reset() {
    while (more()) {
    }
    return reset_;
  }
  void close() { socket_.close(); }
  void end_sending() { ::shutdown(socket_.get(), SHUT_WR); }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.close();
  }
  int fd() const { return socket_.get(); }

 private:
  bool more() {
    char bytes[65536];
    const ssize_t received = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (received < 0 && errno == EAGAIN) timed_out_ = true;
    if (received < 0 && errno == ECONNRESET) reset_ = true;
    if (received <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(received));
    return true;
  }

  FileDescriptor socket_;
  std::string buffer_;
  bool timed_out_ = false;
  bool reset_ = false;
};

// Waits for a condition that another thread brings about; false after 20 s.
template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace propylon::http
