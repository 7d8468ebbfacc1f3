#include "support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace propylon::testing {
namespace {

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error("http client: " + what); }
[[noreturn]] void give_up_with_errno(const std::string& what) { give_up(what + ": " + std::strerror(errno)); }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

HttpAnswer parse_head(std::string_view head) {
  HttpAnswer answer;
  const auto status_line = head.substr(0, head.find("\r\n"));
  if (!status_line.starts_with("HTTP/1.1 ") || status_line.size() < 13) give_up("no status line: " + std::string(head));
  answer.status = std::stoi(std::string(status_line.substr(9, 3)));
  answer.reason = status_line.substr(13);
  for (auto rest = head.substr(status_line.size() + 2); !rest.empty();) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) give_up("no field line: " + std::string(line));
    answer.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    rest.remove_prefix(line.size() + 2);
  }
  return answer;
}

}  // namespace

std::string HttpAnswer::field(std::string_view name) const {
  std::string joined;
  for (const auto& [field_name, value] : fields) {
    if (same_name(field_name, name)) joined += (joined.empty() ? "" : ", ") + value;
  }
  return joined;
}

bool HttpAnswer::has(std::string_view name) const {
  return std::ranges::any_of(fields, [&](const auto& field) { return same_name(field.first, name); });
}

HttpClient::HttpClient(std::uint16_t port, std::chrono::milliseconds deadline) : deadline_(deadline) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) give_up_with_errno("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    give_up_with_errno("connect to port " + std::to_string(port));
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

HttpClient::~HttpClient() {
  if (socket_ >= 0) ::close(socket_);
}

void HttpClient::wait_for(short events) const {
  pollfd watched{.fd = socket_, .events = events, .revents = 0};
  const int ready = ::poll(&watched, 1, static_cast<int>(deadline_.count()));
  if (ready < 0) give_up_with_errno("poll");
  if (ready == 0) give_up("nothing came within the deadline; received so far: " + input_);
}

void HttpClient::send(std::string_view bytes) {
  if (!try_send(bytes)) give_up_with_errno("send");
}

bool HttpClient::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    wait_for(POLLOUT);
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    if (sent < 0) give_up_with_errno("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool HttpClient::read_more() {
  wait_for(POLLIN);
  std::array<char, 65536> buffer;
  const auto received = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (received < 0) {
    if (errno == ECONNRESET) return false;
    give_up_with_errno("recv");
  }
  input_.append(buffer.data(), static_cast<std::size_t>(received));
  return received > 0;
}

HttpAnswer HttpClient::receive(Expect expect) {
  std::size_t head_end = 0;
  while ((head_end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) give_up("the connection closed inside an answer's head: " + input_);
  }
  HttpAnswer answer = parse_head(std::string_view(input_).substr(0, head_end + 2));
  input_.erase(0, head_end + 4);
  if (expect == Expect::kNoBody || answer.status < 200 || answer.status == 204) return answer;
  if (!answer.has("Content-Length")) give_up("an answer without Content-Length");
  const std::size_t size = std::stoul(answer.field("Content-Length"));
  while (input_.size() < size) {
    if (!read_more()) give_up("the connection closed inside an answer's body");
  }
  answer.body = input_.substr(0, size);
  input_.erase(0, size);
  return answer;
}

std::string HttpClient::render(std::string_view method, std::string_view target, const HttpFields& fields,
                               std::string_view body) {
  std::string bytes = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
  for (const auto& [name, value] : fields) bytes += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST") bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return bytes + "\r\n" + std::string(body);
}

HttpAnswer HttpClient::request(std::string_view method, std::string_view target, const HttpFields& fields,
                               std::string_view body) {
  send(render(method, target, fields, body));
  return receive(method == "HEAD" ? Expect::kNoBody : Expect::kBody);
}

bool HttpClient::closes() {
  while (input_.empty()) {
    if (!read_more()) return true;
  }
  return false;
}

bool HttpClient::readable_within(std::chrono::milliseconds limit) const {
  pollfd watched{.fd = socket_, .events = POLLIN, .revents = 0};
  return !input_.empty() || ::poll(&watched, 1, static_cast<int>(limit.count())) > 0;
}

void HttpClient::end_sending() { ::shutdown(socket_, SHUT_WR); }

void HttpClient::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(socket_);
  socket_ = -1;
}

}  // namespace propylon::testing
