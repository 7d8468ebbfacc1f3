// A blocking HTTP/1.1 client for tests: sends any bytes, well formed or not, and takes the answers apart strictly.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace propylon::testing {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  HttpHeaders headers;
  std::string body;
};

// The request's bytes. Adds Host when it is not among the headers, and Content-Length when there is a body and
// neither that nor Transfer-Encoding is.
std::string to_bytes(const HttpRequest& request);

// `body` as one chunk and the end of a chunked body.
std::string chunked(std::string_view body);

struct HttpResponse {
  int status = 0;
  std::string reason;
  HttpHeaders headers;  // in order, names as sent
  std::string body;

  // The value of the only field with this name (any letter case). Throws HttpError when there are several.
  std::optional<std::string> header(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
};

// The server closed the connection, did not answer in time, or answered something that is no HTTP.
struct HttpError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One connection to 127.0.0.1. Every wait ends after kLimit with an HttpError. Thread: one.
class HttpClient final {
 public:
  static constexpr std::chrono::seconds kLimit{30};

  explicit HttpClient(std::uint16_t port);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&&) = delete;

  // Sends a request and reads its answer (of several for one request, as with Expect, the first).
  HttpResponse request(const HttpRequest& request);

  void send(std::string_view bytes);
  // The next answer. `method` is that of its request: an answer to HEAD has no body.
  HttpResponse receive(std::string_view method = "GET");
  // Whether any byte of an answer, or the end of the connection, arrives within `limit`.
  bool readable_within(std::chrono::milliseconds limit) const;
  // Whether the server has closed (or reset) the connection, waiting for that up to kLimit; false when it sends
  // anything instead.
  bool closed_by_server();

  // No more bytes will be sent; answers can still be read.
  void end_sending();
  // Ends the connection with a reset, as a client does that crashes with unread data.
  void reset();

 private:
  // Appends what arrives next to received_; false at the end of the connection.
  bool receive_more();
  std::string take(std::size_t bytes);
  std::string take_line();
  std::string take_chunks();

  int socket_ = -1;
  std::string received_;  // behind what was taken
};

}  // namespace propylon::testing
