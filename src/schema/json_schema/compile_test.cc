// What compiles, what is refused and how that is said; the families of keywords are in the tests beside this one and in
// the JSON-Schema-Test-Suite (tests/schema).
#include "schema/json_schema/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "schema/json_schema/limits.h"

namespace propylon::schema::json_schema {
namespace {

std::vector<DefinitionFault> faults_of(std::string_view definition) {
  const auto compiled = compile_json_schema(definition);
  return compiled ? std::vector<DefinitionFault>{} : compiled.error();
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(CompileJsonSchema, TakesObjectsAndBooleans) {
  for (const char* definition : {"{}", "true", "false", R"({"type":"object"})"}) {
    EXPECT_TRUE(compile_json_schema(definition)) << definition;
  }
}

TEST(CompileJsonSchema, RefusesWhatIsNoSchema) {
  for (const char* definition : {"", "{", "[]", "\"x\"", "1", "null", "{} {}", "\xff"}) {
    EXPECT_FALSE(faults_of(definition).empty()) << definition;
  }
}

TEST(CompileJsonSchema, ListsEveryFaultWithItsPlace) {
  const auto faults = faults_of(R"({"properties":{"a":{"minLength":-1},"b/c":{"required":"x"}},"type":5})");
  std::vector<std::string> places;
  for (const auto& fault : faults) places.push_back(fault.pointer);
  EXPECT_NE(std::ranges::find(places, "/properties/a/minLength"), places.end());
  EXPECT_NE(std::ranges::find(places, "/properties/b~1c/required"), places.end());
  EXPECT_NE(std::ranges::find(places, "/type"), places.end());
}

struct Refusal {
  const char* definition;
  const char* pointer;
  const char* part_of_message;
};

TEST(CompileJsonSchema, SaysWhyAndWhere) {
  const Refusal refusals[] = {
      {R"({"$ref":"http://example.com/other"})", "/$ref", "nothing is fetched"},
      {R"({"properties":{"a":{"$ref":"#/$defs/none"}}})", "/properties/a/$ref", "nothing is there"},
      {R"({"$ref":"#none"})", "/$ref", "no such anchor"},
      {R"({"$schema":"http://example.com/draft"})", "/$schema", "nothing is fetched"},
      {R"({"$ref":"#"})", "", "refers to itself"},
      {R"({"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#"}]}}})", "", "refers to itself"},
      {R"j({"pattern":"(?=x)"})j", "/pattern", "look-ahead is not supported"},
      {R"j({"pattern":"(?<!x)y"})j", "/pattern", "look-behind is not supported"},
      {R"j({"pattern":"(a)\\1"})j", "/pattern", "back reference is not supported"},
      {R"({"pattern":"a{2000}"})", "/pattern", "above 1000"},
      {R"({"patternProperties":{"[":{}}})", "/patternProperties", "cannot be used"},
      {R"({"multipleOf":1234567890123456789012})", "/multipleOf", "18 significant digits"},
      {R"({"$id":"http://x/y#z"})", "/$id", "no fragment"},
  };
  for (const Refusal& refusal : refusals) {
    const auto faults = faults_of(refusal.definition);
    ASSERT_FALSE(faults.empty()) << refusal.definition;
    EXPECT_TRUE(faults.front().pointer.starts_with(refusal.pointer))
        << refusal.definition << ": " << faults.front().pointer;
    EXPECT_NE(faults.front().message.find(refusal.part_of_message), std::string::npos)
        << refusal.definition << ": " << faults.front().message;
  }
}

TEST(CompileJsonSchema, BoundsHostileDefinitions) {
  EXPECT_FALSE(faults_of(std::string(kDefinitionBytesMax + 1, ' ')).empty());
  EXPECT_FALSE(faults_of(repeated(R"({"not":)", 1000) + "{}" + repeated("}", 1000)).empty());
  std::string many = R"({"allOf":[{})" + repeated(",{}", kSubschemasMax) + "]}";
  ASSERT_FALSE(faults_of(many).empty());
  EXPECT_NE(faults_of(many).front().message.find("subschemas"), std::string::npos);
  EXPECT_FALSE(faults_of(R"({"pattern":")" + std::string(kPatternBytesMax + 1, 'a') + "\"}").empty());
  EXPECT_FALSE(faults_of(R"({"pattern":"(((a{1,100}){1,100}){1,100}){1,100}"})").empty());
}

TEST(CompileJsonSchema, TakesLargeDefinitionsWithinTheLimits) {
  std::string values = R"({"enum":["v0")";
  for (int i = 1; i < 50'000; ++i) values += ",\"v" + std::to_string(i) + "\"";
  const auto compiled = compile_json_schema(values + "]}");
  ASSERT_TRUE(compiled);
  Scratch scratch;
  EXPECT_TRUE((*compiled)->accepts(R"("v49999")", scratch));
  EXPECT_FALSE((*compiled)->accepts(R"("v50000")", scratch));
  EXPECT_GT((*compiled)->memory_bytes(), values.size());
}

TEST(CompileJsonSchema, AnEmptyFragmentBehindAMetaSchemaDoesNotMatter) {
  const std::string core = R"({"$schema":"https://json-schema.org/draft/2020-12/meta/core)";
  EXPECT_TRUE(compile_json_schema(core + R"(","$defs":{}})"));
  EXPECT_TRUE(compile_json_schema(core + R"(#","$defs":{}})"));
  const auto faults = faults_of(core + R"(#meta"})");
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].pointer, "/$schema");
  EXPECT_NE(faults[0].message.find("a part of a document"), std::string::npos) << faults[0].message;
}

TEST(CompileJsonSchema, ReferencesToMetaSchemasNeedNoNetwork) {
  const auto compiled = compile_json_schema(R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})");
  ASSERT_TRUE(compiled);
  Scratch scratch;
  EXPECT_TRUE((*compiled)->accepts(R"({"minLength":1})", scratch));
  EXPECT_FALSE((*compiled)->accepts(R"({"properties":{"a":{"minLength":-1}}})", scratch));
}

TEST(CompileJsonSchema, AssertsFormatsByDraftUnlessTold) {
  Scratch scratch;
  const std::string draft_7 = R"({"$schema":"http://json-schema.org/draft-07/schema#","format":"date"})";
  const std::string newest = R"({"format":"date"})";
  EXPECT_FALSE((*compile_json_schema(draft_7))->accepts(R"("x")", scratch));
  EXPECT_TRUE((*compile_json_schema(newest))->accepts(R"("x")", scratch));
  EXPECT_FALSE((*compile_json_schema(newest, {FormatRule::kAssert, {}}))->accepts(R"("x")", scratch));
  EXPECT_TRUE((*compile_json_schema(draft_7, {FormatRule::kAnnotate, {}}))->accepts(R"("x")", scratch));
}

TEST(CompileJsonSchema, OneSchemaServesManyThreads) {
  const auto compiled = *compile_json_schema(R"({"properties":{"a":{"pattern":"^(x|y)+z"}},"required":["a"]})");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&compiled] {
      Scratch scratch;
      for (int k = 0; k < 500; ++k) {
        EXPECT_TRUE(compiled->accepts(R"({"a":"xyxyz"})", scratch));
        EXPECT_FALSE(compiled->accepts(R"({"a":"zyx"})", scratch));
      }
    });
  }
}

}  // namespace
}  // namespace propylon::schema::json_schema
