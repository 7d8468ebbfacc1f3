// The sentences, their order and their places, and what bounds them.
#include <gtest/gtest.h>

#include <string>

#include "schema/json_schema/compile.h"
#include "schema/json_schema/limits.h"

namespace propylon::schema::json_schema {
namespace {

std::vector<Violation> violations_of(std::string_view definition, std::string_view message) {
  const auto compiled = compile_json_schema(definition);
  EXPECT_TRUE(compiled) << definition;
  if (!compiled) return {};
  Scratch scratch;
  auto found = (*compiled)->violations(message, scratch);
  EXPECT_EQ(found.empty(), (*compiled)->accepts(message, scratch)) << definition << ' ' << message;
  return found;
}

std::string sentence_of(std::string_view definition, std::string_view message) {
  const auto compiled = compile_json_schema(definition);
  Scratch scratch;
  return (*compiled)->sentence((*compiled)->violations(message, scratch), "orders");
}

struct Row {
  const char* definition;
  const char* message;
  const char* pointer;
  const char* keyword;
  const char* schema_pointer;
  const char* text;
};

TEST(Violations, SayWhatTheReferenceSays) {
  const Row rows[] = {
      {R"({"type":"string"})", "1", "", "type", "/type", "expected string, but got number"},
      {R"({"type":["string","null"]})", "1", "", "type", "/type", "expected string or null, but got number"},
      {R"({"type":"integer"})", "1.5", "", "type", "/type", "expected integer, but got number"},
      {R"({"required":["a","b","c"]})", R"({"b":1})", "", "required", "/required", "missing properties: 'a', 'c'"},
      {R"({"additionalProperties":false})", R"({"x":1,"y'":2})", "", "additionalProperties", "/additionalProperties",
       "additionalProperties 'x', 'y\\'' not allowed"},
      {R"({"enum":["a",1,null]})", "2", "", "enum", "/enum", R"(value must be one of "a", 1, null)"},
      {R"({"const":"a"})", "2", "", "const", "/const", R"(value must be "a")"},
      {R"({"minimum":1})", "0", "", "minimum", "/minimum", "must be >= 1 but found 0"},
      {R"({"exclusiveMinimum":1})", "1", "", "exclusiveMinimum", "/exclusiveMinimum", "must be > 1 but found 1"},
      {R"({"maximum":1})", "1.5", "", "maximum", "/maximum", "must be <= 1 but found 1.5"},
      {R"({"exclusiveMaximum":1})", "1", "", "exclusiveMaximum", "/exclusiveMaximum", "must be < 1 but found 1"},
      {R"({"multipleOf":2})", "5", "", "multipleOf", "/multipleOf", "5 not multipleOf 2"},
      {R"({"minLength":3})", R"("a")", "", "minLength", "/minLength", "length must be >= 3, but got 1"},
      {R"({"maxLength":3})", R"("abcde")", "", "maxLength", "/maxLength", "length must be <= 3, but got 5"},
      {R"({"pattern":"^a+$"})", R"("b")", "", "pattern", "/pattern", "does not match pattern '^a+$'"},
      {R"({"minItems":1})", "[]", "", "minItems", "/minItems", "minimum 1 items required, but found 0 items"},
      {R"({"maxItems":1})", "[1,2]", "", "maxItems", "/maxItems", "maximum 1 items required, but found 2 items"},
      {R"({"uniqueItems":true})", "[1,1.0]", "", "uniqueItems", "/uniqueItems", "items at index 0 and 1 are equal"},
      {R"({"minProperties":2})", R"({"a":1})", "", "minProperties", "/minProperties",
       "minimum 2 properties allowed, but found 1 properties"},
      {R"({"not":{}})", "1", "", "not", "/not", "not failed"},
      {R"({"oneOf":[{},{}]})", "1", "", "oneOf", "/oneOf", "valid against schemas at indexes 0 and 1"},
      {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1", "", "type", "/anyOf/0/type",
       "expected string, but got number"},
      {R"({"properties":{"user":{"properties":{"age":{"minimum":0}}}}})", R"({"user":{"age":-1}})", "/user/age",
       "minimum", "/properties/user/properties/age/minimum", "must be >= 0 but found -1"},
      {R"({"properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"minimum":3}}})", R"({"a":2})", "/a", "minimum",
       "/properties/a/$ref/minimum", "must be >= 3 but found 2"},
      {R"({"items":{"type":"string"}})", R"(["a",1])", "/1", "type", "/items/type", "expected string, but got number"},
      {R"({"prefixItems":[{"type":"string"}]})", "[1]", "/0", "type", "/prefixItems/0/type",
       "expected string, but got number"},
      {R"({"properties":{"a/b~":false}})", R"({"a/b~":1})", "/a~1b~0", "false", "/properties/a~1b~0", "not allowed"},
      {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", "", "dependentRequired", "/dependentRequired/a",
       "properties 'b' required, if 'a' property exists"},
      {R"({"if":{"type":"number"},"then":{"minimum":5}})", "1", "", "minimum", "/then/minimum",
       "must be >= 5 but found 1"},
      {R"({"propertyNames":{"maxLength":1}})", R"({"ab":1})", "/ab", "maxLength", "/propertyNames/maxLength",
       "length must be <= 1, but got 2"},
      {R"({"unevaluatedProperties":false})", R"({"z":1})", "", "unevaluatedProperties", "/unevaluatedProperties",
       "unevaluatedProperties 'z' not allowed"},
      {R"({"$schema":"http://json-schema.org/draft-07/schema#","format":"ipv4"})", R"("x")", "", "format", "/format",
       "'x' is not valid 'ipv4'"},
      {R"({"contains":{"type":"string"}})", "[1]", "", "contains", "/contains",
       "minimum 1 matching items required, but found 0"},
  };
  for (const Row& row : rows) {
    const auto found = violations_of(row.definition, row.message);
    ASSERT_FALSE(found.empty()) << row.definition;
    EXPECT_EQ(found.front().pointer, row.pointer) << row.definition;
    EXPECT_EQ(found.front().keyword, row.keyword) << row.definition;
    EXPECT_EQ(found.front().schema_pointer, row.schema_pointer) << row.definition;
    EXPECT_EQ(found.front().message, row.text) << row.definition;
  }
}

