// GET /schemas and GET, PUT, DELETE /schemas/{schema}, GET .../versions/{version}, PUT .../active, POST .../validate,
// PUT and DELETE /stations/{station}/schema
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/document_answer.h"
#include "support/error_answer.h"
#include "support/json_members.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

using Names = std::vector<std::string>;

constexpr const char* kObject = R"({"type":"object","required":["id"]})";

class Schemas : public ::testing::Test {
 protected:
  HttpAnswer as_root(std::string_view method, const std::string& target, std::string_view body = {},
                     HttpFields fields = {}) {
    return gateway_.request(method, target, gateway_.as("root", std::move(fields)), body);
  }
  HttpAnswer put(const std::string& name, const std::string& definition, const std::string& more = {},
                 HttpFields fields = {}) {
    return as_root("PUT", "/schemas/" + name, R"({"type":"json","definition":)" + definition + more + "}",
                   std::move(fields));
  }
  HttpAnswer get(const std::string& path) { return as_root("GET", "/schemas/" + path); }
  HttpAnswer activate(const std::string& name, const std::string& body, HttpFields fields = {}) {
    return as_root("PUT", "/schemas/" + name + "/active", body, std::move(fields));
  }
  HttpAnswer remove(const std::string& name, HttpFields fields = {}) {
    return as_root("DELETE", "/schemas/" + name, "", std::move(fields));
  }
  HttpAnswer validate(const std::string& target, std::string_view message, const std::string& user = "root") {
    return gateway_.request("POST", "/schemas/" + target, gateway_.as(user), message);
  }
  HttpAnswer attach(const std::string& station, const std::string& body, HttpFields fields = {}) {
    return as_root("PUT", "/stations/" + station + "/schema", body, std::move(fields));
  }
  void make_station(const std::string& name) { ASSERT_EQ(as_root("PUT", "/stations/" + name, "{}").status, 201); }
  Names stations_with(std::string_view schema) {
    return gateway_.broker().stations_with_schema(kDefaultAccount, schema, 100);
  }
  std::string created_at(const std::string& name, const std::string& version) {
    return json_member(get(name + "/versions/" + version).body, "created_at");
  }

  TestGateway gateway_;
};

TEST_F(Schemas, AreMadeGetVersionsAreActivatedAndRemoved) {
  expect_document(put("orders", kObject), 201, R"({"name":"orders","type":"json","version":1,"active_version":1)");
  expect_document(put("orders", "true"), 201, R"({"name":"orders","type":"json","version":2,"active_version":2)");
  expect_document(put("orders", "false", R"(,"activate":false)"), 201,
                  R"({"name":"orders","type":"json","version":3,"active_version":2)");
  const std::string versions = R"("versions":[{"version":1,"created_at":")" + created_at("orders", "1") +
                               R"("},{"version":2,"created_at":")" + created_at("orders", "2") +
                               R"("},{"version":3,"created_at":")" + created_at("orders", "3") + R"("}])";
  const std::string start = R"({"name":"orders","type":"json","active_version":)";
  const std::string second = expect_document(get("orders"), 200, start + "2," + versions);
  const std::string third = expect_document(activate("orders", R"({"version":1})"), 200, start + "1," + versions);
  EXPECT_NE(second, third);
  EXPECT_EQ(expect_document(activate("orders", R"({"version":1})"), 200, start + "1," + versions), third);

  const auto gone = remove("orders");
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  expect_error(remove("orders"), {404, "schema_not_found", "There is no schema \"orders\"."});
  expect_error(get("orders"), {404, "schema_not_found", "There is no schema \"orders\"."});
  expect_document(put("orders", "true"), 201, R"({"name":"orders","type":"json","version":1,"active_version":1)");
}

