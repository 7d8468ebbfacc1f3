#include "api/seek_body.h"

#include <gtest/gtest.h>

#include <string>

namespace propylon::api {
namespace {

using To = broker::SeekTarget::To;

TEST(SeekBody, ReadsTheFourForms) {
  EXPECT_EQ(read_seek(R"({"seek":"earliest"})")->to, To::kEarliest);
  EXPECT_EQ(read_seek(R"({"seek":"latest"})")->to, To::kLatest);
  const auto sequence = read_seek(R"({"seek":{"seq":17}})");
  ASSERT_TRUE(sequence.has_value()) << sequence.error().message;
  EXPECT_EQ(sequence->to, To::kSequence);
  EXPECT_EQ(sequence->sequence, Sequence{17});
  EXPECT_EQ(read_seek(R"({"seek":{"seq":0,"time":null}})")->sequence, Sequence{0});
  const auto time = read_seek(R"({"seek":{"time":"1970-01-01T00:00:01.5Z"}})");
  ASSERT_TRUE(time.has_value()) << time.error().message;
  EXPECT_EQ(time->to, To::kTime);
  EXPECT_EQ(time->time, WallTime(std::chrono::milliseconds(1'500)));
}

TEST(SeekBody, RefusesEverythingElseAndNamesTheField) {
  struct Case {
    const char* body;
    const char* field;
  };
  const Case cases[] = {
      {"", "seek"},
      {"{}", "seek"},
      {R"({"seek":null})", "seek"},
      {R"({"seek":"Earliest"})", "seek"},
      {R"({"seek":17})", "seek"},
      {R"({"seek":["earliest"]})", "seek"},
      {R"({"seek":{}})", "seek"},
      {R"({"seek":{"seq":1,"time":"2026-01-01T00:00:00Z"}})", "seek"},
      {R"({"seek":{"seq":-1}})", "seek.seq"},
      {R"({"seek":{"seq":"1"}})", "seek.seq"},
      {R"({"seek":{"time":1767225600}})", "seek.time"},
      {R"({"seek":{"time":"yesterday"}})", "seek.time"},
      {R"({"seek":{"sequence":1}})", "seek.sequence"},
      {R"({"seek":"latest","name":"g"})", "name"},
  };
  for (const auto& c : cases) {
    const auto refused = read_seek(c.body);
    ASSERT_FALSE(refused.has_value()) << c.body;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest) << c.body;
    EXPECT_EQ(refused.error().field, c.field) << c.body;
  }
  EXPECT_EQ(read_seek("[]").error().code, ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace propylon::api
