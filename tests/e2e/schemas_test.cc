// /schemas, /schemas/{schema} and what is below it, /stations/{station}/schema
#include <gtest/gtest.h>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

class Schemas : public GatewayTest {
 protected:
  HttpAnswer as_root(std::string_view method, std::string_view target, std::string_view body = {},
                     HttpFields fields = {}) {
    return as_root_of(gateway(), method, target, body, std::move(fields));
  }
  static HttpAnswer as_root_of(Gateway& gateway, std::string_view method, std::string_view target,
                               std::string_view body = {}, HttpFields fields = {}) {
    return gateway.send(method, target, gateway.authorized(std::move(fields)), body);
  }
  // Of this test alone.
  std::string path() const { return "/schemas/" + station(); }
  static std::string body_with(const std::string& definition) {
    return R"({"type":"json","definition":)" + definition + "}";
  }
  static std::string member(const HttpAnswer& answer, const std::string& name) {
    return members_of(answer.body).at(name);
  }
};

constexpr const char* kWithId = R"({"type":"object","required":["id"]})";

TEST_F(Schemas, HaveVersionsThatAreActivatedAndRolledBack) {
  const double compilations = gateway().metric("propylon_schema_compilations_total");
  const auto made = as_root("PUT", path(), body_with(kWithId), {{"If-None-Match", "*"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.field("ETag"), '"' + member(made, "revision") + '"');
  EXPECT_EQ(members_of(made.body).size(), 5U);
  EXPECT_EQ(as_root("POST", path() + "/validate", "{}").body,
            R"({"valid":false,"errors":[{"pointer":"","keyword":"required","schema_pointer":"/required",)"
            R"("message":"missing properties: 'id'"}]})");

  const auto second = as_root("PUT", path(), body_with("true"));
  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(member(second, "version"), "2");
  EXPECT_EQ(member(second, "active_version"), "2");
  expect_json(as_root("POST", path() + "/validate", "{}"), R"({"valid":true})");
  EXPECT_EQ(as_root("PUT", path(), body_with("true")).status, 200);

  const auto back = as_root("PUT", path() + "/active", R"({"version":1})");
  ASSERT_EQ(back.status, 200) << back.body;
  EXPECT_EQ(member(as_root("POST", path() + "/validate", "{}"), "valid"), "false");
  EXPECT_EQ(member(as_root("POST", path() + "/validate?version=2", "{}"), "valid"), "true");
  EXPECT_EQ(as_root("GET", path()).body, back.body);
  EXPECT_EQ(member(as_root("GET", path() + "/versions/1"), "definition"), kWithId);
  EXPECT_EQ(gateway().metric("propylon_schema_compilations_total"), compilations) << "put is what compiles";
  EXPECT_GT(gateway().metric("propylon_schema_compiled_bytes"), 0);
}

TEST_F(Schemas, RefusalsNameWhatIsWrong) {
  const auto refused = as_root("PUT", path(), body_with(R"({"type":"objekt"})"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(member(refused, "code"), R"("invalid_schema")");
  const auto errors = elements_of(member(refused, "errors"));
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(members_of(errors.front()).at("pointer"), R"("/type")");
  EXPECT_FALSE(text_of(members_of(errors.front()).at("message")).empty());
  expect_problem(as_root("PUT", path(), R"({"type":"protobuf","definition":"x"})"),
                 {.status = 400, .code = "invalid_request", .error = "unsupported schema type; supported: json"});
  expect_problem(as_root("GET", path()), {.status = 404, .code = "schema_not_found"});
  expect_problem(as_root("PUT", "/schemas/a*", "{}"), {.status = 400, .code = "invalid_name"});
  expect_problem(as_root("PUT", "/stations/" + station() + "/schema", R"({"name":"nonesuch"})"),
                 {.status = 404, .code = "schema_not_found", .error = "There is no schema \"nonesuch\"."});
}

TEST_F(Schemas, AreKeptWhileAttachedToAStation) {
  constexpr const char* kSchema = "/schemas/kept";
  constexpr const char* kAttachment = "/stations/keeps/schema";
  constexpr const char* kName = R"({"name":"kept"})";
  ASSERT_EQ(as_root("PUT", kSchema, body_with("true")).status, 201);
  expect_problem(as_root("PUT", kAttachment, kName), {.status = 404, .code = "station_not_found"});
  ASSERT_EQ(as_root("PUT", "/stations/keeps", "{}").status, 201);
  const auto attached = as_root("PUT", kAttachment, kName);
  ASSERT_EQ(attached.status, 200) << attached.body;
  expect_problem(as_root("DELETE", kSchema),
                 {.status = 409,
                  .code = "conflict",
                  .error = R"(The schema "kept" is attached to stations: "keeps". Detach it there first.)"});
  ASSERT_EQ(as_root("DELETE", kAttachment).status, 200);
  EXPECT_EQ(as_root("DELETE", kSchema).status, 204);
  expect_problem(as_root("DELETE", kSchema), {.status = 404, .code = "schema_not_found"});
}

TEST_F(Schemas, SurviveARestartAndAKill) {
  Gateway server;
  const auto put = [&](const std::string& definition) {
    return as_root_of(server, "PUT", "/schemas/orders", body_with(definition)).status;
  };
  ASSERT_EQ(put(kWithId), 201);
  ASSERT_EQ(put("\"{ \\\"minimum\\\" : 1.50 }\""), 201);
  ASSERT_EQ(as_root_of(server, "PUT", "/schemas/orders/active", R"({"version":1})").status, 200);
  ASSERT_EQ(as_root_of(server, "PUT", "/stations/eu", "{}").status, 201);
  ASSERT_EQ(as_root_of(server, "PUT", "/stations/eu/schema", R"({"name":"orders"})").status, 200);
  const std::string before = as_root_of(server, "GET", "/schemas/orders").body;
  for (const bool killed : {false, true}) {
    if (killed)
      server.process().kill();
    else
      EXPECT_EQ(server.process().terminate().code, 0);
    server.process().start();
    EXPECT_EQ(as_root_of(server, "GET", "/schemas/orders").body, before);
    EXPECT_EQ(member(as_root_of(server, "GET", "/schemas/orders/versions/2"), "definition"),
              R"("{ \"minimum\" : 1.50 }")");
    EXPECT_EQ(member(as_root_of(server, "POST", "/schemas/orders/validate", "{}"), "valid"), "false");
    EXPECT_EQ(as_root_of(server, "DELETE", "/schemas/orders").status, 409) << "the station still has it";
    EXPECT_EQ(put(kWithId), 200) << "the same definition is still the same";
  }
}

}  // namespace
}  // namespace propylon::testing
