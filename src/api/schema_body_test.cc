#include "api/schema_body.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace propylon::api {
namespace {

using schema::SchemaType;
using schema::registry::DefinitionForm;

TEST(SchemaBody, KeepsTheTextOfADefinitionThatIsAString) {
  const auto draft = read_schema_body(R"({"type":"json","definition":"{ \"a\" : 1 }\n"})", "json");
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_EQ(draft->type, SchemaType::kJson);
  EXPECT_EQ(draft->definition, "{ \"a\" : 1 }\n");
  EXPECT_EQ(draft->form, DefinitionForm::kText);
  EXPECT_FALSE(draft->activate);
  EXPECT_FALSE(draft->options.assert_format);
}

TEST(SchemaBody, KeepsTheBytesOfADefinitionThatIsAnObjectOrABoolean) {
  for (const std::string definition : {"{ \"a\" :\t1.50,\n\"b\": \"\\u00e9\" }", "{}", "true", "false"}) {
    const auto draft = read_schema_body(R"({"definition": )" + definition + R"( ,"type":"json"})", "json");
    ASSERT_TRUE(draft) << draft.error().message;
    EXPECT_EQ(draft->definition, definition);
    EXPECT_EQ(draft->form, DefinitionForm::kJson);
  }
}

TEST(SchemaBody, ReadsWhatElseBelongsToAVersion) {
  const auto draft = read_schema_body(
      R"({"type":"json","definition":true,"activate":false,"assert_format":true,"message":null})", "json");
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_EQ(draft->activate, false);
  EXPECT_EQ(draft->options.assert_format, true);
}

TEST(SchemaBody, KnowsTheTypesThatThereAreAndLeavesTheirSupportToTheRegistry) {
  EXPECT_EQ(read_schema_body(R"({"type":"protobuf","definition":"x","message":"M"})", "json")->type,
            SchemaType::kProtobuf);
  EXPECT_EQ(read_schema_body(R"({"type":"avro","definition":{}})", "json")->type, SchemaType::kAvro);
  EXPECT_EQ(read_schema_body(R"({"type":"graphql","definition":"x"})", "json")->type, SchemaType::kGraphql);
}

TEST(SchemaBody, TakesOneThatIsLargerThanAMegabyte) {
  const std::string definition = "{\"a\":\"" + std::string(1'500'000, 'x') + "\"}";
  const auto draft = read_schema_body(R"({"type":"json","definition":)" + definition + "}", "json");
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_EQ(draft->definition.size(), definition.size());
}

TEST(SchemaBody, RefusesWhatIsWrongAndNamesIt) {
  struct Case {
    std::string body;
    ErrorCode code;
    std::string field;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"", ErrorCode::kInvalidRequest, "type", "The field \"type\" is required."},
      {"{}", ErrorCode::kInvalidRequest, "type", "The field \"type\" is required."},
      {R"({"type":null,"definition":{}})", ErrorCode::kInvalidRequest, "type", "The field \"type\" is required."},
      {R"({"type":1,"definition":{}})", ErrorCode::kInvalidRequest, "type", "The field \"type\" must be a string."},
      {R"({"type":"xml","definition":{}})", ErrorCode::kInvalidRequest, "type",
       "unsupported schema type; supported: json"},
      {R"({"type":"JSON","definition":{}})", ErrorCode::kInvalidRequest, "type",
       "unsupported schema type; supported: json"},
      {R"({"type":"json"})", ErrorCode::kInvalidRequest, "definition", "The field \"definition\" is required."},
      {R"({"type":"json","definition":null})", ErrorCode::kInvalidRequest, "definition",
       "The field \"definition\" is required."},
      {R"({"type":"json","definition":[]})", ErrorCode::kInvalidRequest, "definition",
       "The field \"definition\" must be a string, an object or a boolean."},
      {R"({"type":"json","definition":1})", ErrorCode::kInvalidRequest, "definition",
       "The field \"definition\" must be a string, an object or a boolean."},
      {R"({"type":"json","definition":{},"message":"M"})", ErrorCode::kInvalidRequest, "message",
       "The field \"message\" is for schemas of the type protobuf."},
      {R"({"type":"json","definition":{},"activate":"no"})", ErrorCode::kInvalidRequest, "activate",
       "The field \"activate\" must be true or false."},
      {R"({"type":"json","definition":{},"assert_format":1})", ErrorCode::kInvalidRequest, "assert_format",
       "The field \"assert_format\" must be true or false."},
      {R"({"type":"json","schema":{}})", ErrorCode::kInvalidRequest, "schema",
       "The field \"schema\" is not known here; known are \"type\", \"definition\", \"message\", \"activate\" or "
       "\"assert_format\"."},
      {"[]", ErrorCode::kInvalidRequest, "", "It is a JSON array where a JSON object is wanted, at byte 0"},
  };
  for (const auto& c : cases) {
    const auto draft = read_schema_body(c.body, "json");
    ASSERT_FALSE(draft) << c.body;
    EXPECT_EQ(draft.error().code, c.code) << c.body;
    EXPECT_EQ(draft.error().field, c.field) << c.body;
    EXPECT_EQ(draft.error().message, c.text) << c.body;
  }
}

}  // namespace
}  // namespace propylon::api
