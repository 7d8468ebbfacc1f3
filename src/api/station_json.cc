#include "api/station_json.h"

#include <algorithm>

#include "core/logger.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

std::string_view name_of(broker::RetentionType type) {
  switch (type) {
    case broker::RetentionType::kMessageAgeSec: return "message_age_sec";
    case broker::RetentionType::kMessages: return "messages";
    case broker::RetentionType::kBytes: return "bytes";
    case broker::RetentionType::kAckBased: return "ack_based";
  }
  return "";
}

std::string_view name_of(broker::Durability durability) {
  switch (durability) {
    case broker::Durability::kOs: return "os";
    case broker::Durability::kDisk: return "disk";
    case broker::Durability::kMemory: return "memory";
  }
  return "";
}

void write_schema(json::Writer& writer, const std::optional<broker::SchemaSetting>& schema) {
  if (!schema) {
    writer.null();
    return;
  }
  writer.begin_object().key("name").string(schema->name).key("version");
  schema->version == 0 ? writer.null() : writer.number(schema->version);
  writer.end_object();
}

void write_settings(json::Writer& writer, const broker::StationSettings& settings, std::uint64_t message_bytes_max) {
  writer.key("retention").begin_object();
  writer.key("type").string(name_of(settings.retention.type)).key("value").number(settings.retention.value);
  writer.end_object();
  writer.key("durability").string(name_of(settings.durability)).key("replicas").number(1);
  writer.key("max_message_bytes").number(std::min(settings.max_message_bytes, message_bytes_max));
  writer.key("ack_wait_ms").number(settings.ack_wait_ms);
  const auto& dead_letters = settings.dead_letters;
  writer.key("dead_letters").begin_object().key("schema").boolean(dead_letters.schema);
  writer.key("retention_sec").number(dead_letters.retention_sec).key("messages").number(dead_letters.messages);
  writer.end_object();
  write_schema(writer.key("schema"), settings.schema);
}

void write_age(json::Writer& writer, const std::optional<WallTime>& since, WallTime now) {
  if (!since) {
    writer.null();
    return;
  }
  const auto age = std::chrono::floor<std::chrono::milliseconds>(now - *since);
  writer.number(std::max<std::int64_t>(age.count(), 0));
}

}  // namespace

void write_station(json::Writer& writer, const broker::StationInfo& station, std::uint64_t message_bytes_max) {
  writer.begin_object().key("name").string(station.name).key("created_at").string(format_time(station.created));
  writer.key("revision").number(station.revision);
  write_settings(writer, station.settings, message_bytes_max);
  writer.key("messages").number(station.messages).key("bytes").number(station.bytes);
  writer.key("first_seq").number(station.first.value).key("last_seq").number(station.last.value);
  writer.key("dead_letters_count").number(station.dead_letters).end_object();
}

void write_group(json::Writer& writer, const broker::GroupInfo& group, WallTime now) {
  writer.begin_object().key("name").string(group.name).key("acked_seq").number(group.acked.value);
  writer.key("pending").number(group.pending).key("in_flight").number(group.in_flight).key("lag").number(group.lag);
  write_age(writer.key("oldest_unacked_age_ms"), group.oldest_unacknowledged, now);
  writer.key("consumers").begin_array();
  for (const auto& consumer : group.consumers) {
    writer.begin_object().key("name").string(consumer.name);
    writer.key("last_seen").string(format_time(consumer.last_seen)).end_object();
  }
  writer.end_array().end_object();
}

}  // namespace propylon::api
