// Every route of the table against every kind of caller.
//
// A new route needs a row here: its path, who may call it, and what those get. The others get 401 or 403, which
// follows from who they are.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "api/routes.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

enum class Who {
  kNobody,
  kBadToken,
  kExpiredToken,
  kRefreshToken,
  kRemovedUser,
  kEverywhere,  // a client without permissions in his document
  kNowhere,     // a client with an empty list
  kProducer,    // of orders.*
  kConsumer,    // of orders.*
  kElsewhere,   // both, on another station
  kAdministrator,
  kForeignAdministrator,  // of account 2
};
constexpr std::array kEverybody = {
    Who::kNobody,      Who::kBadToken,   Who::kExpiredToken,  Who::kRefreshToken,
    Who::kRemovedUser, Who::kEverywhere, Who::kNowhere,       Who::kProducer,
    Who::kConsumer,    Who::kElsewhere,  Who::kAdministrator, Who::kForeignAdministrator,
};

std::string to_string(Who who) {
  constexpr std::array kNames = {"nobody",       "bad token",  "expired token", "refresh token",
                                 "removed user", "everywhere", "nowhere",       "producer",
                                 "consumer",     "elsewhere",  "administrator", "foreign administrator"};
  return kNames[static_cast<std::size_t>(who)];
}

bool has_good_credentials(Who who) { return who >= Who::kEverywhere; }

// Who may call a route.
using Allowed = std::vector<Who>;
const Allowed kAnybody(kEverybody.begin(), kEverybody.end());
const Allowed kProducers = {Who::kEverywhere, Who::kProducer, Who::kAdministrator, Who::kForeignAdministrator};
const Allowed kConsumers = {Who::kEverywhere, Who::kConsumer, Who::kAdministrator, Who::kForeignAdministrator};
const Allowed kAdministrators = {Who::kAdministrator, Who::kForeignAdministrator};

struct Row {
  std::string_view route;  // its name in the table
  std::string target;
  std::string body;
  const Allowed& allowed;
  int status;              // what who is allowed gets
  int foreign_status = 0;  // what the administrator of the empty account 2 gets, where it is another
};

constexpr const char* kConsumeInG = R"({"consumer_name":"c","consumer_group":"g","batch_max_wait_time_ms":1})";
constexpr const char* kConsume = R"({"consumer_name":"c","batch_max_wait_time_ms":1})";

// The station orders.eu does not exist in the beginning; orders.made with its group g, a dead letter and its schema
// "made", the schema "loose" of no station and the user "victim" do, in account 1.
std::vector<Row> rows() {
  return {
      {"authenticate", "/auth/authenticate", R"({"username":"everywhere","password":"Appl1cation!"})", kAnybody, 200},
      {"refresh_token", "/auth/refreshToken", R"({"jwt_refresh_token":"<refresh>"})", kAnybody, 200},
      {"produce_single", "/stations/orders.eu/produce/single", "x", kProducers, 200},
      {"produce_batch", "/stations/orders.eu/produce/batch", "[1]", kProducers, 200},
      {"consume_batch", "/stations/orders.eu/consume/batch", kConsume, kConsumers, 200},
      {"list_stations", "/stations", "", kAdministrators, 200},
      {"get_station", "/stations/orders.made", "", kConsumers, 200, 404},
      {"put_station", "/stations/orders.new", "", kAdministrators, 201},
      {"patch_station", "/stations/orders.made", R"({"ack_wait_ms":1000})", kAdministrators, 200, 404},
      {"delete_station", "/stations/orders.made", "", kAdministrators, 204, 404},
      {"purge_station", "/stations/orders.made/purge", "", kAdministrators, 200, 404},
      {"list_groups", "/stations/orders.made/groups", "", kConsumers, 200, 404},
      {"seek_group", "/stations/orders.made/groups/g", R"({"seek":"latest"})", kAdministrators, 200, 404},
      {"delete_group", "/stations/orders.made/groups/g", "", kAdministrators, 204, 404},
      {"list_dead_letters", "/stations/orders.made/dead-letters", "", kConsumers, 200, 404},
      {"delete_dead_letter", "/stations/orders.made/dead-letters/1", "", kAdministrators, 204, 404},
      {"attach_schema", "/stations/orders.made/schema", R"({"name":"made"})", kAdministrators, 200, 404},
      {"detach_schema", "/stations/orders.made/schema", "", kAdministrators, 200, 404},
      {"list_schemas", "/schemas", "", kAdministrators, 200},
      {"get_schema", "/schemas/made", "", kAdministrators, 200, 404},
      {"put_schema", "/schemas/new", R"({"type":"json","definition":{}})", kAdministrators, 201},
      {"delete_schema", "/schemas/loose", "", kAdministrators, 204, 404},
      {"get_schema_version", "/schemas/made/versions/1", "", kAdministrators, 200, 404},
      {"activate_schema", "/schemas/made/active", R"({"version":1})", kAdministrators, 200, 404},
      {"validate_message", "/schemas/made/validate", "{}", kConsumers, 200, 404},
      {"list_users", "/users", "", kAdministrators, 200},
      {"get_user", "/users/victim", "", kAdministrators, 200, 404},
      {"put_user", "/users/new", R"({"password":"long enough"})", kAdministrators, 201},
      {"patch_user", "/users/victim", R"({"role":"client"})", kAdministrators, 200, 404},
      {"delete_user", "/users/victim", "", kAdministrators, 204, 404},
      {"monitoring_status", "/monitoring/status", "", kAnybody, 200},
      {"livez", "/livez", "", kAnybody, 200},
      {"readyz", "/readyz", "", kAnybody, 200},
      {"metrics", "/metrics", "", kAdministrators, 200},
      {"resources_utilization", "/monitoring/getResourcesUtilization", "", kAnybody, 200},
  };
}

