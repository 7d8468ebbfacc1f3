#include "schema/schema_type.h"

namespace propylon::schema {

std::string_view to_string(SchemaType type) {
  switch (type) {
    case SchemaType::kJson: return "json";
    case SchemaType::kProtobuf: return "protobuf";
    case SchemaType::kAvro: return "avro";
    case SchemaType::kGraphql: return "graphql";
  }
  return {};
}

std::optional<SchemaType> schema_type(std::string_view name) {
  for (std::size_t i = 0; i < kSchemaTypes; ++i) {
    const auto type = static_cast<SchemaType>(i);
    if (to_string(type) == name) return type;
  }
  return std::nullopt;
}

}  // namespace propylon::schema
