#include "api/violations_json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "json/writer.h"

namespace propylon::api {
namespace {

std::string written(const std::vector<schema::Violation>& violations) {
  std::string out;
  json::Writer writer(out);
  write_violations(writer, violations);
  return out;
}

TEST(ViolationsJson, HasTheFourMembersOfEachInTheirOrder) {
  EXPECT_EQ(written({}), "[]");
  EXPECT_EQ(written({{"/a/0", "minimum", "/properties/a/items/minimum", "must be >= 0 but found -1"},
                     {"", "required", "/required", "missing properties: 'b'"}}),
            R"([{"pointer":"/a/0","keyword":"minimum","schema_pointer":"/properties/a/items/minimum",)"
            R"("message":"must be \u003e= 0 but found -1"},)"
            R"({"pointer":"","keyword":"required","schema_pointer":"/required","message":"missing properties: 'b'"}])");
}

TEST(ViolationsJson, StaysJsonWhateverBytesTheMessageHad) {
  EXPECT_EQ(written({{"/\xff", "json", "", "\"\x01"}}),
            "[{\"pointer\":\"/\xc3\xbf\",\"keyword\":\"json\",\"schema_pointer\":\"\",\"message\":\"\\\"\\u0001\"}]");
}

}  // namespace
}  // namespace propylon::api
