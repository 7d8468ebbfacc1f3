#include "api/consume_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace propylon::api {
namespace {

using std::chrono::milliseconds;

Result<ConsumeRequest> read_consume_request(std::string_view body, const Options& options) {
  const ConsumeFields fields = PPL_TRY(read_consume_fields(body));
  return judge_consume_fields(fields, options);
}

TEST(ConsumeRequest, HasDefaults) {
  const auto request = read_consume_request(R"({"consumer_name":"C1"})", Options{});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->consumer, "c1");
  EXPECT_EQ(request->group, "rest-gateway");
  EXPECT_EQ(request->batch_size, 10U);
  EXPECT_EQ(request->min_messages, 1U);
  EXPECT_EQ(request->wait, milliseconds(4000));
  EXPECT_EQ(request->form, PayloadForm::kTextWhereUtf8);
}

TEST(ConsumeRequest, TakesEveryField) {
  const auto request = read_consume_request(
      R"({"consumer_name":"c","consumer_group":"G.2","batch_size":60.0,"batch_max_wait_time_ms":2e3,"min_messages":1,)"
      R"("encoding":"base64","ack_mode":"auto","foo":[1]})",
      Options{});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->group, "g.2");
  EXPECT_EQ(request->batch_size, 60U);
  EXPECT_EQ(request->min_messages, 1U);
  EXPECT_EQ(request->wait, milliseconds(2000));
  EXPECT_EQ(request->form, PayloadForm::kBase64);
}

TEST(ConsumeRequest, ZeroAndNullCountAsAbsent) {
  const auto request = read_consume_request(
      R"({"consumer_name":"c","consumer_group":null,"batch_size":0,"batch_max_wait_time_ms":0,"min_messages":0})",
      Options{});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->group, "rest-gateway");
  EXPECT_EQ(request->batch_size, 10U);
  EXPECT_EQ(request->min_messages, 1U);
  EXPECT_EQ(request->wait, milliseconds(4000));
}

TEST(ConsumeRequest, WaitsForAFullBatchOnlyWhenASizeOrAWaitIsNamed) {
  struct Case {
    std::string fields;
    std::uint32_t min_messages;
    std::int64_t wait_ms = 4000;
  };
  for (const auto& c : std::vector<Case>{{"", 1},
                                         {R"(,"batch_size":0)", 1},
                                         {R"(,"batch_size":null)", 1},
                                         {R"(,"batch_max_wait_time_ms":0)", 1},
                                         {R"(,"batch_max_wait_time_ms":null,"batch_size":0)", 1},
                                         {R"(,"batch_size":7)", 7},
                                         {R"(,"batch_size":10)", 10},
                                         {R"(,"batch_size":1)", 1},
                                         {R"(,"batch_size":7,"batch_max_wait_time_ms":0)", 7},
                                         {R"(,"batch_max_wait_time_ms":200)", 10, 200},
                                         {R"(,"batch_max_wait_time_ms":-1)", 10, 100},
                                         {R"(,"batch_size":null,"batch_max_wait_time_ms":200)", 10, 200},
                                         {R"(,"min_messages":4)", 4},
                                         {R"(,"batch_size":7,"min_messages":4)", 4}}) {
    const auto request = read_consume_request(R"({"consumer_name":"c")" + c.fields + "}", Options{});
    ASSERT_TRUE(request) << c.fields;
    EXPECT_EQ(request->min_messages, c.min_messages) << c.fields;
    EXPECT_EQ(request->wait, milliseconds(c.wait_ms)) << c.fields;
  }
}

TEST(ConsumeRequest, ClampsTheWait) {
  Options options;
  options.consume_wait_ms_max = 7000;
  struct Case {
    std::string wait;
    std::int64_t ms;
  };
  for (const auto& c : std::vector<Case>{{"1", 100},
                                         {"-5", 100},
                                         {"100", 100},
                                         {"6999", 6999},
                                         {"7001", 7000},
                                         {"9223372036854775807", 7000},
                                         {"-9223372036854775808", 100}}) {
    const auto request =
        read_consume_request(R"({"consumer_name":"c","batch_max_wait_time_ms":)" + c.wait + "}", options);
    ASSERT_TRUE(request) << c.wait;
    EXPECT_EQ(request->wait, milliseconds(c.ms)) << c.wait;
  }
}

