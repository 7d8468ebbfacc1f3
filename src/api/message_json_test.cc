#include "api/message_json.h"

#include <gtest/gtest.h>

#include "core/header_block.h"

namespace propylon::api {
namespace {

std::string json_of(const broker::Message& message, PayloadForm form = PayloadForm::kTextWhereUtf8) {
  std::string out;
  json::Writer writer(out);
  write_message(writer, out, message, form);
  return out;
}

broker::Message message_of(std::string_view payload) {
  broker::Message message;
  message.payload = payload;
  return message;
}

TEST(MessageJson, IsPayloadAndThenHeaders) {
  std::string block;
  append_header(block, "Content-Type", "text/plain");
  append_header(block, "X-A", "\"\xc3\xbc\"");
  auto message = message_of("{\n \"a\": 1.0}");
  message.headers = block;
  EXPECT_EQ(json_of(message),
            "{\"message\":\"{\\n \\\"a\\\": "
            "1.0}\",\"headers\":{\"Content-Type\":\"text/plain\",\"X-A\":\"\\\"\xc3\xbc\\\"\"}}");
}

TEST(MessageJson, EscapesAsTheReferenceDoes) {
  EXPECT_EQ(json_of(message_of("<b>&\xe2\x80\xa8")), R"({"message":"\u003cb\u003e\u0026\u2028","headers":{}})");
}

TEST(MessageJson, OfAnEmptyMessage) { EXPECT_EQ(json_of(message_of("")), R"({"message":"","headers":{}})"); }

TEST(MessageJson, IsBase64WhereThePayloadIsNotUtf8) {
  EXPECT_EQ(json_of(message_of("abc\xff")), R"({"message":"YWJj/w==","headers":{},"encoding":"base64"})");
  EXPECT_EQ(json_of(message_of("abc\xe6\x97")), R"({"message":"YWJj5pc=","headers":{},"encoding":"base64"})");
}

TEST(MessageJson, IsBase64WhereItWasAskedFor) {
  EXPECT_EQ(json_of(message_of("abc"), PayloadForm::kBase64), R"({"message":"YWJj","headers":{},"encoding":"base64"})");
}

TEST(MessageJson, SaysHowOftenItWasHandedOutBefore) {
  auto message = message_of("a");
  message.deliveries = 2;
  EXPECT_EQ(json_of(message), R"({"message":"a","headers":{},"deliveries":2})");
}

TEST(MessageJson, StandsBesideOthersInAnArray) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  write_message(writer, out, message_of("\xff"), PayloadForm::kTextWhereUtf8);
  write_message(writer, out, message_of("b"), PayloadForm::kTextWhereUtf8);
  writer.end_array();
  EXPECT_EQ(out, R"([{"message":"/w==","headers":{},"encoding":"base64"},{"message":"b","headers":{}}])");
}

}  // namespace
}  // namespace propylon::api