TEST_F(Schemas, TheSameDefinitionIsTheVersionThatItIs) {
  put("orders", kObject);
  const auto second = put("orders", "true");
  const std::string start = R"({"name":"orders","type":"json","version":)";
  const std::string revision = expect_document(put("orders", "true"), 200, start + R"(2,"active_version":2)");
  EXPECT_EQ(revision, json_member(second.body, "revision"));
  EXPECT_EQ(expect_document(put("orders", kObject), 200, start + R"(1,"active_version":2)"), revision);
  EXPECT_EQ(expect_document(put("orders", R"("true")"), 200, start + R"(2,"active_version":2)"), revision);
  EXPECT_EQ(expect_document(put("orders", kObject, R"(,"activate":false)"), 200, start + R"(1,"active_version":2)"),
            revision);
  expect_document(put("orders", kObject, R"(,"activate":true)"), 200, start + R"(1,"active_version":1)");
  expect_document(put("orders", kObject, R"(,"assert_format":true)"), 201, start + R"(3,"active_version":3)");
}

TEST_F(Schemas, VersionsAreShownAsTheyWereGiven) {
  put("orders", "{ \"type\" :\n\"object\" }");
  put("orders", R"("{ \"minimum\" : 1.50 }\n")", R"(,"assert_format":false)");
  const auto first = get("orders/versions/1");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.field("Content-Type"), "application/json");
  EXPECT_EQ(first.body, R"({"name":"orders","type":"json","version":1,"created_at":")" + created_at("orders", "1") +
                            "\",\"definition\":{ \"type\" :\n\"object\" }}");
  EXPECT_EQ(get("orders/versions/2").body, R"({"name":"orders","type":"json","version":2,"created_at":")" +
                                               created_at("orders", "2") +
                                               R"(","assert_format":false,"definition":"{ \"minimum\" : 1.50 }\n"})");
  expect_error(get("orders/versions/3"), {404, "schema_not_found", "The schema \"orders\" has no version 3."});
  expect_error(get("other/versions/1"), {404, "schema_not_found", "There is no schema \"other\"."});
  for (const std::string version : {"0", "x", "-1", "4294967296"})
    expect_error(get("orders/versions/" + version), {400, "invalid_request", "A version is a number from 1 on."});
}