TEST(ConsumeRequest, LowersEvenTheDefaultWaitToTheCap) {
  Options options;
  options.consume_wait_ms_max = 300;
  EXPECT_EQ(read_consume_request(R"({"consumer_name":"c"})", options)->wait, milliseconds(300));
}

TEST(ConsumeRequest, RefusesInTheReferencesOrderAndWords) {
  const std::string no_name = "Consumer name is required";
  const std::string bad_size = "Batch size can not be greater than 5000 or less than 1";
  const std::string bad_name = "Only alphanumeric and the '_', '-', '.' characters are allowed in Consumer";
  struct Case {
    std::string body;
    std::string text;
    ErrorCode code = ErrorCode::kInvalidRequest;
  };
  const std::vector<Case> cases = {
      {"null", no_name},
      {"{}", no_name},
      {R"({"consumer_name":""})", no_name},
      {R"({"consumer_name":null})", no_name},
      {R"({"consumer_name":"","batch_size":-1})", no_name},
      {R"({"consumer_name":"a b","batch_size":-1})", bad_name, ErrorCode::kInvalidName},
      {R"({"consumer_name":"c","consumer_group":"a*"})", bad_name, ErrorCode::kInvalidName},
      {R"({"consumer_name":"c","batch_size":-1})", bad_size},
      {R"({"consumer_name":"c","batch_size":5001})", bad_size},
      {R"({"consumer_name":"c","min_messages":11})",
       "min_messages can not be greater than the batch size or less than 1"},
      {R"({"consumer_name":"c","min_messages":-1})",
       "min_messages can not be greater than the batch size or less than 1"},
      {R"({"consumer_name":"c","encoding":"hex"})", "encoding must be base64 or absent"},
      {R"({"consumer_name":"c","ack_mode":"x"})", "ack_mode must be auto or explicit"},
      {R"({"consumer_name":"c","ack_mode":"explicit"})",
       "Explicit acknowledgement is not supported; nothing was handed out.", ErrorCode::kNotImplemented},
      {R"({"consumer_name":"c","ack":["x"]})", "Explicit acknowledgement is not supported; nothing was handed out.",
       ErrorCode::kNotImplemented},
  };
  for (const auto& c : cases) {
    const auto request = read_consume_request(c.body, Options{});
    ASSERT_FALSE(request) << c.body;
    EXPECT_EQ(request.error().message, c.text) << c.body;
    EXPECT_EQ(request.error().code, c.code) << c.body;
  }
}

TEST(ConsumeRequest, SaysWhatIsWrongWithABodyThatItCannotRead) {
  struct Case {
    std::string body;
    ErrorCode code;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"", ErrorCode::kInvalidJson, "It ends too early at byte 0"},
      {"hello", ErrorCode::kInvalidJson, "It is not valid JSON at byte 0"},
      {R"({"consumer_name":"c","batch_size":5,})", ErrorCode::kInvalidJson, "It is not valid JSON at byte 36"},
      {"[]", ErrorCode::kInvalidRequest, "The body must be a JSON object."},
      {"\"x\"", ErrorCode::kInvalidRequest, "The body must be a JSON object."},
      {R"({"consumer_name":5})", ErrorCode::kInvalidRequest, R"(The field "consumer_name" must be a string.)"},
      {R"({"consumer_name":"","consumer_group":5})", ErrorCode::kInvalidRequest,
       R"(The field "consumer_group" must be a string.)"},
      {R"({"consumer_name":"c","batch_size":"x"})", ErrorCode::kInvalidRequest,
       R"(The field "batch_size" must be an integer.)"},
      {R"({"consumer_name":"c","batch_size":1.5})", ErrorCode::kInvalidRequest,
       R"(The field "batch_size" must be an integer of at most 64 bits.)"},
      {R"({"consumer_name":"c","batch_size":9223372036854775808})", ErrorCode::kInvalidRequest,
       R"(The field "batch_size" must be an integer of at most 64 bits.)"},
      {R"({"consumer_name":"c","batch_max_wait_time_ms":"x"})", ErrorCode::kInvalidRequest,
       R"(The field "batch_max_wait_time_ms" must be an integer.)"},
  };
  for (const auto& c : cases) {
    const auto fields = read_consume_fields(c.body);
    ASSERT_FALSE(fields) << c.body;
    EXPECT_EQ(fields.error().message, c.text) << c.body;
    EXPECT_EQ(fields.error().code, c.code) << c.body;
  }
}

}  // namespace
}  // namespace propylon::api
