#include "http/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace propylon::http {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsInARow = 64;
constexpr std::chrono::seconds kPauseTime{1};

// An address without port; one of IPv4 that came in through an IPv6 socket looks like IPv4.
std::string address_text(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
  }
  return text.data();
}

std::uint16_t port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return ntohs(v4.sin_port);
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  return ntohs(v6.sin6_port);
}

Error bind_error(const std::string& where, int error) {
  const std::string reason = std::strerror(error);
  if (error == EADDRINUSE) return {ErrorCode::kBusy, where + " is taken by another process.", "http_port"};
  if (error == EADDRNOTAVAIL)
    return {ErrorCode::kInvalidConfig, where + " is no address of this machine.", "http_host"};
  return {ErrorCode::kIo, "Listening on " + where + " failed: " + reason, "http_port"};
}

void set_option(int socket, int level, int option) {
  const int on = 1;
  ::setsockopt(socket, level, option, &on, sizeof on);
}

Result<FileDescriptor> listen_on(const addrinfo& address, const std::string& where) {
  FileDescriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return std::unexpected(bind_error(where, errno));
  set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  // Accepted sockets inherit it: answers leave at once.
  set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY);
  if (address.ai_family == AF_INET6) {
    const int off = 0;
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return std::unexpected(bind_error(where, errno));
  }
  return socket;
}

struct AddressList {
  ~AddressList() {
    if (first) ::freeaddrinfo(first);
  }
  addrinfo* first = nullptr;
};

Result<FileDescriptor> listen_on(const std::string& host, const std::string& port) {
  const std::string where = (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  AddressList addresses;
  if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &addresses.first); error != 0) {
    return fail(ErrorCode::kInvalidConfig, where + " is no address: " + ::gai_strerror(error), "http_host");
  }
  return listen_on(*addresses.first, where);
}

}  // namespace

Result<BoundSocket> bind_listener(const Options& options) {
  const std::string port = std::to_string(options.http_port);
  auto socket = listen_on(options.http_host, port);
  // A machine without IPv6 has no "::".
  if (!socket && options.http_host == "::" && socket.error().code != ErrorCode::kBusy) {
    socket = listen_on("0.0.0.0", port);
  }
  if (!socket) return std::unexpected(std::move(socket).error());
  BoundSocket bound{std::move(*socket), {}, 0};
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(bound.socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return fail(ErrorCode::kIo, std::string("A listening socket has no address: ") + std::strerror(errno));
  }
  bound.port = port_of(address);
  const std::string host = address_text(address);
  bound.address = (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(bound.port);
  return bound;
}

Result<std::unique_ptr<Listener>> Listener::open(ServerState& server, std::span<const std::unique_ptr<Lane>> lanes,
                                                 FileDescriptor socket) {
  std::unique_ptr<Listener> listener(new Listener(server, lanes, std::move(socket)));
  PPL_CHECK(listener->loop_.watch(listener->socket_.get(), *listener, kReadable));
  return listener;
}

Listener::Listener(ServerState& server, std::span<const std::unique_ptr<Lane>> lanes, FileDescriptor socket)
    : server_(server), loop_(*lanes.front()->loop), lanes_(lanes), socket_(std::move(socket)) {}

Listener::~Listener() {
  loop_.disarm(pause_);
  loop_.unwatch(socket_.get());
}

void Listener::ready(std::uint32_t) {
  for (int i = 0; i < kAcceptsInARow && accept_one(); ++i) {
  }
}

// False when there is nothing more to accept for now.
bool Listener::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  FileDescriptor socket(
      ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) {
    const int error = errno;
    if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) pause(error);
    // Whatever else went wrong went wrong with that one connection (accept(2), "Error handling").
    return error == ECONNABORTED || error == EINTR || error == EPROTO;
  }
  const std::uint64_t before = server_.connections.fetch_add(1, std::memory_order_relaxed);
  const bool served = before < server_.room.served;
  (served ? server_.metrics.accepted : server_.metrics.refused).add();
  if (before >= server_.room.served + server_.room.refused) {
    server_.connections.fetch_sub(1, std::memory_order_relaxed);
    return true;
  }
  server_.metrics.connections.add(1);
  Lane& lane = **std::ranges::min_element(lanes_, {}, [](const auto& l) { return l->load(); });
  lane.take(std::move(socket), address_text(address), served ? Welcome::kServed : Welcome::kRefused);
  return true;
}

void Listener::pause(int error) {
  server_.logger.warn("no connection can be accepted for now", {{"reason", std::strerror(error)}});
  loop_.change(socket_.get(), *this, 0);
  loop_.arm(pause_, loop_.now() + kPauseTime);
}

void Listener::go_on() { loop_.change(socket_.get(), *this, kReadable); }

}  // namespace propylon::http