TEST(Violations, SentenceIsTheReferences) {
  EXPECT_EQ(sentence_of(R"({"properties":{"user":{"properties":{"age":{"minimum":0}}}}})", R"({"user":{"age":-1}})"),
            "jsonschema: '/user/age' does not validate with orders#/properties/user/properties/age/minimum: "
            "must be >= 0 but found -1");
  EXPECT_EQ(sentence_of(R"({"required":["field1","field2"]})", "{}"),
            "jsonschema: '' does not validate with orders#/required: missing properties: 'field1', 'field2'");
  EXPECT_TRUE(sentence_of("{}", "hello").starts_with("Bad JSON format - "));
}

TEST(Violations, ListAllInTheOrderOfTheSchemaWithRequiredFirst) {
  const auto found = violations_of(
      R"({"properties":{"b":{"type":"string"},"a":{"type":"null"}},"required":["c"],"additionalProperties":false})",
      R"({"x":1,"a":1,"b":2})");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].keyword, "required");
  EXPECT_EQ(found[1].pointer, "/b");
  EXPECT_EQ(found[2].pointer, "/a");
  EXPECT_EQ(found[3].keyword, "additionalProperties");
}

TEST(Violations, AreAtMostAHundredAndShort) {
  std::string message = "[" + std::string(5000, '1');
  for (int i = 0; i < 500; ++i) message += ",1";
  const auto found = violations_of(R"({"items":{"minimum":2,"maximum":3,"type":["string","number"]}})", message + "]");
  EXPECT_EQ(found.size(), kViolationsMax);
  EXPECT_LT(found.front().message.size(), 2 * kShownBytesMax);
}

TEST(Violations, TextThatIsNoJsonIsOneOfItsOwn) {
  for (const char* message : {"", "hello", "{\"a\":1", "[1] x", "\"\xff\"", "{\"a\" 1}", "01", "\xEF\xBB\xBF{}"}) {
    const auto found = violations_of("{}", message);
    ASSERT_EQ(found.size(), 1u) << message;
    EXPECT_EQ(found.front().keyword, "json");
    EXPECT_EQ(found.front().pointer, "");
  }
}

TEST(Violations, OfRepeatedNamesTheLastCounts) {
  const char* const typed = R"({"properties":{"a":{"type":"string"}},"maxProperties":1})";
  EXPECT_TRUE(violations_of(typed, R"({"a":1,"a":"x"})").empty());
  EXPECT_FALSE(violations_of(typed, R"({"a":"x","a":1})").empty());
  EXPECT_FALSE(violations_of(R"({"minProperties":2})", R"({"a":1,"\u0061":2})").empty());
  EXPECT_FALSE(violations_of(R"({"uniqueItems":true})", R"([{"a":1,"a":2},{"a":2}])").empty());
  EXPECT_TRUE(
      violations_of(R"({"const":{"a":{"b":[2]},"c":3}})", R"({"a":1,"c":[{"x":{}}],"a":{"b":[2]},"c":3})").empty());
  EXPECT_TRUE(
      violations_of(R"({"not":{"required":["a"],"properties":{"a":{"type":"null"}}}})", R"({"a":null,"a":1})").empty());
}

