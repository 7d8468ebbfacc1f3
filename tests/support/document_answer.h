// Checks a whole answer of administration: a document with its revision.
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "support/http_client.h"
#include "support/test_gateway.h"

namespace propylon::testing {

// The document ends in its revision, which is the ETag too; gives the revision.
inline std::string expect_document(const HttpAnswer& answer, int status, const std::string& without_revision) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  const std::string revision = json_member(answer.body, "revision");
  EXPECT_EQ(answer.body, without_revision + R"(,"revision":)" + revision + "}");
  EXPECT_EQ(answer.field("ETag"), '"' + revision + '"');
  return revision;
}

}  // namespace propylon::testing
