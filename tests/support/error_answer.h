// Checks a whole error answer: status, type and every member of the body.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/http_client.h"
#include "support/test_gateway.h"

namespace propylon::testing {

struct ExpectedError {
  int status;
  std::string_view code;
  std::string_view text;
  bool retryable = false;
  std::string_view detail = {};  // where it says more than the text; else the same
};

inline void expect_error(const HttpAnswer& answer, const ExpectedError& expected) {
  EXPECT_EQ(answer.status, expected.status) << answer.body;
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  EXPECT_EQ(json_member(answer.body, "success"), "false") << answer.body;
  EXPECT_EQ(json_member(answer.body, "error"), expected.text);
  EXPECT_EQ(json_member(answer.body, "detail"), expected.detail.empty() ? expected.text : expected.detail);
  EXPECT_EQ(json_member(answer.body, "code"), expected.code);
  EXPECT_EQ(json_member(answer.body, "type"), "urn:propylon:error:" + std::string(expected.code));
  EXPECT_EQ(json_member(answer.body, "status"), std::to_string(expected.status));
  EXPECT_EQ(json_member(answer.body, "retryable"), expected.retryable ? "true" : "false");
  EXPECT_EQ(json_member(answer.body, "request_id"), answer.field("X-Request-Id"));
  EXPECT_NE(answer.field("X-Request-Id"), "");
  EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
}

}  // namespace propylon::testing