TEST(Violations, NumbersAreComparedExactly) {
  const struct {
    const char* definition;
    const char* message;
    bool fits;
  } rows[] = {
      {R"({"multipleOf":0.01})", "19.99", true},
      {R"({"multipleOf":0.01})", "19.999", false},
      {R"({"multipleOf":0.1})", "1e300", true},
      {R"({"multipleOf":3})", "1e300", false},
      {R"({"multipleOf":3})", "300000000000000000000000000003", true},
      {R"({"multipleOf":1e-8})", "12391239123.00000001", true},
      {R"({"type":"integer"})", "1.0", true},
      {R"({"type":"integer"})", "1e3", true},
      {R"({"type":"integer"})", "100000000000000000000000000000000000001", true},
      {R"({"maximum":9007199254740992})", "9007199254740993", false},
      {R"({"maximum":18446744073709551615})", "18446744073709551616", false},
      {R"({"maximum":18446744073709551615})", "18446744073709551615", true},
      {R"({"minimum":-9223372036854775808})", "-9223372036854775809", false},
      {R"({"exclusiveMinimum":0})", "1e400", true},
      {R"({"maximum":1e308})", "1e400", false},
      {R"({"minimum":0})", "-1e400", false},
      {R"({"const":1})", "1.0", true},
      {R"({"const":100000000000000000000000})", "1e23", true},
      {R"({"enum":[0]})", "-0.0", true},
      {R"({"uniqueItems":true})", "[1,2,3,4,5,6,7,8,9,1.0]", false},
      {R"({"uniqueItems":true})", "[0,2,3,4,5,6,7,8,9,-0.0]", false},
      {R"({"uniqueItems":true})", "[1,true,\"1\",[1],{\"a\":1},0,false,null,\"\",[]]", true},
  };
  for (const auto& row : rows)
    EXPECT_EQ(violations_of(row.definition, row.message).empty(), row.fits) << row.definition << ' ' << row.message;
}

TEST(Violations, QuickAnswersAgreeWithTheInstructions) {
  const struct {
    const char* definition;
    const char* message;
    bool fits;
  } rows[] = {
      {R"({"minLength":2})", R"("\u00e9")", false},
      {R"({"minLength":2})", R"("\u00e9\u00e9")", true},
      {R"({"maxLength":2})", R"("\u00e9\u00e9")", true},
      {R"({"maxLength":1})", R"("\u00e9\u00e9")", false},
      {R"({"minLength":1})", R"("")", false},
      {R"({"maxLength":0})", R"("")", true},
      {R"({"enum":["a","b",7]})", "7.0", true},
      {R"({"enum":["a","b",7]})", R"("b")", true},
      {R"({"enum":["a","b"]})", R"("c")", false},
      {R"({"enum":["long enough 1"],"minLength":14})", R"("long enough 1")", false},
      {R"({"minimum":2.5})", "3", true},
      {R"({"minimum":2.5})", "2", false},
      {R"({"type":"integer","maximum":5})", "5.0", true},
      {R"({"type":"integer","maximum":5})", "5.5", false},
      {R"({"type":"string","pattern":"^x"})", R"("y")", false},
      {R"({"type":["null","object"],"required":["a"]})", "null", true},
      {R"({"type":["null","object"],"required":["a"]})", "{}", false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(violations_of(row.definition, row.message).empty(), row.fits) << row.definition << ' ' << row.message;
}

// The verdict settles these without instructions, the collection never does: violations_of() compares the two.
TEST(Violations, ObjectsAndArraysSettledAtOnceAreJudgedAsByTheirInstructions) {
  const char* const order = R"({"$defs":{"id":{"$ref":"#/$defs/text"},"text":{"type":"string","minLength":3}},
    "type":"object","required":["id","lines","only_required"],"additionalProperties":{"type":"boolean"},
    "properties":{"id":{"$ref":"#/$defs/id"},"a_name_of_more_than_twelve_bytes":{"type":["number","null"]},
      "lines":{"type":"array","minItems":1,"maxItems":3,"items":{"type":"object","required":["sku"],
        "properties":{"sku":{"enum":["a","bb","a longer one of the words"]},"count":{"type":"integer","minimum":1}}}},
      "pair":{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}},
      "counts":{"type":["object","array"],"minProperties":1,"items":false}}})";
  const struct {
    const char* message;
    bool fits;
  } rows[] = {
      {R"({"id":"abc","lines":[{"sku":"a","count":1}],"only_required":true})", true},
      {R"({"only_required":true,"lines":[{"count":1,"sku":"a longer one of the words"}],"x":false,"id":"äöü"})", true},
      {R"({"id":"äö","lines":[{"sku":"a"}],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":1})", false},
      {R"({"id":"abc","lines":[{"sku":"a"}]})", false},
      {R"({"id":"abc","lines":[],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a"},{"sku":"bb"},{"sku":"a"},{"sku":"a"}],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a"},{"sku":"b"}],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a"},{"count":2}],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a"},[]],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a longer one of the wordz"}],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a","count":1.0}],"only_required":true})", true},
      {R"({"id":"abc","lines":[{"sku":"a","count":0.5}],"only_required":true})", false},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"a_name_of_more_than_twelve_bytes":1.5})", true},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"a_name_of_more_than_twelve_bytez":1.5})", false},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"pair":["x",1,2]})", true},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"pair":[1,1,2]})", false},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"counts":{}})", false},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"counts":{"any":[]}})", true},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"counts":[]})", true},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"counts":[1]})", false},
      {R"({"id":"abc","lines":[{"sku":"a"}],"only_required":true,"lines":[{"sku":"c"}]})", false},
      {R"({"id":"abc","lines":[{"sku":"c"}],"only_required":true,"lines":[{"sku":"a"}]})", true},
  };
  for (const auto& row : rows) EXPECT_EQ(violations_of(order, row.message).empty(), row.fits) << row.message;
}

