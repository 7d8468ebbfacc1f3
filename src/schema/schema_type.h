// Which language a schema is written in.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace propylon::schema {

// The numbers are stored with a schema's versions and never used again for another type.
enum class SchemaType : std::uint8_t { kJson = 0, kProtobuf = 1, kAvro = 2, kGraphql = 3 };

inline constexpr std::size_t kSchemaTypes = 4;

// "json", "protobuf", "avro", "graphql".
std::string_view to_string(SchemaType type);

// The type of that name, in lower case as above; empty for any other text.
std::optional<SchemaType> schema_type(std::string_view name);

}  // namespace propylon::schema
