#include "support/gateway.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

#include "json/base64.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

std::string decode(const std::string& text, bool base64) {
  if (!base64) return text;
  const auto bytes = json::from_base64(text, json::Base64::kStandard);
  if (!bytes) throw std::runtime_error("not base64: " + text);
  return *bytes;
}

ConsumedMessage message_of(const std::string& element) {
  auto members = members_of(element);
  ConsumedMessage message;
  message.base64 = members.contains("encoding");
  if (message.base64) {
    EXPECT_EQ(members["encoding"], "\"base64\"");
  }
  message.payload = decode(text_of(members.at("message")), message.base64);
  for (const auto& [name, value] : members_of(members.at("headers"))) message.headers[name] = text_of(value);
  if (members.contains("deliveries")) message.deliveries = std::stoi(members["deliveries"]);
  for (const char* known : {"message", "headers", "encoding", "deliveries"}) members.erase(known);
  EXPECT_TRUE(members.empty()) << "a message has other members too: " << element;
  return message;
}

// What every answer carries.
void expect_common_headers(const HttpAnswer& response) {
  EXPECT_EQ(response.field("Access-Control-Allow-Origin"), "*");
  EXPECT_TRUE(response.has("Access-Control-Expose-Headers"));
  EXPECT_TRUE(response.field("Vary").starts_with("Origin")) << response.field("Vary");
  EXPECT_FALSE(response.field("X-Request-Id").empty());
  EXPECT_FALSE(response.field("Date").empty());
}

}  // namespace

void expect_problem(const HttpAnswer& response, const Problem& expected) {
  SCOPED_TRACE(response.body);
  EXPECT_EQ(response.status, expected.status);
  EXPECT_EQ(response.field("Content-Type"), "application/json");
  expect_common_headers(response);
  std::map<std::string, std::string> members;
  ASSERT_NO_THROW(members = members_of(response.body));
  std::map<std::string, std::string> wanted = expected.members;
  wanted["success"] = "false";
  wanted["error"] = expected.error.empty() ? members["error"] : json_string(expected.error);
  wanted["detail"] = expected.detail.empty() ? wanted["error"] : json_string(expected.detail);
  wanted["type"] = json_string("urn:propylon:error:" + expected.code);
  wanted["title"] = members["title"];
  wanted["status"] = std::to_string(expected.status);
  wanted["code"] = json_string(expected.code);
  wanted["retryable"] = expected.retryable ? "true" : "false";
  wanted["request_id"] = json_string(response.field("X-Request-Id"));
  if (!expected.message.empty()) wanted["message"] = expected.message;
  EXPECT_EQ(members, wanted);
  EXPECT_GT(members["title"].size(), 2U);
  EXPECT_GT(members["error"].size(), 2U);
}

void expect_json(const HttpAnswer& response, std::string_view body) {
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.field("Content-Type"), "application/json");
  EXPECT_EQ(response.body, body);
  expect_common_headers(response);
}

std::vector<ConsumedMessage> messages_of(const HttpAnswer& response) {
  EXPECT_EQ(response.status, 200) << response.body;
  if (response.status != 200) return {};
  EXPECT_EQ(response.field("Content-Type"), "application/json");
  std::vector<ConsumedMessage> messages;
  for (const auto& element : elements_of(response.body)) messages.push_back(message_of(element));
  return messages;
}

std::vector<std::string> payloads_of(const std::vector<ConsumedMessage>& messages) {
  std::vector<std::string> payloads;
  for (const auto& message : messages) payloads.push_back(message.payload);
  return payloads;
}

Gateway::Gateway(ServerOptions options) : process_(std::move(options)) {}

HttpAnswer Gateway::authenticate(const std::string& body) const {
  return send("POST", "/auth/authenticate", {{"Content-Type", "application/json"}}, body);
}

const std::string& Gateway::token() {
  if (token_.empty()) {
    const auto response =
        authenticate(std::string(R"({"username":")") + kRootUser + R"(","password":")" + kRootPassword + R"("})");
    if (response.status != 200) throw std::runtime_error("the login is refused: " + response.body);
    token_ = text_of(members_of(response.body).at("jwt"));
  }
  return token_;
}

HttpFields Gateway::authorized(HttpFields fields) {
  const bool typed = std::ranges::any_of(fields, [](const auto& field) { return field.first == "Content-Type"; });
  if (!typed) fields.emplace_back("Content-Type", "application/json");
  fields.emplace_back("Authorization", bearer());
  return fields;
}

HttpAnswer Gateway::post(std::string_view target, std::string_view body, HttpFields fields) {
  return send("POST", target, authorized(std::move(fields)), body);
}

HttpAnswer Gateway::produce(const std::string& station, std::string_view body, HttpFields fields) {
  return post("/stations/" + station + "/produce/single", body, std::move(fields));
}

HttpAnswer Gateway::produce_batch(const std::string& station, std::string_view body, HttpFields fields) {
  return post("/stations/" + station + "/produce/batch", body, std::move(fields));
}

HttpAnswer Gateway::consume(const std::string& station, std::string_view body) {
  return post("/stations/" + station + "/consume/batch", body);
}

std::vector<ConsumedMessage> Gateway::drain(const std::string& station, const std::string& group) {
  return messages_of(consume(station, consume_body({.consumer = "drainer", .group = group, .batch_size = 5000})));
}

double Gateway::metric(const std::string& name) {
  const auto response = send("GET", "/metrics", {{"Authorization", bearer()}});
  const std::string line = "\n" + name + " ";
  const std::size_t at = response.body.find(line);
  return at == std::string::npos ? 0 : std::strtod(response.body.c_str() + at + line.size(), nullptr);
}

std::string consume_body(const Consume& consume) {
  std::string body = R"({"consumer_name":)" + json_string(consume.consumer);
  if (!consume.group.empty()) body += R"(,"consumer_group":)" + json_string(consume.group);
  body += R"(,"batch_size":)" + std::to_string(consume.batch_size);
  body += R"(,"batch_max_wait_time_ms":)" + std::to_string(consume.wait_ms);
  return body + consume.more + "}";
}

std::string chunked(std::string_view body) {
  std::array<char, 16> size;
  const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), body.size(), 16);
  std::string bytes;
  if (!body.empty()) bytes.append(size.data(), end).append("\r\n").append(body).append("\r\n");
  return bytes + "0\r\n\r\n";
}

void GatewayTest::TearDownTestSuite() {
  const Exit exit = gateway_->process().terminate();
  EXPECT_EQ(exit.code, 0) << gateway_->process().standard_error();
  EXPECT_EQ(exit.signal, 0) << gateway_->process().standard_error();
  gateway_.reset();
}

std::string GatewayTest::station() const {
  std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::ranges::replace(name, '/', '.');  // of parameterised tests
  return name;
}

}  // namespace propylon::testing
