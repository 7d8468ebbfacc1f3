// The two ways to a tape give the same: simdjson's own, and ours.
#include "schema/json_schema/tape.h"

#include <gtest/gtest.h>

#include <string>

#include "schema/json_schema/message_reader.h"
#include "schema/json_schema/tape_builder.h"
#include "schema/json_schema/value.h"

namespace propylon::schema::json_schema {
namespace {

std::string shown(const Tape& tape) { return value_text(tape, tape.root(), 1000); }

TEST(Tape, IsTheSameFromBothReaders) {
  MessageReader reader;
  for (const char* text :
       {"{}", "[]", "null", "[true,false,null]", R"({"a":{"b":[1,-2,3.5,"x\u00e9\n"]},"c":[]})", "18446744073709551615",
        "-9223372036854775808", "[1e10,0.1,-0.0]", R"("")", R"([[[]],{},{"":""}])"}) {
    const auto quick = reader.read(text);
    const auto own = build_tape(text, 1024);
    ASSERT_TRUE(quick && own) << text;
    EXPECT_EQ(shown(*quick), shown(own->view())) << text;
    std::uint64_t steps = 1000;
    EXPECT_TRUE(equal_values(*quick, quick->root(), own->view(), 0, steps)) << text;
    EXPECT_EQ(hash_value(*quick, quick->root()), hash_value(own->view(), 0)) << text;
    EXPECT_EQ(quick->next(quick->root()) - quick->root(), own->words.size()) << text;
  }
}

TEST(Tape, BuilderKeepsTheLastOfEachNameAndTheInsideIntact) {
  const auto tape = build_tape(R"({"a":[1,{"x":1,"x":[2,3.5]}],"b":{"c":"d"},"a":7,"e":[[]],"b":[{"f":9}]})", 64);
  ASSERT_TRUE(tape);
  EXPECT_EQ(shown(tape->view()), R"({"a":7,"e":[[]],"b":[{"f":9}]})");
  EXPECT_FALSE(has_repeated_names(tape->view(), 0));
}

TEST(Tape, RepeatedNamesAreSeenAtAnyDepthAndSize) {
  MessageReader reader;
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  for (const std::string& text :
       {std::string(R"({"a":1,"\u0061":2})"), std::string(R"([[{"b":{"a":1,"a":2}}]])"), many + "\"k7\":0}"}) {
    const auto tape = reader.read(text);
    ASSERT_TRUE(tape);
    EXPECT_TRUE(has_repeated_names(*tape, tape->root())) << text;
  }
  const auto different = reader.read(many + "\"z\":0}");
  EXPECT_FALSE(has_repeated_names(*different, different->root()));
}

TEST(Tape, BuilderReadsWhatSimdjsonRefuses) {
  MessageReader reader;
  for (const char* text : {"123456789012345678901234567890", "1e400", R"("\ud800")", R"("\udc00x\ud83d\ude00")"}) {
    EXPECT_FALSE(reader.read(text)) << text;
    EXPECT_TRUE(build_tape(text, 8)) << text;
  }
  EXPECT_EQ(shown(build_tape(R"("\udc00x\ud83d\ude00\\u")", 8)->view()), "\"\uFFFDx\U0001F600\\\\u\"");
}

TEST(Tape, BuilderRefusesWithThePosition) {
  for (const char* text : {"", "[1", "{\"a\":}", "[1]]", "\"\xff\"", "[[[[[[[[["}) {
    const auto tape = build_tape(text, 8);
    ASSERT_FALSE(tape) << text;
    EXPECT_EQ(tape.error().code, ErrorCode::kInvalidJson);
  }
}

}  // namespace
}  // namespace propylon::schema::json_schema
