// Replays recorded exchanges of the reference gateway against ours: what is marked `true` must have the same status and
// the same JSON, what is marked "shape" the same status and the reference's members. Of what is not to be followed, the
// cases whose reason promises a refusal of ours ("ours answers 403") must get that status.
//
// The folder of the recordings comes from PROPYLON_COMPAT_DIR; without one the tests are skipped. Cases whose state
// cannot be made here are skipped and counted with the reason.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "comparison.h"
#include "exchange_file.h"
#include "support/test_gateway.h"

namespace propylon::compat {
namespace {

using testing::HttpAnswer;
using testing::HttpClient;
using testing::HttpFields;
using testing::TestGateway;

// Where the contract decides otherwise than a mark, or where a mark needs a state that was not recorded.
struct Disagreement {
  std::string_view area;
  std::string_view name;
  std::string_view reason;
};
constexpr std::array kDisagreements = {
    Disagreement{
        "consume", "batch-size-0-is-10",
        "the recorded answer comes from the group of the consumer's first request; ours honours the group of each "
        "request, and the default group has read everything by then"},
    Disagreement{"consume", "form-body", "ours calls a form an unreadable body (same status, another text)"},
    Disagreement{"consume", "deleted-station-before", "the state before it is not recorded"},
    Disagreement{"consume", "ack-based-produced-after-the-group", "the state before it is not recorded"},
    Disagreement{"produce", "single/br-broken", "brotli is an unknown coding (415) until it is decoded here"},
    Disagreement{"produce", "batch/text-plain", "a body that begins with a bracket is JSON whatever its type says"},
    Disagreement{"produce", "batch/utf8-bom",
                 "a byte order mark in front of JSON is passed over (RFC 8259, section 8.1)"},
    Disagreement{"auth", "authenticate/utf8-bom",
                 "a byte order mark in front of JSON is passed over (RFC 8259, section 8.1)"},
    Disagreement{"schema", "sjson/keyword-enum", "the reference quotes the numbers of an enumeration"},
    Disagreement{"schema", "sjson/keyword-dependentRequired",
                 "ours names all properties that are missing, not the first with its place"},
    Disagreement{"schema", "sjson/keyword-patternProperties", "the reference percent-encodes pointers"},
    Disagreement{"schema", "sjson/keyword-contains", "ours names the keyword, the reference the first item"},
    Disagreement{"schema", "sjson/keyword-big-integer", "ours shows the number as it was written"},
    Disagreement{"schema", "sjson/batch-stored-so-far",
                 "holds what the reference stored of batches that ours is not to follow"},
    Disagreement{"protocol", "body-short-then-close", "the refusal comes after the body's time, which is long here"},
    Disagreement{"protocol", "expect-100-continue-without-token",
                 "credentials are judged first, and a refusal sends no 100"},
    Disagreement{"protocol", "resources-with-development-option",
                 "needs the development option; it has a test of its own"},
};

const Disagreement* disagreement_about(std::string_view area, std::string_view name) {
  for (const auto& entry : kDisagreements) {
    if (entry.area == area && entry.name == name) return &entry;
  }
  return nullptr;
}

std::optional<std::filesystem::path> recordings() {
  if (const char* configured = std::getenv("PROPYLON_COMPAT_DIR")) return configured;
  const auto beside = std::filesystem::path(PROPYLON_SOURCE_DIR) / ".." / "shared" / "compat";
  if (std::filesystem::exists(beside)) return beside;
  return std::nullopt;
}

// The bytes of a Python literal b'...', as the recordings quote them.
std::optional<std::string> python_bytes(std::string_view literal) {
  if (!literal.starts_with("b") || literal.size() < 3 || literal.back() != literal[1]) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 2; i + 1 < literal.size(); ++i) {
    if (literal[i] != '\\') {
      bytes.push_back(literal[i]);
      continue;
    }
    switch (literal[++i]) {
      case 'n': bytes.push_back('\n'); break;
      case 'r': bytes.push_back('\r'); break;
      case 't': bytes.push_back('\t'); break;
      case 'x':
        bytes.push_back(static_cast<char>(std::stoi(std::string(literal.substr(i + 1, 2)), nullptr, 16)));
        i += 2;
        break;
      default: bytes.push_back(literal[i]);
    }
  }
  return bytes;
}

std::string replace_all(std::string text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// What stands for `<jwt>` in a case.
struct Tokens {
  std::string head;  // in fields and path
  std::string body;
};

class Replay {
 public:
  explicit Replay(std::string area) : area_(std::move(area)), gateway_(settings()) {}

  void run(const RecordedExchange& exchange) {
    if (!exchange.schema_type.empty()) return make_schema(exchange);
    if (exchange.follow == Follow::kNot) return skip("marked as not to be followed");
    if (const auto* entry = disagreement_about(area_, exchange.name)) return skip(std::string(entry->reason));
    if (!exchange.unusable.empty()) return skip(exchange.unusable);
    if (area_ == "schema" && lacks_schema(exchange)) return skip("its schema is not there");
    const auto tokens = tokens_of(exchange.credential);
    if (!tokens) return skip("credential: " + exchange.credential);
    if (!set_up(exchange)) return skip("state: " + exchange.setup.substr(0, 60));
    compare(exchange, answers_to(exchange, *tokens));
    gateway_.broker().fail_with(std::nullopt);
    ++followed_;
  }
  void report() const {
    std::printf("%s: %d followed\n", area_.c_str(), followed_);
    for (const auto& [reason, count] : skipped_)
      std::printf("%s: %d skipped, %s\n", area_.c_str(), count, reason.c_str());
  }
  void produce(const std::string& station, const std::string& payload) {
    const auto answer =
        gateway_.request("POST", "/stations/" + station + "/produce/single", gateway_.as("root"), payload);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  int followed() const { return followed_; }

 private:
  // The cap makes the recorded waits short; whether they are kept is the consume endpoint's own test.
  static testing::GatewaySettings settings() {
    testing::GatewaySettings settings;
    settings.api.consume_wait_ms_max = 400;
    return settings;
  }
  void skip(const std::string& reason) { ++skipped_[reason]; }

  static std::string station_of(const RecordedExchange& exchange) {
    const std::string path = exchange.path.substr(std::string_view("/stations/").size());
    return path.substr(0, path.find('/'));
  }

  std::string expired(auth::TokenType type) const {
    const auto root = gateway_.users().find(kDefaultAccount, "root");
    return gateway_.sign({.subject = "root",
                          .account = kDefaultAccount,
                          .issued_at_s = 1'700'000'000,
                          .expires_at_s = 1'700'000'900,
                          .id = "expired",
                          .type = type,
                          .user_id = root->id,
                          .token_version = root->token_version});
  }
  std::string of_an_unknown_user() const {
    return gateway_.sign({.subject = "ghost",
                          .account = kDefaultAccount,
                          .issued_at_s = 0,
                          .expires_at_s = 4'000'000'000,
                          .id = "ghost",
                          .user_id = 99,
                          .token_version = 1});
  }
  static std::string of_another_secret() {
    const auth::TokenCodec codec(
        {Secret("a key that nobody here uses, really"), Secret("another one of them, likewise")});
    return codec.issue({.subject = "root",
                        .account = kDefaultAccount,
                        .issued_at_s = 0,
                        .expires_at_s = 4'000'000'000,
                        .id = "foreign",
                        .user_id = 1,
                        .token_version = 1});
  }
  // {"alg":"none","typ":"JWT"} . {"sub":"root","acc":1,"exp":4000000000} . nothing
  static std::string without_signature() {
    return "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJyb290IiwiYWNjIjoxLCJleHAiOjQwMDAwMDAwMDB9.";
  }

  std::optional<Tokens> tokens_of(const std::string& credential) {
    const std::string root = gateway_.token("root");
    const std::string refresh = gateway_.refresh_token("root");
    const auto old_access = expired(auth::TokenType::kAccess);
    const auto old_refresh = expired(auth::TokenType::kRefresh);
    const std::map<std::string, Tokens> known = {
        {"none", {"", ""}},
        {"access token of root", {root, root}},
        {"access token in the query", {root, root}},
        {"good in the query, bad in the header", {root, ""}},
        {"good in the header, bad in the query", {root, ""}},
        {"access token of an application user", {gateway_.token("app"), ""}},
        {"access token of a user who may read orders only", {gateway_.token("reader"), ""}},
        {"access token of a user who may write orders only", {gateway_.token("writer"), ""}},
        {"access token in the body", {"", root}},
        {"refresh token in the body", {"", refresh}},
        {"refresh token", {refresh, refresh}},
        {"expired access token", {old_access, ""}},
        {"expired refresh token in the body", {"", old_refresh}},
        {"expired access token; good refresh token in the body", {old_access, refresh}},
        {"good access token; good refresh token in the body", {root, refresh}},
        {"token signed with another secret", {of_another_secret(), ""}},
        {"unsigned token", {without_signature(), ""}},
        {"correctly signed, unknown user inside", {of_an_unknown_user(), ""}},
    };
    const auto found = known.find(credential);
    return found == known.end() ? std::nullopt : std::optional(found->second);
  }

  // Makes the state that a case begins in; false when that cannot be done here.
  bool set_up(const RecordedExchange& exchange) {
    constexpr std::string_view kBytes = "one message with these bytes was produced: ";
    const std::string& setup = exchange.setup;
    if (setup.empty() || setup == "empty station" || setup == "5 messages left" ||
        setup == "all 25 messages handed to c1 of the default group" ||
        setup == "same station, produced after the consume above" ||
        setup.starts_with("one message is produced 500 ms")) {
      return true;
    }
    if (setup == "the broker was stopped") {
      gateway_.broker().fail_with(Error{ErrorCode::kStoreUnavailable, "stopped", "", 0});
      return true;
    }
    if (setup == "25 messages m0..m24") {
      for (int i = 0; i < 25; ++i) produce(station_of(exchange), "m" + std::to_string(i));
      return true;
    }
    if (setup == "schema sjson attached to the station") return attach("sjson", station_of(exchange));
    if (setup == "schema detached") return attach("", station_of(exchange));
    if (setup == "the messages accepted by all cases above") return true;
    const auto payload = setup.starts_with(kBytes) ? python_bytes(setup.substr(kBytes.size())) : std::nullopt;
    if (payload) produce(station_of(exchange), *payload);
    return payload.has_value();
  }

  // Makes what "definition/<name>" defines, and the station st-<name> with it.
  void make_schema(const RecordedExchange& definition) {
    if (definition.schema_type != "json")
      return skip("schemas of type " + definition.schema_type + " are not there yet");
    const std::string name = definition.name.substr(definition.name.find('/') + 1);
    const auto made =
        send("PUT", "/schemas/" + name, "{\"type\":\"json\",\"definition\":" + definition.schema_content + "}");
    ASSERT_EQ(made.status, 201) << made.body;
    ASSERT_EQ(send("PUT", "/stations/st-" + name, "").status, 201);
    ASSERT_TRUE(attach(name, "st-" + name));
    schemas_.insert(name);
  }
  // Without a name the station's schema is detached.
  bool attach(const std::string& schema, const std::string& station) {
    const std::string target = "/stations/" + station + "/schema";
    const auto answer =
        schema.empty() ? send("DELETE", target, "") : send("PUT", target, "{\"name\":\"" + schema + "\"}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200;
  }
  HttpAnswer send(std::string_view method, const std::string& target, const std::string& body) {
    return gateway_.request(method, target, gateway_.as("root", {{"Content-Type", "application/json"}}), body);
  }
  // Whether the station of the case has a schema that could not be made.
  bool lacks_schema(const RecordedExchange& exchange) const {
    constexpr std::string_view kPrefix = "/stations/st-";
    if (!exchange.path.starts_with(kPrefix)) return false;
    return !schemas_.contains(station_of(exchange).substr(kPrefix.size() - std::string_view("/stations/").size()));
  }

  static std::string bytes_of(const RecordedExchange& exchange, const Tokens& tokens) {
    if (exchange.raw) return replace_all(*exchange.raw, "<jwt>", tokens.head);
    const std::string body = replace_all(exchange.body, "<jwt>", tokens.body);
    std::string bytes = exchange.method + " " + replace_all(exchange.path, "<jwt>", tokens.head) + " HTTP/1.1\r\n";
    bool has_host = false;
    for (const auto& [name, value] : exchange.headers) {
      has_host = has_host || name == "Host";
      if (name != "Content-Length") bytes += name + ": " + replace_all(value, "<jwt>", tokens.head) + "\r\n";
    }
    if (!has_host) bytes += "Host: localhost\r\nAuthorization: Bearer " + tokens.head + "\r\n";
    if (exchange.method == "POST" || !body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return bytes + "\r\n" + body;
  }

  std::vector<HttpAnswer> answers_to(const RecordedExchange& exchange, const Tokens& tokens) {
    HttpClient client(gateway_.port());
    client.send(bytes_of(exchange, tokens));
    if (exchange.setup.starts_with("one message is produced 500 ms")) {
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (gateway_.broker().waiting() == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
      produce(station_of(exchange), "late");
    }
    std::vector<HttpAnswer> answers;
    const auto expect = exchange.method == "HEAD" ? testing::Expect::kNoBody : testing::Expect::kBody;
    for (std::size_t i = 0; i < exchange.answers.size(); ++i) answers.push_back(client.receive(expect));
    return answers;
  }

  void compare(const RecordedExchange& exchange, const std::vector<HttpAnswer>& answers) const {
    SCOPED_TRACE(area_ + " " + exchange.name);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& expected = exchange.answers[i];
      EXPECT_EQ(answers[i].status, expected.status) << answers[i].body;
      if (answers[i].status != expected.status || exchange.method == "HEAD") continue;
      if (exchange.follow == Follow::kExactly && !expected.body.empty()) {
        EXPECT_TRUE(same_json(answers[i].body, expected.body)) << answers[i].body << "\nreference: " << expected.body;
      }
      if (exchange.follow == Follow::kShape) {
        EXPECT_EQ(difference_in_shape(answers[i].body, as_ours_has_it(expected.body)), "") << answers[i].body;
      }
    }
  }

  // The reference names the schema by a file of its machine, and has another JSON parser.
  static std::string as_ours_has_it(const std::string& recorded) { return replace_all(recorded, "file:///run/", ""); }

  const std::string area_;
  std::set<std::string> schemas_;
  TestGateway gateway_;
  int followed_ = 0;
  std::map<std::string, int> skipped_;
};

class Compat : public ::testing::TestWithParam<std::string> {};

TEST_P(Compat, AnswersAsTheReferenceDid) {
  const auto folder = recordings();
  if (!folder) GTEST_SKIP() << "no recorded exchanges here: set PROPYLON_COMPAT_DIR to their folder";
  Replay replay(GetParam());
  // The station that other recordings had filled before.
  if (GetParam() == "consume") replay.produce("orders", R"({"a":1})");
  for (const auto& exchange : read_exchanges((*folder / (GetParam() + ".jsonl")).string())) {
    try {
      replay.run(exchange);
    } catch (const std::exception& failure) {
      ADD_FAILURE() << GetParam() << " " << exchange.name << ": " << failure.what();
    }
  }
  replay.report();
  EXPECT_GT(replay.followed(), 0);
}

INSTANTIATE_TEST_SUITE_P(Recorded, Compat, ::testing::Values("auth", "produce", "consume", "protocol", "schema"),
                         [](const auto& area) { return area.param; });

}  // namespace
}  // namespace propylon::compat