GatewaySettings all_routes() {
  GatewaySettings settings;
  settings.api.dev_endpoints = true;
  settings.api.consume_wait_ms_max = 1;
  return settings;
}

// A gateway with one user of each kind.
class World {
 public:
  World() : gateway_(all_routes()) {
    const auto grant = [](std::string station, bool produce, bool consume) {
      return std::vector<auth::Grant>{{.stations = {std::move(station)}, .produce = produce, .consume = consume}};
    };
    gateway_.add_user({.name = "everywhere"});
    gateway_.add_user({.name = "nowhere", .permissions = std::vector<auth::Grant>{}});
    gateway_.add_user({.name = "producer", .permissions = grant("orders.*", true, false)});
    gateway_.add_user({.name = "consumer", .permissions = grant("orders.*", false, true)});
    gateway_.add_user({.name = "elsewhere", .permissions = grant("orders", true, true)});
    gateway_.add_user({.account = AccountId{2}, .name = "boss", .role = auth::Role::kAdmin});
    gateway_.add_user({.name = "victim"});
    EXPECT_EQ(gateway_.request("POST", "/stations/orders.made/consume/batch", gateway_.as("root"), kConsumeInG).status,
              200);
    for (const char* schema : {"/schemas/made", "/schemas/loose"})
      EXPECT_EQ(gateway_.request("PUT", schema, gateway_.as("root"), R"({"type":"json","definition":{}})").status, 201);
    EXPECT_EQ(gateway_.request("PUT", "/stations/orders.made/schema", gateway_.as("root"), R"({"name":"made"})").status,
              200);
    EXPECT_EQ(
        gateway_.request("POST", "/stations/orders.made/produce/single", gateway_.as("root"), "refused as no JSON")
            .status,
        400);
    gateway_.add_user({.name = "removed", .role = auth::Role::kAdmin});
    gateway_.token("removed");
    EXPECT_TRUE(gateway_.catalog().remove(catalog::Kind::kUser, kDefaultAccount, "removed", 0));
  }

  HttpAnswer call(const api::Route& route, const Row& row, Who who) {
    std::string body = row.body;
    if (const auto at = body.find("<refresh>"); at != std::string::npos)
      body.replace(at, std::string_view("<refresh>").size(), gateway_.refresh_token("everywhere"));
    return gateway_.request(http::to_string(route.method), row.target, credentials_of(who), body);
  }

 private:
  HttpFields credentials_of(Who who) {
    const auto bearer = [](const std::string& token) { return HttpFields{{"Authorization", "Bearer " + token}}; };
    switch (who) {
      case Who::kNobody: return {};
      case Who::kBadToken: return bearer(gateway_.token("root") + "x");
      case Who::kExpiredToken: return bearer(expired());
      case Who::kRefreshToken: return bearer(gateway_.refresh_token("root"));
      case Who::kRemovedUser: return gateway_.as("removed");
      case Who::kEverywhere: return gateway_.as("everywhere");
      case Who::kNowhere: return gateway_.as("nowhere");
      case Who::kProducer: return gateway_.as("producer");
      case Who::kConsumer: return gateway_.as("consumer");
      case Who::kElsewhere: return gateway_.as("elsewhere");
      case Who::kAdministrator: return gateway_.as("root");
      case Who::kForeignAdministrator: return gateway_.as("boss$2");
    }
    return {};
  }
  std::string expired() const {
    const auto root = gateway_.users().find(kDefaultAccount, "root");
    return gateway_.sign({.subject = "root",
                          .account = kDefaultAccount,
                          .issued_at_s = 1'700'000'000,
                          .expires_at_s = 1'700'000'900,
                          .id = "expired",
                          .type = auth::TokenType::kAccess,
                          .user_id = root->id,
                          .token_version = root->token_version});
  }

