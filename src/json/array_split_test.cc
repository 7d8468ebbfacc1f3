#include "json/array_split.h"

#include <gtest/gtest.h>

#include <random>

namespace propylon::json {
namespace {

using Elements = std::vector<std::string_view>;

TEST(SplitArray, GivesEachElementAsItWasWritten) {
  const std::pair<std::string, Elements> cases[] = {
      {"[]", {}},
      {" [ \t\r\n] ", {}},
      {"[1]", {"1"}},
      {" [ 1.50e+3 ,\t{ \"b\" : 1, \"a\":\"\\u00e9<\" }\r\n, [ [ ] ] , \"x,]\\\"\" ,true,false,null,-0, 0.0 ] ",
       {"1.50e+3", "{ \"b\" : 1, \"a\":\"\\u00e9<\" }", "[ [ ] ]", "\"x,]\\\"\"", "true", "false", "null", "-0",
        "0.0"}},
      {"[123456789012345678901234567890, \"\\ud800\"]", {"123456789012345678901234567890", "\"\\ud800\""}},
  };
  for (const auto& [text, expected] : cases) {
    Elements elements{"left over"};
    const auto result = split_array(text, elements);
    ASSERT_TRUE(result) << text << result.error().message;
    EXPECT_EQ(elements, expected);
    for (const auto element : elements)
      EXPECT_TRUE(element.data() >= text.data() && element.data() < text.data() + text.size());
  }
}

TEST(SplitArray, RefusesWhatIsNoArrayWithThePosition) {
  const std::pair<std::string, std::size_t> cases[] = {
      {"", 0},
      {"  ", 2},
      {"{}", 0},
      {"1", 0},
      {"[", 1},
      {"[1", 2},
      {"[1,", 3},
      {"[1,]", 3},
      {"[,1]", 1},
      {"[1 2]", 3},
      {"[1]]", 3},
      {"[1] x", 4},
      {"[01]", 2},
      {"[1.]", 3},
      {"[.5]", 1},
      {"[+1]", 1},
      {"[-]", 2},
      {"[1e]", 3},
      {"[1e+]", 4},
      {"[tru]", 4},
      {"[True]", 1},
      {"[nul", 4},
      {"[NaN]", 1},
      {"[\"a]", 4},
      {"[\"\\x\"]", 3},
      {"[\"\\u12g4\"]", 6},
      {"[\"a\nb\"]", 3},
      {"['a']", 1},
      {"[{]", 2},
      {"[{1:2}]", 2},
      {"[{\"a\"}]", 5},
      {"[{\"a\":}]", 6},
      {"[{\"a\":1,}]", 8},
      {"[{\"a\":1]", 7},
      {"[[1}", 3},
      {"[{\"a\" 1}]", 6},
      {"[1]\x01", 3},
      {"\xef\xbb\xbf[1", 5},
      {"[1,\"\xff\"]", 4},
      {"[\"\xed\xa0\x80\"]", 2},
      {"[1//x\n]", 2},
  };
  for (const auto& [text, position] : cases) {
    Elements elements;
    const auto result = split_array(text, elements);
    ASSERT_FALSE(result) << text;
    const bool is_json = result.error().message.starts_with("It is a JSON ") || text == "null";
    EXPECT_EQ(result.error().code, is_json ? ErrorCode::kInvalidRequest : ErrorCode::kInvalidJson) << text;
    EXPECT_TRUE(result.error().message.ends_with(" at byte " + std::to_string(position)))
        << text << " " << result.error().message;
    EXPECT_TRUE(elements.empty());
  }
}

TEST(SplitArray, HoldsItsLimits) {
  Elements elements;
  EXPECT_TRUE(split_array("[1,2,3]", elements, {.elements = 3}));
  const auto many = split_array("[1,2,3]", elements, {.elements = 2});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code, ErrorCode::kBodyTooLarge);
  EXPECT_TRUE(elements.empty());

  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(split_array(nested(1024), elements));
  const auto deep = split_array(nested(1025), elements);
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, ErrorCode::kInvalidJson);
  EXPECT_EQ(deep.error().message, "It is nested too deeply at byte 1024");
}

TEST(SplitArray, RefusesEveryCutOfAnArray) {
  const std::string whole = R"([{"a":"b\n","c":[1,-2.5e3,{"d":null}]},"text of more than sixteen bytes",true,[],{}])";
  Elements elements;
  ASSERT_TRUE(split_array(whole, elements));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(split_array(std::string_view(whole).substr(0, size), elements)) << size;
}

TEST(SplitArray, FindsTheEndOfAStringAtEveryPlaceOfABlock) {
  Elements elements;
  for (std::size_t length = 0; length < 50; ++length) {
    for (const char* tail : {"", "\\\\", "\\\"", "\\u0020"}) {
      const std::string element = "\"" + std::string(length, 'x') + tail + "\"";
      const std::string text = "[" + element + "," + element + "]";
      ASSERT_TRUE(split_array(text, elements));
      EXPECT_EQ(elements, (Elements{element, element}));
    }
  }
}

TEST(SplitArray, PassesOverAByteOrderMarkInFrontAndLeavesTheElementsAlone) {
  std::vector<std::string_view> elements;
  const std::string text = "\xEF\xBB\xBF [ {\"a\": 1.0} ,\"\xEF\xBB\xBF\"]";
  ASSERT_TRUE(split_array(text, elements));
  EXPECT_EQ(elements, (std::vector<std::string_view>{"{\"a\": 1.0}", "\"\xEF\xBB\xBF\""}));
  const auto inside = split_array("[\xEF\xBB\xBF{}]", elements);
  EXPECT_EQ(inside.error().message, "It has a byte order mark, which is not valid JSON, at byte 1");
}

TEST(SplitArray, NamesAnotherValueForWhatItIs) {
  std::vector<std::string_view> elements;
  const std::pair<const char*, const char*> cases[] = {
      {"{\"a\":1}", "It is a JSON object where a JSON array is wanted, at byte 0"},
      {" \"[]\" ", "It is a JSON string where a JSON array is wanted, at byte 1"},
      {"\xEF\xBB\xBFnull", "It is null where a JSON array is wanted, at byte 3"},
      {"17", "It is a JSON number where a JSON array is wanted, at byte 0"},
      {"false", "It is a JSON boolean where a JSON array is wanted, at byte 0"}};
  for (const auto& [text, message] : cases) {
    const auto refused = split_array(text, elements);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest) << text;
    EXPECT_EQ(refused.error().message, message);
  }
  // Not an object either.
  EXPECT_EQ(split_array("{\"a\":1", elements).error().message, "It ends too early at byte 6");
  EXPECT_EQ(split_array("{\"a\":1} x", elements).error().message, "It is not valid JSON at byte 8");
  EXPECT_EQ(split_array("{\"\xff\":1}", elements).error().code, ErrorCode::kInvalidJson);
}

}  // namespace
}  // namespace propylon::json
