#include "support/http_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace propylon::testing {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool has(const HttpHeaders& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& header) { return same_name(header.first, name); });
}

std::size_t parse_number(std::string_view text, int base) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw HttpError("not a length: " + std::string(text));
  }
  return number;
}

// A status line is `HTTP/1.1 200 OK`.
void read_status_line(const std::string& line, HttpResponse& response) {
  if (line.size() < 13 || !line.starts_with("HTTP/1.1 ") || line[12] != ' ') throw HttpError("status line: " + line);
  response.status = static_cast<int>(parse_number(std::string_view(line).substr(9, 3), 10));
  response.reason = line.substr(13);
}

}  // namespace

std::string to_bytes(const HttpRequest& request) {
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!has(request.headers, "Host")) bytes += "Host: 127.0.0.1\r\n";
  for (const auto& [name, value] : request.headers) bytes += name + ": " + value + "\r\n";
  const bool framed = has(request.headers, "Content-Length") || has(request.headers, "Transfer-Encoding");
  if (!request.body.empty() && !framed) bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return bytes + "\r\n" + request.body;
}

std::string chunked(std::string_view body) {
  std::array<char, 16> size;
  const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), body.size(), 16);
  std::string bytes;
  if (!body.empty()) bytes.append(size.data(), end).append("\r\n").append(body).append("\r\n");
  return bytes + "0\r\n\r\n";
}

std::optional<std::string> HttpResponse::header(std::string_view name) const {
  const auto values = all(name);
  if (values.size() > 1) throw HttpError("several fields are called " + std::string(name));
  return values.empty() ? std::nullopt : std::optional(values.front());
}

std::vector<std::string> HttpResponse::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) values.push_back(value);
  }
  return values;
}

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    if (socket_ >= 0) ::close(socket_);
    throw HttpError("no connection to port " + std::to_string(port) + ": " + std::generic_category().message(error));
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{kLimit.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

HttpClient::~HttpClient() {
  if (socket_ >= 0) ::close(socket_);
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

HttpResponse HttpClient::request(const HttpRequest& request) {
  send(to_bytes(request));
  return receive(request.method);
}

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw HttpError("sending: " + std::generic_category().message(errno));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

HttpResponse HttpClient::receive(std::string_view method) {
  HttpResponse response;
  read_status_line(take_line(), response);
  for (std::string line; !(line = take_line()).empty();) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos || colon == 0) throw HttpError("header line: " + line);
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  const auto length = response.header("Content-Length");
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  if (bodiless || method == "HEAD") return response;
  if (response.header("Transfer-Encoding")) {
    response.body = take_chunks();
  } else if (length) {
    response.body = take(parse_number(*length, 10));
  } else {
    while (receive_more()) continue;
    response.body = std::exchange(received_, {});
  }
  return response;
}

bool HttpClient::readable_within(std::chrono::milliseconds limit) const {
  if (!received_.empty()) return true;
  pollfd waiting{socket_, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
}

bool HttpClient::closed_by_server() { return received_.empty() && !receive_more(); }

void HttpClient::end_sending() { ::shutdown(socket_, SHUT_WR); }

void HttpClient::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
}

bool HttpClient::receive_more() {
  pollfd waiting{socket_, POLLIN, 0};
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(kLimit).count();
  if (::poll(&waiting, 1, static_cast<int>(limit_ms)) <= 0) throw HttpError("no answer came in time");
  std::array<char, 65536> buffer;
  const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

std::string HttpClient::take(std::size_t bytes) {
  while (received_.size() < bytes) {
    if (!receive_more()) throw HttpError("the connection ended inside an answer");
  }
  std::string taken = received_.substr(0, bytes);
  received_.erase(0, bytes);
  return taken;
}

std::string HttpClient::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!receive_more()) throw HttpError("the connection ended before an answer was complete");
  }
  std::string line = take(end + 2);
  line.resize(end);
  return line;
}

std::string HttpClient::take_chunks() {
  std::string body;
  for (std::size_t size = 0; (size = parse_number(take_line(), 16)) != 0;) {
    body += take(size);
    if (!take_line().empty()) throw HttpError("a chunk is longer than its size");
  }
  while (!take_line().empty()) continue;
  return body;
}

}  // namespace propylon::testing