  TestGateway gateway_;
};

int expected_status(const Row& row, Who who) {
  if (std::ranges::find(row.allowed, who) != row.allowed.end()) {
    return who == Who::kForeignAdministrator && row.foreign_status != 0 ? row.foreign_status : row.status;
  }
  return has_good_credentials(who) ? 403 : 401;
}

const Row* row_of(const std::vector<Row>& table, std::string_view route) {
  const auto row = std::ranges::find(table, route, &Row::route);
  return row == table.end() ? nullptr : &*row;
}

TEST(Permissions, OfEveryRouteAreAsTheTableSays) {
  const auto table = rows();
  api::Options options;
  options.dev_endpoints = true;
  const auto routes = api::routes(options);
  EXPECT_EQ(table.size(), routes.size());
  for (const auto& route : routes) {
    const Row* const row = row_of(table, route.name);
    ASSERT_TRUE(row) << route.name << " needs a row in this file: who may call it?";
    World world;
    for (const Who who : kEverybody) {
      const auto answer = world.call(route, *row, who);
      EXPECT_EQ(answer.status, expected_status(*row, who))
          << route.name << " called by " << to_string(who) << ": " << answer.body;
    }
  }
}

// Refusals come before the endpoint looks at anything: the same answer whether or not a thing exists.
TEST(Permissions, RefusalsDoNotTellWhatExists) {
  TestGateway gateway;
  ASSERT_EQ(gateway.request("POST", "/stations/secret/produce/single", gateway.as("root"), "x").status, 200);
  const auto text_of = [](const HttpAnswer& answer) { return json_member(answer.body, "error"); };
  for (const std::string method : {"GET", "PUT", "PATCH", "DELETE"}) {
    const auto known = gateway.request(method, "/users/root", gateway.as("app"), "rubbish");
    const auto unknown = gateway.request(method, "/users/nobody", gateway.as("app"), "rubbish");
    EXPECT_EQ(known.status, 403) << method;
    EXPECT_EQ(unknown.status, 403) << method;
    EXPECT_EQ(text_of(known), text_of(unknown)) << method;
  }
  for (const std::string method : {"GET", "PUT", "PATCH", "DELETE"}) {
    const auto known = gateway.request(method, "/stations/secret", gateway.as("reader"), "rubbish");
    const auto unknown = gateway.request(method, "/stations/nonesuch", gateway.as("reader"), "rubbish");
    EXPECT_EQ(known.status, 403) << method;
    EXPECT_EQ(unknown.status, 403) << method;
    EXPECT_EQ(text_of(known), text_of(unknown)) << method;
  }
  ASSERT_EQ(gateway.request("PUT", "/schemas/secret", gateway.as("root"), R"({"type":"json","definition":{}})").status,
            201);
  for (const auto& [method, path] : {std::pair("GET", ""),
                                     {"PUT", ""},
                                     {"DELETE", ""},
                                     {"GET", "/versions/1"},
                                     {"PUT", "/active"},
                                     {"POST", "/validate"}}) {
    const auto known = gateway.request(method, "/schemas/secret" + std::string(path), gateway.as("app"), "rubbish");
    const auto unknown = gateway.request(method, "/schemas/nonesuch" + std::string(path), gateway.as("app"), "rubbish");
    EXPECT_EQ(known.status, 403) << method << path;
    EXPECT_EQ(unknown.status, 403) << method << path;
    EXPECT_EQ(text_of(known), text_of(unknown)) << method << path;
  }
  const auto known = gateway.request("POST", "/stations/secret/produce/single", gateway.as("writer"), "x");
  const auto unknown = gateway.request("POST", "/stations/nonesuch/produce/single", gateway.as("writer"), "x");
  EXPECT_EQ(known.status, 403);
  EXPECT_EQ(unknown.status, 403);
  EXPECT_EQ(text_of(known), text_of(unknown));
}

}  // namespace
}  // namespace propylon::testing
