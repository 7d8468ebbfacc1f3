// GET /monitoring/status and /monitoring/getResourcesUtilization
#include <gtest/gtest.h>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

class Monitoring : public GatewayTest {};

TEST_F(Monitoring, StatusNeedsNoToken) {
  for (const char* path :
       {"/monitoring/status", "/monitoring/status/", "/Monitoring/STATUS", "/monitoring/status?x=1"}) {
    expect_json(gateway().send("GET", path), R"({"status":"ok"})");
  }
}

TEST_F(Monitoring, StatusAnswersHeadWithTheSameHeadersAndNoBody) {
  const auto get = gateway().send("GET", "/monitoring/status");
  HttpClient client(gateway().process().port());
  const auto head = client.request("HEAD", "/monitoring/status");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), get.field("Content-Length"));
  EXPECT_EQ(head.field("Content-Type"), "application/json");
  // Nothing of a body stands in the way of the next answer.
  EXPECT_EQ(client.request("GET", "/monitoring/status").body, get.body);
}

TEST_F(Monitoring, StatusRefusesOtherMethods) {
  const auto answer = gateway().send("POST", "/monitoring/status", {}, "x");
  EXPECT_EQ(answer.field("Allow"), "GET, HEAD");
  expect_problem(answer, {.status = 405, .code = "method_not_allowed"});
}

TEST_F(Monitoring, ResourcesAreNotThereByDefault) {
  expect_problem(gateway().send("GET", "/monitoring/getResourcesUtilization"),
                 {.status = 404, .code = "route_not_found"});
}

class MonitoringInDevelopment : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.environment = {{"DEV_ENV", "true"}}}); }
};

TEST_F(MonitoringInDevelopment, ResourcesAreThreeNumbers) {
  for (const char* path : {"/monitoring/getResourcesUtilization", "/monitoring/getresourcesutilization"}) {
    const auto answer = gateway().send("GET", path);
    EXPECT_EQ(answer.status, 200);
    const auto members = members_of(answer.body);
    ASSERT_EQ(members.size(), 3U);
    for (const char* name : {"cpu", "memory", "storage"}) {
      const double value = std::stod(members.at(name));
      EXPECT_GE(value, 0) << name;
    }
    EXPECT_GT(std::stod(members.at("storage")), 0);
  }
}

}  // namespace
}  // namespace propylon::testing
