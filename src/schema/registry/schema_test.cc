#include "schema/registry/schema.h"

#include <gtest/gtest.h>

namespace propylon::schema::registry {
namespace {

catalog::Document document_of(std::string body) {
  return {.kind = catalog::Kind::kSchema,
          .account = AccountId{7},
          .name = "orders",
          .id = 3,
          .revision = 12,
          .body = std::move(body)};
}

TEST(Schema, ReadsBackWhatWasWritten) {
  Schema schema{.type = SchemaType::kAvro, .active_version = 2};
  schema.versions = {
      {.definition = "{ \"a\" : \"\\u00e9<>\" }\n", .options = {}, .created = WallTime(std::chrono::microseconds(5))},
      {.definition = "\xE2\x82\xAC \"quoted\"",
       .form = DefinitionForm::kJson,
       .options = {.assert_format = false},
       .created = {}},
      {.definition = "", .options = {.assert_format = true}, .created = {}}};
  const auto read = schema_from_document(document_of(to_catalog_body(schema)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->account, AccountId{7});
  EXPECT_EQ(read->name, "orders");
  EXPECT_EQ(read->id, 3U);
  EXPECT_EQ(read->revision, 12U);
  EXPECT_EQ(read->type, SchemaType::kAvro);
  EXPECT_EQ(read->active_version, 2U);
  ASSERT_EQ(read->versions.size(), schema.versions.size());
  for (std::size_t i = 0; i < schema.versions.size(); ++i) {
    EXPECT_EQ(read->versions[i].definition, schema.versions[i].definition);
    EXPECT_EQ(read->versions[i].form, schema.versions[i].form);
    EXPECT_EQ(read->versions[i].options, schema.versions[i].options);
    EXPECT_EQ(read->versions[i].created, schema.versions[i].created);
  }
}

TEST(Schema, ReadsTheLargestOneThatMayBeWritten) {
  Schema schema;
  for (std::size_t i = 0; i < kVersionsMax; ++i) {
    // Characters that take six bytes each in JSON.
    schema.versions.push_back({.definition = std::string(kVersionsBytesMax / kVersionsMax, '<'),
                               .options = {.assert_format = false},
                               .created = WallTime::max()});
  }
  const auto read = schema_from_document(document_of(to_catalog_body(schema)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->definition_bytes(), schema.definition_bytes());
}

TEST(Schema, FindsVersionsByTheirNumberAndTheActiveOneByNone) {
  Schema schema{.active_version = 2};
  schema.versions = {{.definition = "one"}, {.definition = "two"}, {.definition = "three"}};
  EXPECT_EQ(schema.find(0)->definition, "two");
  EXPECT_EQ(schema.find(1)->definition, "one");
  EXPECT_EQ(schema.find(3)->definition, "three");
  EXPECT_EQ(schema.find(4), nullptr);
  EXPECT_EQ(schema.find(UINT32_MAX), nullptr);
  EXPECT_EQ(schema.number_of(0), 2U);
  EXPECT_EQ(schema.number_of(3), 3U);
}

TEST(Schema, IsRefusedWhenItsDocumentIsNotOurs) {
  const std::string version = R"({"definition":"{}","form":"text","created_us":1})";
  for (
      const std::string& body :
      {std::string(),
       std::string("[]"),
       std::string("{}"),
       std::string(R"({"type":"json","active":1})"),
       std::string(R"({"type":"json","active":1,"versions":[]})"),
       R"({"type":"xml","active":1,"versions":[)" + version + "]}",
       R"({"type":"JSON","active":1,"versions":[)" + version + "]}",
       R"({"active":1,"versions":[)" + version + "]}",
       R"({"type":"json","active":0,"versions":[)" + version + "]}",
       R"({"type":"json","active":2,"versions":[)" + version + "]}",
       R"({"type":"json","active":-1,"versions":[)" + version + "]}",
       R"({"type":"json","active":4294967297,"versions":[)" + version + "]}",
       R"({"type":"json","versions":[)" + version + "]}",
       R"({"type":"json","active":1,"other":1,"versions":[)" + version + "]}",
       std::string(R"({"type":"json","active":1,"versions":[1]})"),
       std::string(R"({"type":"json","active":1,"versions":[{"definition":"{}","created_us":1}]})"),
       std::string(R"({"type":"json","active":1,"versions":[{"definition":"{}","form":"xml","created_us":1}]})"),
       std::string(R"({"type":"json","active":1,"versions":[{"form":"text","created_us":1}]})"),
       std::string(R"({"type":"json","active":1,"versions":[{"definition":"{}","form":"text"}]})"),
       std::string(R"({"type":"json","active":1,"versions":[{"definition":{},"form":"text","created_us":1}]})"),
       std::string(
           R"({"type":"json","active":1,"versions":[{"definition":"","form":"json","created_us":1,"assert_format":1}]})"),
       std::string(
           R"({"type":"json","active":1,"versions":[{"definition":"","form":"json","created_us":1,"more":1}]})")}) {
    const auto schema = schema_from_document(document_of(body));
    ASSERT_FALSE(schema) << body;
    EXPECT_EQ(schema.error().code, ErrorCode::kDamaged);
    EXPECT_NE(schema.error().message.find("schema \"orders\" (account 7)"), std::string::npos)
        << schema.error().message;
  }
  EXPECT_TRUE(schema_from_document(document_of(R"({"type":"json","active":1,"versions":[)" + version + "]}")));
}

}  // namespace
}  // namespace propylon::schema::registry
