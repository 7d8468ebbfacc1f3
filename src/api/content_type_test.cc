#include "api/content_type.h"

#include <gtest/gtest.h>

namespace propylon::api {
namespace {

TEST(ContentType, KnowsJsonByItsType) {
  for (const auto type : {"", "application/json", "Application/JSON", "application/json; charset=utf-8",
                          "application/json ;x", "application/vnd.x+json", "application/cloudevents-batch+JSON;a=b"}) {
    EXPECT_TRUE(has_json_type_or_none(type)) << type;
  }
  for (const auto type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", "+json",
                          "application/x-ndjson", "application/json, text/plain"}) {
    EXPECT_FALSE(has_json_type_or_none(type)) << type;
  }
}

TEST(ContentType, KnowsJsonByItsBeginning) {
  for (const auto body : {"{", "[1]", " \t\r\n[", "{}x"}) EXPECT_TRUE(looks_like_json(body)) << body;
  for (const auto body : {"", " ", "null", "\"x\"", "\v[", "a=[1]"}) EXPECT_FALSE(looks_like_json(body)) << body;
}

TEST(ContentType, KnowsLinesOfJson) {
  for (const auto type : {"application/x-ndjson", "Application/NDJSON; charset=utf-8", "application/jsonl"}) {
    EXPECT_TRUE(has_line_delimited_type(type)) << type;
  }
  for (const auto type : {"", "application/json", "application/x-ndjson+json"}) {
    EXPECT_FALSE(has_line_delimited_type(type)) << type;
  }
}

TEST(ContentType, KnowsForms) {
  EXPECT_TRUE(has_form_type("application/x-www-form-urlencoded"));
  EXPECT_TRUE(has_form_type("Application/X-WWW-Form-Urlencoded; charset=utf-8"));
  EXPECT_FALSE(has_form_type("multipart/form-data; boundary=x"));
  EXPECT_FALSE(has_form_type(""));
}

}  // namespace
}  // namespace propylon::api
