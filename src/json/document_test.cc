#include "json/document.h"

#include <gtest/gtest.h>

namespace propylon::json {
namespace {

Document parsed(std::string_view text) {
  auto document = Document::parse_object(text);
  EXPECT_TRUE(document) << document.error().message;
  return std::move(document).value();
}

TEST(Document, ReadsFieldsOfEachType) {
  const std::string text =
      R"( {"s":"a\u0041","n":42,"b":true,"o":{"x":1},"a":[1,"two",[3]],"esc\u0061ped":1,"empty":""} )";
  const Document document = parsed(text);
  const Object object = document.object();
  EXPECT_EQ(object.string("s").value(), "aA");
  EXPECT_EQ(object.string("empty").value(), "");
  EXPECT_EQ(object.integer("n").value(), 42);
  EXPECT_EQ(object.boolean("b").value(), true);
  EXPECT_EQ(object.object("o").value()->integer("x").value(), 1);
  EXPECT_EQ(object.integer("escaped").value(), 1);
  const auto array = *object.array("a").value();
  ASSERT_EQ(array.size(), 3u);
  EXPECT_EQ(array[0].integer("a").value(), 1);
  EXPECT_EQ(array[1].string("a").value(), "two");
  EXPECT_EQ(array[2].raw(), "[3]");
  EXPECT_EQ(object.names(), (std::vector<std::string>{"s", "n", "b", "o", "a", "escaped", "empty"}));
}

TEST(Document, CountsNullAsAbsentAndTheLastOfEqualNames) {
  const Document document = parsed(R"({"a":1,"a":2,"b":1,"b":null,"c":null,"c":3,"d":"x","\u0064":"y"})");
  const Object object = document.object();
  EXPECT_EQ(object.integer("a").value(), 2);
  EXPECT_EQ(object.integer("b").value(), std::nullopt);
  EXPECT_TRUE(object.is_null("b"));
  EXPECT_EQ(object.integer("c").value(), 3);
  EXPECT_EQ(object.string("d").value(), "y");
  EXPECT_EQ(object.string("missing").value(), std::nullopt);
  EXPECT_FALSE(object.is_null("missing"));
}

TEST(Document, TakesIntegersHoweverTheyAreWritten) {
  const std::pair<std::string, std::int64_t> cases[] = {{"60", 60},
                                                        {"60.0", 60},
                                                        {"6e1", 60},
                                                        {"600e-1", 60},
                                                        {"-5", -5},
                                                        {"-0", 0},
                                                        {"0.0", 0},
                                                        {"10000092", 10000092},
                                                        {"9223372036854775807", INT64_MAX},
                                                        {"-9223372036854775808", INT64_MIN},
                                                        {"1e15", 1000000000000000}};
  for (const auto& [text, expected] : cases) {
    const std::string body = "{\"n\":" + text + "}";
    EXPECT_EQ(parsed(body).object().integer("n").value(), expected) << text;
  }
  for (const char* bad : {"1.5", "\"60\"", "true", "[]", "{}", "9223372036854775808", "1e19", "1e400",
                          "123456789012345678901234567890"}) {
    const std::string body = std::string("{\"n\":") + bad + "}";
    const auto document = parsed(body);
    const auto result = document.object().integer("n");
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(result.error().field, "n");
  }
}

TEST(Document, RefusesWrongTypesNamingTheField) {
  const std::string text = R"({"s":1,"b":"true","o":[],"a":{},"half":"\ud800"})";
  const Document document = parsed(text);
  const Object object = document.object();
  const auto check = [](const auto& result, const char* field) {
    ASSERT_FALSE(result) << field;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(result.error().field, field);
  };
  check(object.string("s"), "s");
  check(object.string("half"), "half");
  check(object.boolean("b"), "b");
  check(object.object("o"), "o");
  check(object.array("a"), "a");
}

TEST(Document, RefusesUnknownFieldsByName) {
  const Document document = parsed(R"({"known":1,"unknwon":2})");
  EXPECT_TRUE(document.object().refuse_unknown({"known", "unknwon"}));
  const auto result = document.object().refuse_unknown({"known"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(result.error().field, "unknwon");
}

TEST(Document, SaysWhereTheTextIsNoJson) {
  const std::tuple<std::string, ErrorCode, std::string> cases[] = {
      {"", ErrorCode::kInvalidJson, "It ends too early at byte 0"},
      {"{\"a\":1", ErrorCode::kInvalidJson, "It ends too early at byte 6"},
      {"{\"a\":1}}", ErrorCode::kInvalidJson, "It is not valid JSON at byte 7"},
      {" []", ErrorCode::kInvalidRequest, "It is a JSON array where a JSON object is wanted, at byte 1"},
      {"\"x\"", ErrorCode::kInvalidRequest, "It is a JSON string where a JSON object is wanted, at byte 0"},
      {"true", ErrorCode::kInvalidRequest, "It is a JSON boolean where a JSON object is wanted, at byte 0"},
      {"null", ErrorCode::kInvalidRequest, "It is null where a JSON object is wanted, at byte 0"},
      {"\xEF\xBB\xBF-1", ErrorCode::kInvalidRequest, "It is a JSON number where a JSON object is wanted, at byte 3"},
      {"\xEF\xBB\xBF{\"a\":}", ErrorCode::kInvalidJson, "It is not valid JSON at byte 8"},
      {" \xEF\xBB\xBF{}", ErrorCode::kInvalidJson, "It has a byte order mark, which is not valid JSON, at byte 1"},
      {"\xEF\xBB\xBF\xEF\xBB\xBF{}", ErrorCode::kInvalidJson,
       "It has a byte order mark, which is not valid JSON, at byte 3"},
      {"{\"a\":\xEF\xBB\xBF"
       "1}",
       ErrorCode::kInvalidJson, "It has a byte order mark, which is not valid JSON, at byte 5"},
      {"{\"\xff\":1}", ErrorCode::kInvalidJson, "It is not valid UTF-8 at byte 2"},
      {"{\"a\":[[[]]]}", ErrorCode::kInvalidJson, "It is nested too deeply at byte 7"},
      {std::string(65, ' '), ErrorCode::kBodyTooLarge, "The JSON has more than 64 bytes."},
  };
  for (const auto& [text, code, message] : cases) {
    const auto result = Document::parse_object(text, {.bytes = 64, .depth = 3});
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, code);
    EXPECT_EQ(result.error().message, message);
  }
  EXPECT_TRUE(Document::parse("[[[]]]", {.bytes = 64, .depth = 3}));
}

TEST(JsonDocument, MayBeginWithAByteOrderMark) {
  const auto document = Document::parse_object("\xEF\xBB\xBF{\"a\":\"\xEF\xBB\xBF\"}");
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->object().string("a").value(), "\xEF\xBB\xBF") << "inside of a text it is a character";
}

}  // namespace
}  // namespace propylon::json