TEST(Violations, ExponentialWorkEndsWithALimit) {
  // Each level doubles the work: 2^40 steps without a bound.
  std::string definition = R"({"$defs":{"d0":{"type":"string"})";
  for (int i = 1; i <= 40; ++i) {
    const std::string below = R"({"$ref":"#/$defs/d)" + std::to_string(i - 1) + "\"}";
    definition += R"(,"d)" + std::to_string(i) + R"(":{"anyOf":[)" + below + "," + below + "]}";
  }
  const auto found = violations_of(definition + R"(},"$ref":"#/$defs/d40"})", "1");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().keyword, "limit");
}

TEST(Violations, LookingAtLargeObjectsAndArraysAgainAndAgainEndsWithALimit) {
  // Each member is settled at once, so only the times that all of them are looked at can be counted: 2^17.
  std::string definition = R"({"$defs":{"d0":{"properties":{"a":true},"additionalProperties":{"type":"integer"},)"
                           R"("items":{"items":{"type":"integer"}}})";
  for (int i = 1; i <= 17; ++i) {
    const std::string below = R"({"$ref":"#/$defs/d)" + std::to_string(i - 1) + "\"}";
    definition += R"(,"d)" + std::to_string(i) + R"(":{"allOf":[)" + below + "," + below + "]}";
  }
  definition += R"(},"$ref":"#/$defs/d17"})";
  std::string object = "{", array = "[[";
  for (int i = 0; i < 1000; ++i) {
    object += "\"m" + std::to_string(i) + "\":1,";
    array += "1,";
  }
  for (const std::string& message : {object + "\"z\":1}", array + "1]]"}) {
    const auto found = violations_of(definition, message);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front().keyword, "limit");
  }
}

TEST(Violations, DynamicLoopsEndWithALimit) {
  const auto found = violations_of(R"({"$id":"http://x/a","$dynamicAnchor":"n","allOf":[{"$ref":"b"}],
    "$defs":{"b":{"$id":"b","$dynamicAnchor":"n","$dynamicRef":"#n"}}})",
                                   "1");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().keyword, "limit");
}

TEST(Violations, DeepMessagesAreJudgedToTheLimitAndNoFurther) {
  const char* const tree = R"({"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"},"type":["object","array","null"]})";
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + "null" + std::string(depth, ']'); };
  EXPECT_TRUE(violations_of(tree, nested(kMessageDepthMax - 1)).empty());
  EXPECT_EQ(violations_of(tree, nested(kMessageDepthMax + 1)).front().keyword, "json");
}

TEST(Violations, ScratchIsUsedAgainByOtherSchemasAndAfterHugeMessages) {
  const auto strings = *compile_json_schema(R"({"items":{"type":"string"}})");
  const auto numbers = *compile_json_schema(R"({"items":{"type":"number"}})");
  Scratch scratch;
  const std::string huge = "[\"" + std::string(3 * kScratchKeptBytes, 'x') + "\"]";
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(strings->accepts(huge, scratch));
    EXPECT_FALSE(numbers->accepts(huge, scratch));
    EXPECT_TRUE(numbers->accepts("[1]", scratch));
    EXPECT_FALSE(strings->accepts("[1]", scratch));
  }
}

}  // namespace
}  // namespace propylon::schema::json_schema
