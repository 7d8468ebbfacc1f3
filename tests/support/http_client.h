// A client for tests: one connection, raw bytes out, parsed answers in, a deadline on everything.
//
// Deliberately simple and strict: answers must have a Content-Length (this server never chunks). What goes wrong, a
// passed deadline included, throws std::runtime_error, which fails the test with a sentence.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace propylon::testing {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 0;
  std::string reason;
  HttpFields fields;  // in order, names as sent
  std::string body;

  // All values of a field, in any letter case of the name, joined by ", "; empty when there is none.
  std::string field(std::string_view name) const;
  bool has(std::string_view name) const;
};

// Whether the request was HEAD: its answer has no body.
enum class Expect { kBody, kNoBody };

// Thread: caller serialises.
class HttpClient final {
 public:
  explicit HttpClient(std::uint16_t port, std::chrono::milliseconds deadline = std::chrono::seconds(20));
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  // Every byte as it is.
  void send(std::string_view bytes);
  // The same to a server that may refuse and close before it has read everything; false when it has.
  bool try_send(std::string_view bytes);
  // The next answer on the connection, an interim one (100) included.
  HttpAnswer receive(Expect expect = Expect::kBody);
  // A whole request and its answer. Adds Host, and Content-Length when there is a body or the method is POST.
  HttpAnswer request(std::string_view method, std::string_view target, const HttpFields& fields = {},
                     std::string_view body = {});
  // The bytes that request() would send.
  static std::string render(std::string_view method, std::string_view target, const HttpFields& fields,
                            std::string_view body);
  // Waits until the server closes; false when it sends something instead.
  bool closes();
  // Whether anything, the end of the connection included, arrives within `limit`.
  bool readable_within(std::chrono::milliseconds limit) const;
  // Says that no more bytes will come; answers can still be received.
  void end_sending();
  // Ends the connection at once with a reset; no further calls.
  void reset();

 private:
  void wait_for(short events) const;
  bool read_more();

  int socket_ = -1;
  const std::chrono::milliseconds deadline_;
  std::string input_;  // received and not given out yet
};

}  // namespace propylon::testing
