#include "broker/embedded/station_document.h"

#include <optional>

#include "json/document.h"
#include "json/writer.h"

namespace propylon::broker::embedded {
namespace {

std::string_view name_of(RetentionType type) {
  switch (type) {
    case RetentionType::kMessageAgeSec: return "message_age_sec";
    case RetentionType::kMessages: return "messages";
    case RetentionType::kBytes: return "bytes";
    case RetentionType::kAckBased: return "ack_based";
  }
  return "";
}

std::string_view name_of(Durability durability) {
  switch (durability) {
    case Durability::kOs: return "os";
    case Durability::kDisk: return "disk";
    case Durability::kMemory: return "memory";
  }
  return "";
}

// The value among `all` whose name is `word`.
template <class Enum>
Result<Enum> parse_word(std::string_view word, std::initializer_list<Enum> all) {
  for (const Enum value : all) {
    if (name_of(value) == word) return value;
  }
  return fail(ErrorCode::kDamaged,
              "The catalog has a station setting that this version does not know: " + std::string(word));
}

Result<void> read_number(const json::Object& object, std::string_view name, std::uint64_t& field) {
  const auto number = PPL_TRY(object.integer(name));
  if (number && *number < 0)
    return fail(ErrorCode::kDamaged, "The catalog has a negative station setting: " + std::string(name));
  if (number) field = static_cast<std::uint64_t>(*number);
  return {};
}

Result<void> read_dead_letters(const json::Object& station, DeadLetterSettings& settings) {
  const auto object = PPL_TRY(station.object("dead_letters"));
  if (!object) return {};
  settings.schema = PPL_TRY(object->boolean("schema")).value_or(settings.schema);
  PPL_CHECK(read_number(*object, "retention_sec", settings.retention_sec));
  return read_number(*object, "messages", settings.messages);
}

Result<std::optional<SchemaSetting>> read_schema(const json::Object& station) {
  const auto object = PPL_TRY(station.object("schema"));
  if (!object) return std::nullopt;
  SchemaSetting schema{.name = PPL_TRY(object->string("name")).value_or("")};
  std::uint64_t version = 0;
  PPL_CHECK(read_number(*object, "version", version));
  if (schema.name.empty() || version > UINT32_MAX) {
    return fail(ErrorCode::kDamaged, "The catalog has a station whose schema has no name or no version.");
  }
  schema.version = static_cast<std::uint32_t>(version);
  return schema;
}

Result<StationDocument> decode(std::string_view body) {
  StationDocument station;
  StationSettings& settings = station.settings;
  const auto document = PPL_TRY(json::Document::parse_object(body));
  const auto object = document.object();
  if (const auto retention = PPL_TRY(object.object("retention"))) {
    const auto type = PPL_TRY(retention->string("type"));
    settings.retention.type =
        PPL_TRY(parse_word(type.value_or(""), {RetentionType::kMessageAgeSec, RetentionType::kMessages,
                                               RetentionType::kBytes, RetentionType::kAckBased}));
    PPL_CHECK(read_number(*retention, "value", settings.retention.value));
  }
  if (const auto durability = PPL_TRY(object.string("durability"))) {
    settings.durability = PPL_TRY(parse_word(*durability, {Durability::kOs, Durability::kDisk, Durability::kMemory}));
  }
  PPL_CHECK(read_number(object, "max_message_bytes", settings.max_message_bytes));
  PPL_CHECK(read_number(object, "ack_wait_ms", settings.ack_wait_ms));
  PPL_CHECK(read_dead_letters(object, settings.dead_letters));
  settings.schema = PPL_TRY(read_schema(object));
  std::uint64_t created_us = 0;
  PPL_CHECK(read_number(object, "created_us", created_us));
  station.created = WallTime(std::chrono::microseconds(created_us));
  return station;
}

}  // namespace

std::string encode_station(const StationDocument& document) {
  const StationSettings& settings = document.settings;
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("retention").begin_object();
  writer.key("type")
      .string(name_of(settings.retention.type))
      .key("value")
      .number(settings.retention.value)
      .end_object();
  writer.key("durability").string(name_of(settings.durability));
  writer.key("max_message_bytes").number(settings.max_message_bytes).key("ack_wait_ms").number(settings.ack_wait_ms);
  const DeadLetterSettings& dead_letters = settings.dead_letters;
  writer.key("dead_letters").begin_object().key("schema").boolean(dead_letters.schema);
  writer.key("retention_sec").number(dead_letters.retention_sec).key("messages").number(dead_letters.messages);
  writer.end_object();
  if (settings.schema) {
    writer.key("schema").begin_object().key("name").string(settings.schema->name);
    writer.key("version").number(settings.schema->version).end_object();
  }
  writer.key("created_us").number(document.created.time_since_epoch().count());
  writer.end_object();
  return body;
}

Result<StationDocument> decode_station(std::string_view body) {
  auto station = decode(body);
  if (!station) return fail(ErrorCode::kDamaged, "A station's settings cannot be read: " + station.error().message);
  return station;
}

}  // namespace propylon::broker::embedded
