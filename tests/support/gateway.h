// A running server as its users see it: what they send, what they read, and what every refusal looks like.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_client.h"
#include "support/server_process.h"

namespace propylon::testing {

// One element of an answer to consume.
struct ConsumedMessage {
  std::string payload;  // decoded when it came as base64
  std::map<std::string, std::string> headers;
  bool base64 = false;
  int deliveries = 1;
};

// What produce answers when everything is stored.
inline constexpr const char* kStored = R"({"error":null,"success":true})";

// The parts of a refusal that a test decides on; expect_problem() checks all the others too.
struct Problem {
  int status = 0;
  std::string code = {};
  std::string error = {};                           // empty: any text
  std::string message = {};                         // JSON of the reference's member; empty: there must be none
  std::map<std::string, std::string> members = {};  // further ones with their JSON
  bool retryable = false;
  std::string detail = {};  // where it says more than `error`; else the same
};

// The whole of an error answer: status, headers, every member of the body, and nothing beside them.
void expect_problem(const HttpAnswer& response, const Problem& expected);
// 200, JSON, and this body.
void expect_json(const HttpAnswer& response, std::string_view body);
// The messages of a successful consume; a failed expectation and none when it is no such answer.
std::vector<ConsumedMessage> messages_of(const HttpAnswer& response);
std::vector<std::string> payloads_of(const std::vector<ConsumedMessage>& messages);

// Thread: one.
class Gateway final {
 public:
  explicit Gateway(ServerOptions options = {});

  ServerProcess& process() { return process_; }
  HttpClient connect() const { return HttpClient(process_.port()); }
  // A request on a connection of its own, without a token.
  HttpAnswer send(std::string_view method, std::string_view target, const HttpFields& fields = {},
                  std::string_view body = {}) const {
    return connect().request(method, target, fields, body);
  }

  // The answer to a login of the administrator; throws when it is refused.
  HttpAnswer authenticate(const std::string& body) const;
  // An access token of the administrator.
  const std::string& token();
  std::string bearer() { return "Bearer " + token(); }
  // After the process was started again with another key.
  void forget_token() { token_.clear(); }

  // The fields with the administrator's token added and, unless there is one, the JSON content type.
  HttpFields authorized(HttpFields fields = {});
  // A POST with these.
  HttpAnswer post(std::string_view target, std::string_view body, HttpFields fields = {});
  HttpAnswer produce(const std::string& station, std::string_view body, HttpFields fields = {});
  HttpAnswer produce_batch(const std::string& station, std::string_view body, HttpFields fields = {});
  // `body` is the request's; see consume_body().
  HttpAnswer consume(const std::string& station, std::string_view body);
  // Everything that the group gets at once, up to 5000 messages.
  std::vector<ConsumedMessage> drain(const std::string& station, const std::string& group = "readers");

  // The value of a metric with its labels, as in `name{label="x"}`; 0 when it is not there.
  double metric(const std::string& name);

 private:
  ServerProcess process_;
  std::string token_;
};

struct Consume {
  std::string consumer = "me";
  std::string group = {};  // empty: left out
  int batch_size = 10;
  int wait_ms = 100;
  std::string more = {};  // further members, each with a comma before it
};
std::string consume_body(const Consume& consume);

// A body in one chunk, with the end of the chunks.
std::string chunked(std::string_view body);

// Tests that share one server; each uses a station of its own.
class GatewayTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { start({}); }
  // Every server of these tests also ends as it should.
  static void TearDownTestSuite();
  static void start(ServerOptions options) { gateway_ = std::make_unique<Gateway>(std::move(options)); }

  static Gateway& gateway() { return *gateway_; }
  // A name that no other test of this suite uses.
  std::string station() const;

 private:
  static inline std::unique_ptr<Gateway> gateway_;
};

}  // namespace propylon::testing
