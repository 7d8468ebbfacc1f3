// GET /livez, /readyz, /metrics, /monitoring/status, /monitoring/getResourcesUtilization, and the access log
#include <gtest/gtest.h>

#include <string>

#include "support/error_answer.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

TEST(Operations, StatusAndLivezAnswerAlways) {
  TestGateway gateway;
  gateway.broker().fail_with(Error{ErrorCode::kStoreUnavailable, "x", "", 0});
  for (const std::string path :
       {"/monitoring/status", "/MONITORING/Status", "/monitoring/status/", "/livez", "/monitoring/status?x=1"}) {
    const auto answer = gateway.request("GET", path, {{"Authorization", "Bearer bad"}});
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, R"({"status":"ok"})") << path;
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
  }
  const auto head = gateway.request("HEAD", "/monitoring/status");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "15");
}

TEST(Operations, ReadyzSaysWhyNot) {
  TestGateway gateway;
  EXPECT_EQ(gateway.request("GET", "/readyz").body, R"({"status":"ok"})");
  gateway.readiness().set({{ErrorCode::kShuttingDown, "The server is stopping.", "", 0}});
  gateway.broker().fail_with(Error{ErrorCode::kStoreUnavailable, "The last sync failed.", "", 0});
  auto answer = gateway.request("GET", "/readyz");
  expect_error(answer, {503, "shutting_down", "The server is stopping.", true});
  EXPECT_EQ(json_member(answer.body, "reasons"), R"(["The server is stopping.","The last sync failed."])");
  EXPECT_EQ(answer.field("Retry-After"), "2");
  gateway.readiness().set({});
  answer = gateway.request("GET", "/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(json_member(answer.body, "code"), "store_unavailable");
  EXPECT_EQ(json_member(answer.body, "reasons"), R"(["The last sync failed."])");
}

TEST(Operations, MetricsCountMessagesAndRequestsByRoute) {
  TestGateway gateway;
  const auto fields = gateway.as("root");
  gateway.request("POST", "/stations/orders/produce/batch", fields, "[12,3]");
  gateway.post_and_go_on("/stations/orders/consume/batch", fields, R"({"consumer_name":"c","batch_size":2})");
  const auto answer = gateway.request("GET", "/metrics", fields);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const std::string line : {"\npropylon_produced_messages_total 2\n", "\npropylon_produced_bytes_total 3\n",
                                 "\npropylon_consumed_messages_total 2\n", "\npropylon_consumed_bytes_total 3\n",
                                 "route=\"produce_batch\"", "route=\"authenticate\""}) {
    EXPECT_NE(answer.body.find(line), std::string::npos) << line;
  }
}

TEST(Operations, ResourcesUtilizationExistsInDevelopmentOnly) {
  TestGateway usual;
  EXPECT_EQ(usual.request("GET", "/monitoring/getResourcesUtilization").status, 404);
  GatewaySettings settings;
  settings.api.dev_endpoints = true;
  TestGateway development(settings);
  const auto answer = development.request("GET", "/monitoring/getResourcesUtilization");
  ASSERT_EQ(answer.status, 200) << answer.body;
  for (const std::string member : {"cpu", "memory", "storage"}) {
    EXPECT_GE(std::stod(json_member(answer.body, member)), 0) << answer.body;
  }
  EXPECT_GT(std::stod(json_member(answer.body, "storage")), 0) << answer.body;
}

TEST(Operations, TheAccessLogHasALinePerRequestAndNeverAQuery) {
  GatewaySettings settings;
  settings.api.access_log = true;
  TestGateway gateway(settings);
  const std::string token = gateway.token("app");
  gateway.request("POST", "/stations/orders/produce/single?authorization=" + token, {{"X-Request-Id", "id-7"}}, "x");
  gateway.request("GET", "/nope");
  HttpClient client(gateway.port());
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(client.receive().status, 400);
  const std::string log = gateway.log();
  EXPECT_NE(log.find("route=produce_single"), std::string::npos) << log;
  EXPECT_NE(log.find("user=app"), std::string::npos) << log;
  EXPECT_NE(log.find("request_id=id-7"), std::string::npos) << log;
  EXPECT_NE(log.find("status=401"), std::string::npos) << log;
  EXPECT_NE(log.find("status=400"), std::string::npos) << log;
  EXPECT_EQ(log.find(token), std::string::npos);
  EXPECT_EQ(log.find("authorization"), std::string::npos);
}

}  // namespace
}  // namespace propylon::testing
