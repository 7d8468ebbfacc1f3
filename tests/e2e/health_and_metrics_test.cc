// GET /livez, /readyz and /metrics
#include <gtest/gtest.h>

#include "support/gateway.h"

namespace propylon::testing {
namespace {

class HealthAndMetrics : public GatewayTest {};

TEST_F(HealthAndMetrics, SayThatAllIsWellWithoutAToken) {
  for (const char* path : {"/livez", "/readyz"}) expect_json(gateway().send("GET", path), R"({"status":"ok"})");
  EXPECT_EQ(gateway().send("HEAD", "/readyz").status, 200);
}

TEST_F(HealthAndMetrics, GiveMetricsToAdministratorsOnly) {
  expect_problem(gateway().send("GET", "/metrics"),
                 {.status = 401, .code = "unauthorized", .message = R"("Unauthorized")"});
  const auto answer = gateway().send("GET", "/metrics", {{"Authorization", gateway().bearer()}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(HealthAndMetrics, CountWhatHappened) {
  const double before = gateway().metric(R"(propylon_http_requests_total{route="produce_single",status="2xx"})");
  const double refused_before = gateway().metric(R"(propylon_http_requests_total{route="produce_batch",status="4xx"})");
  for (int i = 0; i < 3; ++i) gateway().produce(station(), "x");
  gateway().produce_batch(station(), "no array");
  gateway().produce_batch(station(), "[1,2]");
  EXPECT_EQ(gateway().drain(station()).size(), 5U);
  EXPECT_EQ(gateway().metric(R"(propylon_http_requests_total{route="produce_single",status="2xx"})"), before + 3);
  EXPECT_EQ(gateway().metric(R"(propylon_http_requests_total{route="produce_batch",status="4xx"})"),
            refused_before + 1);
  EXPECT_GE(gateway().metric(R"(propylon_http_request_seconds_count{route="produce_single"})"), 3);
  EXPECT_GE(gateway().metric(R"(propylon_log_group_records_count{log="disk"})"), 4);
  EXPECT_GE(gateway().metric("propylon_broker_stations"), 1);
  EXPECT_GE(gateway().metric("propylon_http_connections"), 1);
}

TEST_F(HealthAndMetrics, KeepNamesOfClientsOutOfLabels) {
  gateway().send("GET", "/a-path-nobody-knows/4711");
  gateway().produce("a-station-of-4711", "x");
  const auto answer = gateway().send("GET", "/metrics", {{"Authorization", gateway().bearer()}});
  EXPECT_EQ(answer.body.find("4711"), std::string::npos);
}

TEST_F(HealthAndMetrics, AreInTheFormatOfPrometheus) {
  std::string text = gateway().send("GET", "/metrics", {{"Authorization", gateway().bearer()}}).body;
  ASSERT_TRUE(text.ends_with('\n'));
  std::size_t samples = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) continue;
    ++samples;
    EXPECT_TRUE(line.starts_with("propylon_") || line.starts_with("process_")) << line;
    EXPECT_NO_THROW((void)std::stod(line.substr(line.rfind(' ') + 1))) << line;
  }
  EXPECT_GT(samples, 50U);
}

class PublicMetrics : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.flags = {"--metrics-public", "true"}}); }
};

TEST_F(PublicMetrics, NeedNoToken) { EXPECT_EQ(gateway().send("GET", "/metrics").status, 200); }

}  // namespace
}  // namespace propylon::testing
