#include "schema/schema_type.h"

#include <gtest/gtest.h>

namespace propylon::schema {
namespace {

TEST(SchemaType, NamesGoBothWays) {
  for (const auto type : {SchemaType::kJson, SchemaType::kProtobuf, SchemaType::kAvro, SchemaType::kGraphql})
    EXPECT_EQ(schema_type(to_string(type)), type);
  for (const char* name : {"", "JSON", "xml", "json "}) EXPECT_FALSE(schema_type(name)) << name;
}

}  // namespace
}  // namespace propylon::schema
