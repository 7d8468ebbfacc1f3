#include "hostile/swarm.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace propylon::testing {
namespace {

constexpr std::size_t kPerAddress = 10'000;
constexpr std::string_view kStatusLine = "HTTP/1.1 ";
constexpr std::size_t kHeadBytes = kStatusLine.size() + 3;

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  return address;
}

}  // namespace

std::size_t allow_open_files(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("getrlimit");
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  // A privileged process may go beyond its hard limit.
  const rlimit raised{wanted, std::max<rlim_t>(limit.rlim_max, wanted)};
  if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) {
    const rlimit allowed{std::min<rlim_t>(limit.rlim_max, wanted), limit.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &allowed);
  }
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

Swarm::~Swarm() { close_all(); }

void Swarm::open(std::size_t count) {
  const sockaddr_in server = loopback(0, port_);
  for (std::size_t i = 0; i < count; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) give_up("socket");
    members_.push_back({socket, {}});
    if (receive_buffer_bytes_ != 0) {
      ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes_, sizeof receive_buffer_bytes_);
    }
    const sockaddr_in from = loopback(static_cast<std::uint32_t>(1 + members_.size() / kPerAddress), 0);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) give_up("bind");
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) give_up("connect");
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
  }
}

void Swarm::send(Member& member, std::string_view bytes) {
  if (member.socket < 0) return;
  const auto sent = ::send(member.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN) receive_from(member);  // an answer may lie there still
}

void Swarm::send_each(std::string_view bytes) {
  for (auto& member : members_) send(member, bytes);
}

void Swarm::receive_from(Member& member) {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto received = ::recv(member.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received < 0 && errno == EAGAIN) return;
    if (received <= 0) return end(member);
    const auto wanted = std::min(static_cast<std::size_t>(received), kHeadBytes - member.head.size());
    member.head.append(buffer.data(), wanted);
  }
}

void Swarm::end(Member& member) {
  ::close(member.socket);
  member.socket = -1;
  ++ended_;
  const bool answered = member.head.size() == kHeadBytes && member.head.starts_with(kStatusLine);
  ++first_answers_[answered ? std::stoi(member.head.substr(kStatusLine.size())) : 0];
}

void Swarm::receive() {
  std::vector<pollfd> watched;
  std::vector<Member*> owners;
  for (auto& member : members_) {
    if (member.socket < 0) continue;
    watched.push_back({.fd = member.socket, .events = POLLIN, .revents = 0});
    owners.push_back(&member);
  }
  if (::poll(watched.data(), watched.size(), 0) <= 0) return;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (watched[i].revents != 0) receive_from(*owners[i]);
  }
}

bool Swarm::await_ended(std::size_t count, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    receive();
    if (ended_ >= count) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    ::poll(nullptr, 0, 10);
  }
}

void Swarm::reset_all() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  for (auto& member : members_) {
    if (member.socket >= 0) ::setsockopt(member.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  close_all();
}

void Swarm::close_all() {
  for (auto& member : members_) {
    if (member.socket < 0) continue;
    ::close(member.socket);
    member.socket = -1;
    ++ended_;
  }
}

}  // namespace propylon::testing