TEST_F(Schemas, ADefinitionThatDoesNotCompileIsRefusedWithEveryFaultAndItsPlace) {
  const auto refused = put("orders", R"({"type":"objekt","properties":{"a":{"minimum":"x"}}})");
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_EQ(json_member(refused.body, "code"), "invalid_schema");
  EXPECT_EQ(json_member(refused.body, "title"), "Schema does not compile");
  const std::string errors = json_member(refused.body, "errors");
  EXPECT_NE(errors.find(R"({"pointer":"/type","message":")"), std::string::npos) << errors;
  EXPECT_NE(errors.find(R"({"pointer":"/properties/a/minimum","message":")"), std::string::npos) << errors;
  EXPECT_TRUE(json_member(refused.body, "error").starts_with("The definition does not compile at /")) << refused.body;
  EXPECT_EQ(get("orders").status, 404);

  const auto no_json = put("orders", R"("{")");
  EXPECT_EQ(no_json.status, 400);
  EXPECT_EQ(json_member(no_json.body, "code"), "invalid_schema");
  EXPECT_TRUE(json_member(no_json.body, "errors").starts_with(R"([{"pointer":"","message":")")) << no_json.body;
  ASSERT_EQ(put("orders", "true").status, 201);
  EXPECT_EQ(put("orders", R"({"$ref":"#/nowhere"})").status, 400);
  EXPECT_EQ(json_member(put("orders", "true").body, "version"), "1");
}

TEST_F(Schemas, ADefinitionBeyondItsLimitIsRefusedByName) {
  const auto refused = put("orders", "{\"a\":\"" + std::string(1024 * 1024, 'x') + "\"}");
  EXPECT_EQ(refused.status, 400) << refused.body.substr(0, 500);
  EXPECT_EQ(json_member(refused.body, "code"), "invalid_schema");
  EXPECT_NE(json_member(refused.body, "error").find("1048576"), std::string::npos);
  const auto larger = put("orders", "\"" + std::string(2 * 1024 * 1024, 'x') + "\"");
  EXPECT_EQ(larger.status, 413);
  EXPECT_EQ(json_member(larger.body, "code"), "body_too_large");
}

TEST_F(Schemas, RefuseBodiesThatAreNotWhatTheySeem) {
  const auto refused = [&](const std::string& body, const std::string& text) {
    expect_error(as_root("PUT", "/schemas/orders", body), {400, "invalid_request", text});
  };
  refused("", "The field \"type\" is required.");
  refused(R"({"type":"json"})", "The field \"definition\" is required.");
  refused(R"({"type":"xml","definition":{}})", "unsupported schema type; supported: json");
  refused(R"({"type":"json","definition":{},"message":"M"})",
          "The field \"message\" is for schemas of the type protobuf.");
  refused(R"({"type":"json","definition":{},"actve":true})",
          "The field \"actve\" is not known here; known are \"type\", \"definition\", \"message\", \"activate\" or "
          "\"assert_format\".");
  for (const std::string type : {"protobuf", "avro", "graphql"})
    refused(R"({"type":")" + type + R"(","definition":"x"})", "unsupported schema type; supported: json");
  expect_error(as_root("PUT", "/schemas/orders", "[]"),
               {400, "invalid_request", "It is a JSON array where a JSON object is wanted, at byte 0"});
  EXPECT_EQ(get("orders").status, 404);
}

TEST_F(Schemas, AnActivationNamesAVersionThatThereIs) {
  put("orders", "true");
  expect_error(activate("orders", R"({"version":2})"),
               {404, "schema_not_found", "The schema \"orders\" has no version 2."});
  expect_error(activate("orders", "{}"), {400, "invalid_request", "The field \"version\" is required."});
  expect_error(activate("orders", R"({"version":0})"),
               {400, "invalid_request", "The field \"version\" must be from 1 to 4294967295."});
  expect_error(activate("orders", R"({"version":1,"now":true})"),
               {400, "invalid_request", "The field \"now\" is not known here; known is \"version\"."});
  expect_error(activate("other", "rubbish"), {404, "schema_not_found", "There is no schema \"other\"."});
}

TEST_F(Schemas, ChangeOnlyUnderTheirPreconditions) {
  const auto failed = [](const HttpAnswer& answer) { return answer.status == 412; };
  EXPECT_TRUE(failed(put("orders", "true", "", {{"If-Match", "*"}})));
  EXPECT_TRUE(failed(put("orders", "true", "", {{"If-Match", "\"1\""}})));
  const auto made = put("orders", "true", "", {{"If-None-Match", "*"}});
  ASSERT_EQ(made.status, 201);
  expect_error(
      put("orders", "true", "", {{"If-None-Match", "*"}}),
      {412, "precondition_failed", "Schema orders exists, with revision " + json_member(made.body, "revision") + "."});
  const std::string first = made.field("ETag");
  const auto changed = put("orders", "false", "", {{"If-Match", first}});
  ASSERT_EQ(changed.status, 201);
  EXPECT_TRUE(failed(put("orders", "{}", "", {{"If-Match", first}})));
  EXPECT_TRUE(failed(activate("orders", R"({"version":1})", {{"If-Match", first}})));
  EXPECT_TRUE(failed(remove("orders", {{"If-Match", first}})));
  EXPECT_EQ(json_member(get("orders").body, "active_version"), "2");
  EXPECT_EQ(put("orders", "{}", "", {{"If-Match", "1"}}).status, 400);
  EXPECT_EQ(activate("orders", R"({"version":1})", {{"If-Match", "1"}}).status, 400);
  EXPECT_EQ(remove("orders", {{"If-Match", "1"}}).status, 400);
  EXPECT_EQ(activate("orders", R"({"version":1})", {{"If-Match", changed.field("ETag")}}).status, 200);
  EXPECT_EQ(remove("orders", {{"If-Match", get("orders").field("ETag")}}).status, 204);
}

TEST_F(Schemas, AreListedByPages) {
  for (const char* name : {"b.1", "a", "b.2"}) put(name, "true");
  put("b.2", "false", R"(,"activate":false)");
  const auto page = as_root("GET", "/schemas?limit=2");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(
      page.body.starts_with(R"({"items":[{"name":"a","type":"json","active_version":1,"latest_version":1,"revision":)"))
      << page.body;
  const auto rest = as_root("GET", "/schemas?after=" + json_member(page.body, "next"));
  EXPECT_EQ(rest.body, R"({"items":[{"name":"b.2","type":"json","active_version":1,"latest_version":2,"revision":)" +
                           json_member(get("b.2").body, "revision") + R"(}],"next":null})");
  EXPECT_EQ(as_root("GET", "/schemas?prefix=B.&limit=1").body.find(R"("name":"a")"), std::string::npos);
  EXPECT_EQ(as_root("GET", "/schemas?prefix=c").body, R"({"items":[],"next":null})");
  expect_error(as_root("GET", "/schemas?limit=0"), {400, "invalid_request", "limit must be a number from 1 to 1000."});
}

TEST_F(Schemas, NamesAreJudgedFirstAndComparedInLowerCase) {
  EXPECT_EQ(put("Orders.EU", "true").status, 201);
  EXPECT_EQ(json_member(get("orders.eu").body, "name"), "orders.eu");
  for (const std::string name : {"-a", "a%20b", "a*"}) {
    EXPECT_EQ(json_member(put(name, "true").body, "code"), "invalid_name") << name;
    EXPECT_EQ(gateway_.request("PUT", "/schemas/" + name).status, 400) << name;
  }
}

TEST_F(Schemas, OtherMethodsOfTheirPaths) {
  EXPECT_EQ(as_root("POST", "/schemas/orders").field("Allow"), "GET, HEAD, PUT, DELETE");
  EXPECT_EQ(as_root("PUT", "/schemas").field("Allow"), "GET, HEAD");
  EXPECT_EQ(as_root("GET", "/schemas/orders/active").field("Allow"), "PUT");
  EXPECT_EQ(as_root("GET", "/schemas/orders/validate").field("Allow"), "POST");
  EXPECT_EQ(as_root("GET", "/stations/orders/schema").field("Allow"), "PUT, DELETE");
}

TEST_F(Schemas, AreAttachedAndDetached) {
  make_station("eu");
  put("orders", "true");
  put("orders", "false");
  const auto followed = attach("eu", R"({"name":"Orders"})");
  EXPECT_EQ(followed.status, 200) << followed.body;
  EXPECT_EQ(json_member(followed.body, "name"), "eu");
  EXPECT_EQ(json_member(followed.body, "schema"), R"({"name":"orders","version":null})");
  EXPECT_EQ(followed.field("ETag"), '"' + json_member(followed.body, "revision") + '"');
  EXPECT_EQ(stations_with("orders"), Names{"eu"});
  const auto pinned = attach("eu", R"({"name":"orders","version":1})");
  EXPECT_EQ(pinned.status, 200);
  EXPECT_EQ(json_member(pinned.body, "schema"), R"({"name":"orders","version":1})");
  EXPECT_NE(pinned.field("ETag"), followed.field("ETag"));
  const auto same = attach("eu", R"({"name":"orders","version":1})");
  EXPECT_EQ(same.field("ETag"), pinned.field("ETag"));
  EXPECT_NE(attach("eu", R"({"name":"orders","version":null})").field("ETag"), pinned.field("ETag"));

  const auto detached = as_root("DELETE", "/stations/eu/schema");
  EXPECT_EQ(detached.status, 200);
  EXPECT_EQ(members_of(detached.body).at("schema"), "null");
  EXPECT_EQ(stations_with("orders"), Names{});
  EXPECT_EQ(as_root("DELETE", "/stations/eu/schema").body, detached.body);
}

TEST_F(Schemas, OnlyWhatThereIsCanBeAttachedAndOnlyToAStation) {
  make_station("eu");
  put("orders", "true");
  expect_error(attach("eu", R"({"name":"other"})"), {404, "schema_not_found", "There is no schema \"other\"."});
  expect_error(attach("eu", R"({"name":"orders","version":2})"),
               {404, "schema_not_found", "The schema \"orders\" has no version 2."});
  EXPECT_EQ(json_member(attach("us", R"({"name":"orders"})").body, "code"), "station_not_found");
  EXPECT_EQ(json_member(as_root("DELETE", "/stations/us/schema").body, "code"), "station_not_found");
  EXPECT_EQ(as_root("GET", "/stations/us").status, 404) << "an attachment makes no station";
  expect_error(attach("eu", "{}"), {400, "invalid_request", "The field \"name\" is required."});
  expect_error(attach("eu", R"({"name":"orders","version":0})"),
               {400, "invalid_request", "The field \"version\" must be from 1 to 4294967295."});
  expect_error(attach("eu", R"({"name":"orders","ver":1})"),
               {400, "invalid_request", "The field \"ver\" is not known here; known are \"name\" or \"version\"."});
  EXPECT_EQ(json_member(attach("eu", R"({"name":"a b"})").body, "code"), "invalid_name");
  EXPECT_EQ(stations_with("orders"), Names{});
  EXPECT_EQ(remove("orders").status, 204) << "what was refused holds nothing";
}

TEST_F(Schemas, AreAttachedUnderTheStationsPreconditions) {
  make_station("eu");
  put("orders", "true");
  const std::string first = as_root("GET", "/stations/eu").field("ETag");
  EXPECT_EQ(attach("eu", R"({"name":"orders"})", {{"If-Match", "\"999999\""}}).status, 412);
  EXPECT_EQ(stations_with("orders"), Names{});
  ASSERT_EQ(attach("eu", R"({"name":"orders"})", {{"If-Match", first}}).status, 200);
  EXPECT_EQ(as_root("DELETE", "/stations/eu/schema", "", {{"If-Match", first}}).status, 412);
  EXPECT_EQ(stations_with("orders"), Names{"eu"});
  EXPECT_EQ(as_root("DELETE", "/stations/eu/schema", "", {{"If-Match", "x"}}).status, 400);
}

TEST_F(Schemas, AreNotRemovedWhileAttachedAndTheStationsAreNamed) {
  put("orders", "true");
  for (const char* station : {"b", "a"}) {
    make_station(station);
    ASSERT_EQ(attach(station, R"({"name":"orders"})").status, 200);
  }
  expect_error(remove("orders"),
               {409, "conflict", R"(The schema "orders" is attached to stations: "a", "b". Detach it there first.)"});
  for (int i = 0; i < 10; ++i) {
    const std::string station = "c" + std::to_string(i);
    make_station(station);
    ASSERT_EQ(attach(station, R"({"name":"orders","version":1})").status, 200);
  }
  expect_error(remove("orders"),
               {409, "conflict",
                R"(The schema "orders" is attached to stations: "a", "b", "c0", "c1", "c2", "c3", "c4", "c5", "c6", )"
                R"("c7" and 2 more. Detach it there first.)"});
  EXPECT_EQ(get("orders").status, 200);
  ASSERT_EQ(as_root("DELETE", "/stations/a").status, 204);
  ASSERT_EQ(as_root("DELETE", "/stations/b/schema").status, 200);
  for (int i = 0; i < 10; ++i) as_root("DELETE", "/stations/c" + std::to_string(i) + "/schema");
  EXPECT_EQ(remove("orders").status, 204);
}

TEST_F(Schemas, AMessageIsValidatedAndNothingStored) {
  put("orders", kObject);
  const auto good = validate("orders/validate", R"({"id":1})");
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.field("Content-Type"), "application/json");
  EXPECT_EQ(good.body, R"({"valid":true})");
  EXPECT_EQ(validate("orders/validate", "{}").body,
            R"({"valid":false,"errors":[{"pointer":"","keyword":"required","schema_pointer":"/required",)"
            R"("message":"missing properties: 'id'"}]})");
  const auto no_json = validate("orders/validate", "{\"id\":\xff");
  EXPECT_EQ(no_json.status, 200);
  EXPECT_TRUE(no_json.body.starts_with(R"({"valid":false,"errors":[{"pointer":"","keyword":"json")")) << no_json.body;
  EXPECT_EQ(json_member(validate("orders/validate", "").body, "valid"), "false");
  EXPECT_EQ(as_root("GET", "/stations").body, R"({"items":[],"next":null})");
}

TEST_F(Schemas, AMessageIsValidatedByTheVersionThatIsAskedForOrTheActiveOne) {
  put("orders", "true");
  put("orders", "false");
  const auto valid = [&](const std::string& target) { return json_member(validate(target, "1").body, "valid"); };
  EXPECT_EQ(valid("orders/validate"), "false");
  EXPECT_EQ(valid("orders/validate?version="), "false");
  EXPECT_EQ(valid("orders/validate?version=1"), "true");
  EXPECT_EQ(valid("orders/validate?version=2"), "false");
  ASSERT_EQ(activate("orders", R"({"version":1})").status, 200);
  EXPECT_EQ(valid("orders/validate"), "true");
  expect_error(validate("orders/validate?version=3", "1"),
               {404, "schema_not_found", "The schema \"orders\" has no version 3."});
  expect_error(validate("other/validate", "1"), {404, "schema_not_found", "There is no schema \"other\"."});
  for (const std::string version : {"0", "x", "-1", "1.0", "4294967296"})
    expect_error(validate("orders/validate?version=" + version, "1"),
                 {400, "invalid_request", "version must be a number from 1 on."});
}

TEST_F(Schemas, WhoMayConsumeFromAStationWithTheSchemaMayValidate) {
  const auto status = [&](const std::string& user) { return validate("orders/validate", "1", user).status; };
  put("orders", "true");
  make_station("orders");
  make_station("payments");
  ASSERT_EQ(attach("payments", R"({"name":"orders"})").status, 200);
  EXPECT_EQ(status("app"), 200);
  expect_error(validate("orders/validate", "1", "reader"),
               {403, "forbidden", "The user may not consume from a station with this schema."});
  EXPECT_EQ(status("writer"), 403);
  ASSERT_EQ(attach("orders", R"({"name":"orders"})").status, 200);
  EXPECT_EQ(status("reader"), 200);
  EXPECT_EQ(status("writer"), 403);
  ASSERT_EQ(as_root("DELETE", "/stations/orders/schema").status, 200);
  EXPECT_EQ(status("reader"), 403);
}

TEST_F(Schemas, OfOneAccountAreNothingToAnother) {
  gateway_.add_user({.account = AccountId{2}, .name = "boss", .role = auth::Role::kAdmin});
  put("orders", "true");
  const auto as_boss = [&](std::string_view method, const std::string& target, std::string_view body = {}) {
    return gateway_.request(method, target, gateway_.as("boss$2"), body);
  };
  EXPECT_EQ(as_boss("GET", "/schemas").body, R"({"items":[],"next":null})");
  EXPECT_EQ(as_boss("GET", "/schemas/orders").status, 404);
  EXPECT_EQ(as_boss("DELETE", "/schemas/orders").status, 404);
  EXPECT_EQ(as_boss("POST", "/schemas/orders/validate", "1").status, 404);
  ASSERT_EQ(as_boss("PUT", "/stations/eu", "{}").status, 201);
  EXPECT_EQ(as_boss("PUT", "/stations/eu/schema", R"({"name":"orders"})").status, 404);
  EXPECT_EQ(as_boss("PUT", "/schemas/orders", R"({"type":"json","definition":false})").status, 201);
  EXPECT_EQ(json_member(as_boss("POST", "/schemas/orders/validate", "1").body, "valid"), "false");
  EXPECT_EQ(json_member(validate("orders/validate", "1").body, "valid"), "true");
}

TEST_F(Schemas, ChangesStandInTheLog) {
  make_station("eu");
  put("orders", "true");
  put("orders", "false");
  activate("orders", R"({"version":1})");
  attach("eu", R"({"name":"orders"})");
  as_root("DELETE", "/stations/eu/schema");
  remove("orders");
  const std::string log = gateway_.log();
  for (const std::string_view line :
       {"schema created schema=orders version=1 account=1 by=root", "schema version added schema=orders version=2",
        "schema version activated schema=orders version=1", "schema attached station=eu account=1 by=root",
        "schema detached station=eu", "schema removed schema=orders account=1 by=root"}) {
    EXPECT_NE(log.find(line), std::string::npos) << line << "\nin\n" << log;
  }
}

TEST(SchemasOfASmallServer, AreNoMoreThanItMayHave) {
  GatewaySettings settings;
  settings.schemas.schemas_max = 1;
  TestGateway gateway(settings);
  const auto put = [&](const std::string& name) {
    return gateway.request("PUT", "/schemas/" + name, gateway.as("root"), R"({"type":"json","definition":true})");
  };
  ASSERT_EQ(put("a").status, 201);
  const auto refused = put("b");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(json_member(refused.body, "code"), "overloaded");
  EXPECT_EQ(json_member(refused.body, "error"), "The server has as many schemas as schemas_max allows (1).");
}

}  // namespace
}  // namespace propylon::testing
