#include "api/station_settings_body.h"

#include <limits>
#include <string>

#include "api/schema_attachment.h"

namespace propylon::api {
namespace {

using broker::Durability;
using broker::Retention;
using broker::RetentionType;

// In the order of the words below.
constexpr RetentionType kRetentionTypes[] = {RetentionType::kMessageAgeSec, RetentionType::kMessages,
                                             RetentionType::kBytes, RetentionType::kAckBased};
constexpr Durability kDurabilities[] = {Durability::kOs, Durability::kDisk, Durability::kMemory};

// What JSON integers are converted to.
constexpr std::uint64_t kNumberMax = std::numeric_limits<std::int64_t>::max();

AdminFields::Range values_of(RetentionType type) {
  switch (type) {
    case RetentionType::kMessageAgeSec: return {.min = 0, .max = kRetentionAgeSecMax};
    case RetentionType::kMessages:
    case RetentionType::kBytes: return {.min = 1, .max = kNumberMax};
    case RetentionType::kAckBased: break;
  }
  return {.min = 0, .max = kNumberMax};
}

Result<void> require(const AdminFields& fields, std::string_view name) {
  if (fields.find(name)) return {};
  std::string path = fields.path_of(name);
  std::string message = "The field \"" + path + "\" is missing; retention is given whole.";
  return fail(ErrorCode::kInvalidRequest, std::move(message), std::move(path));
}

Result<std::optional<Retention>> read_retention(const AdminFields& fields, const Retention& fallback) {
  if (fields.resets("retention")) return std::optional(fallback);
  const auto inside = PPL_TRY(fields.object("retention", {"type", "value"}));
  if (!inside) return std::optional<Retention>();
  PPL_CHECK(require(*inside, "type"));
  const auto word = PPL_TRY(inside->word("type", {"message_age_sec", "messages", "bytes", "ack_based"}, 0));
  Retention retention{kRetentionTypes[*word], 0};
  if (retention.type == RetentionType::kAckBased) return std::optional(retention);
  PPL_CHECK(require(*inside, "value"));
  retention.value = *PPL_TRY(inside->number("value", values_of(retention.type), 0));
  return std::optional(retention);
}

Result<std::optional<Durability>> read_durability(const AdminFields& fields, Durability fallback) {
  if (fields.resets("durability")) return std::optional(fallback);
  const auto word = PPL_TRY(fields.word("durability", {"os", "disk", "memory"}, 0));
  if (!word) return std::optional<Durability>();
  return std::optional(kDurabilities[*word]);
}

// A promise that is not kept must not be taken.
Result<void> refuse_what_does_not_act(const AdminFields& fields, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (!fields.find(name)) continue;
    std::string path = fields.path_of(name);
    std::string message = "The field \"" + path + "\" does not act in this version; nothing was changed.";
    return fail(ErrorCode::kNotImplemented, std::move(message), std::move(path));
  }
  return {};
}

Result<std::optional<std::optional<broker::SchemaSetting>>> read_schema(const AdminFields& fields) {
  using Change = std::optional<std::optional<broker::SchemaSetting>>;
  if (fields.resets("schema")) return Change(std::optional<broker::SchemaSetting>());
  const auto inside = PPL_TRY(fields.object("schema", {"name", "version"}));
  if (!inside) return Change();
  return Change(std::optional(PPL_TRY(read_schema_setting(*inside))));
}

Result<broker::DeadLetterChange> read_dead_letters(const AdminFields& fields,
                                                   const broker::DeadLetterSettings& defaults) {
  broker::DeadLetterChange change;
  if (fields.resets("dead_letters"))
    return broker::DeadLetterChange{defaults.schema, defaults.retention_sec, defaults.messages};
  const auto inside = PPL_TRY(fields.object("dead_letters", {"undelivered", "schema", "retention_sec", "messages"}));
  if (!inside) return change;
  PPL_CHECK(refuse_what_does_not_act(*inside, {"undelivered"}));
  change.schema = PPL_TRY(inside->boolean("schema", defaults.schema));
  change.retention_sec =
      PPL_TRY(inside->number("retention_sec", {.min = 0, .max = kRetentionAgeSecMax}, defaults.retention_sec));
  change.messages = PPL_TRY(inside->number("messages", {.min = 1, .max = kDeadLettersKeptMax}, defaults.messages));
  return change;
}

Result<void> refuse_more_replicas(const AdminFields& fields) {
  const auto replicas = PPL_TRY(fields.number("replicas", {.min = 1, .max = kNumberMax}, 1));
  if (!replicas || *replicas == 1) return {};
  return fail(ErrorCode::kNotImplemented, "This server keeps one copy: \"replicas\" can only be 1.", "replicas");
}

}  // namespace

Result<broker::SettingsChange> read_station_settings(ByteView body, NullMeans null_means, const StationLimits& limits) {
  const auto read = PPL_TRY(AdminBody::read(body, null_means,
                                            {"retention", "durability", "replicas", "max_message_bytes", "ack_wait_ms",
                                             "idempotency_window_ms", "max_deliveries", "dead_letters", "schema"}));
  const AdminFields fields = read.fields();
  PPL_CHECK(refuse_what_does_not_act(fields, {"idempotency_window_ms", "max_deliveries"}));
  PPL_CHECK(refuse_more_replicas(fields));
  broker::SettingsChange change;
  change.retention = PPL_TRY(read_retention(fields, limits.defaults.retention));
  change.durability = PPL_TRY(read_durability(fields, limits.defaults.durability));
  change.max_message_bytes = PPL_TRY(fields.number("max_message_bytes", {.min = 1, .max = limits.message_bytes_max},
                                                   limits.defaults.max_message_bytes));
  change.ack_wait_ms =
      PPL_TRY(fields.number("ack_wait_ms", {.min = kAckWaitMsMin, .max = kAckWaitMsMax}, limits.defaults.ack_wait_ms));
  change.dead_letters = PPL_TRY(read_dead_letters(fields, limits.defaults.dead_letters));
  change.schema = PPL_TRY(read_schema(fields));
  return change;
}

}  // namespace propylon::api
