#include "api/station_settings_body.h"

#include <gtest/gtest.h>

#include <string>

namespace propylon::api {
namespace {

using broker::Durability;
using broker::RetentionType;

const StationLimits kLimits{.defaults = {{RetentionType::kMessageAgeSec, 3'600}, Durability::kOs, 1'000, 2'000},
                            .message_bytes_max = 5'000};

Result<broker::SettingsChange> put(std::string_view body) {
  return read_station_settings(body, NullMeans::kAbsent, kLimits);
}
Result<broker::SettingsChange> patch(std::string_view body) {
  return read_station_settings(body, NullMeans::kDefault, kLimits);
}

TEST(StationSettingsBody, LeavesOutWhatIsNotGiven) {
  for (const char* body :
       {"", "{}", R"({"retention":null,"durability":null,"replicas":null,"max_message_bytes":null,"ack_wait_ms":null})",
        R"({"idempotency_window_ms":null,"max_deliveries":null,"dead_letters":null,"schema":null})"}) {
    const auto change = put(body);
    ASSERT_TRUE(change.has_value()) << body << change.error().message;
    EXPECT_FALSE(change->retention || change->durability || change->max_message_bytes || change->ack_wait_ms) << body;
  }
}

TEST(StationSettingsBody, ReadsEverySetting) {
  const auto change =
      put(R"({"retention":{"type":"messages","value":10},"durability":"disk","replicas":1,"max_message_bytes":5000,)"
          R"("ack_wait_ms":43200000})");
  ASSERT_TRUE(change.has_value()) << change.error().message;
  EXPECT_EQ(change->retention, (broker::Retention{RetentionType::kMessages, 10}));
  EXPECT_EQ(change->durability, Durability::kDisk);
  EXPECT_EQ(change->max_message_bytes, 5'000u);
  EXPECT_EQ(change->ack_wait_ms, 43'200'000u);
}

TEST(StationSettingsBody, ReadsEveryKindOfRetention) {
  struct Case {
    const char* retention;
    broker::Retention expected;
  };
  const Case cases[] = {
      {R"({"type":"message_age_sec","value":0})", {RetentionType::kMessageAgeSec, 0}},
      {R"({"type":"message_age_sec","value":3153600000})", {RetentionType::kMessageAgeSec, 3'153'600'000}},
      {R"({"type":"messages","value":1})", {RetentionType::kMessages, 1}},
      {R"({"type":"messages","value":9223372036854775807})", {RetentionType::kMessages, 9'223'372'036'854'775'807}},
      {R"({"type":"bytes","value":1.0e3})", {RetentionType::kBytes, 1'000}},
      {R"({"type":"ack_based"})", {RetentionType::kAckBased, 0}},
      {R"({"type":"ack_based","value":null})", {RetentionType::kAckBased, 0}},
      {R"({"type":"ack_based","value":5})", {RetentionType::kAckBased, 0}},
  };
  for (const auto& c : cases) {
    const auto change = put(R"({"retention":)" + std::string(c.retention) + "}");
    ASSERT_TRUE(change.has_value()) << c.retention << change.error().message;
    EXPECT_EQ(change->retention, c.expected) << c.retention;
  }
}

TEST(StationSettingsBody, ANullInAPatchGoesBackToTheDefault) {
  const auto change =
      patch(R"({"retention":null,"durability":null,"replicas":null,"max_message_bytes":null,"ack_wait_ms":null,)"
            R"("idempotency_window_ms":null,"max_deliveries":null,"dead_letters":null,"schema":null})");
  ASSERT_TRUE(change.has_value()) << change.error().message;
  EXPECT_EQ(change->retention, kLimits.defaults.retention);
  EXPECT_EQ(change->durability, kLimits.defaults.durability);
  EXPECT_EQ(change->max_message_bytes, 1'000u);
  EXPECT_EQ(change->ack_wait_ms, 2'000u);
  const broker::DeadLetterSettings kept;
  EXPECT_EQ(change->dead_letters.schema, kept.schema);
  EXPECT_EQ(change->dead_letters.retention_sec, kept.retention_sec);
  EXPECT_EQ(change->dead_letters.messages, kept.messages);
  ASSERT_TRUE(change->schema.has_value());
  EXPECT_FALSE(change->schema->has_value());
}

TEST(StationSettingsBody, ReadsDeadLettersFieldByField) {
  const auto change = patch(R"({"dead_letters":{"schema":false,"retention_sec":null}})");
  ASSERT_TRUE(change.has_value()) << change.error().message;
  EXPECT_EQ(change->dead_letters.schema, false);
  EXPECT_EQ(change->dead_letters.retention_sec, 604'800u);
  EXPECT_FALSE(change->dead_letters.messages.has_value());
}

TEST(StationSettingsBody, ReadsASchemaPinnedOrFollowed) {
  const auto pinned = put(R"({"schema":{"name":"Orders","version":2}})");
  ASSERT_TRUE(pinned.has_value()) << pinned.error().message;
  EXPECT_EQ(**pinned->schema, (broker::SchemaSetting{.name = "orders", .version = 2}));
  for (const char* body : {R"({"schema":{"name":"orders"}})", R"({"schema":{"name":"orders","version":null}})"}) {
    const auto followed = put(body);
    ASSERT_TRUE(followed.has_value()) << followed.error().message;
    EXPECT_EQ((*followed->schema)->version, 0u);
  }
  EXPECT_FALSE(put(R"({"schema":null})")->schema.has_value());
}

TEST(StationSettingsBody, RefusesWhatIsOutOfPlaceAndNamesIt) {
  struct Case {
    const char* body;
    ErrorCode code;
    const char* field;
  };
  const Case cases[] = {
      {"[]", ErrorCode::kInvalidRequest, ""},
      {R"({"retension":{}})", ErrorCode::kInvalidRequest, "retension"},
      {R"({"name":"orders"})", ErrorCode::kInvalidRequest, "name"},
      {R"({"retention":"7d"})", ErrorCode::kInvalidRequest, "retention"},
      {R"({"retention":{}})", ErrorCode::kInvalidRequest, "retention.type"},
      {R"({"retention":{"type":null,"value":1}})", ErrorCode::kInvalidRequest, "retention.type"},
      {R"({"retention":{"value":1}})", ErrorCode::kInvalidRequest, "retention.type"},
      {R"({"retention":{"type":"messages"}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"messages","value":null}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"Messages","value":1}})", ErrorCode::kInvalidRequest, "retention.type"},
      {R"({"retention":{"type":"messages","value":0}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"bytes","value":0}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"bytes","value":1.5}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"bytes","value":"1"}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"message_age_sec","value":-1}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"message_age_sec","value":3153600001}})", ErrorCode::kInvalidRequest, "retention.value"},
      {R"({"retention":{"type":"messages","value":1,"unit":"s"}})", ErrorCode::kInvalidRequest, "retention.unit"},
      {R"({"durability":"tape"})", ErrorCode::kInvalidRequest, "durability"},
      {R"({"durability":1})", ErrorCode::kInvalidRequest, "durability"},
      {R"({"replicas":0})", ErrorCode::kInvalidRequest, "replicas"},
      {R"({"replicas":3})", ErrorCode::kNotImplemented, "replicas"},
      {R"({"max_message_bytes":0})", ErrorCode::kInvalidRequest, "max_message_bytes"},
      {R"({"max_message_bytes":5001})", ErrorCode::kInvalidRequest, "max_message_bytes"},
      {R"({"ack_wait_ms":999})", ErrorCode::kInvalidRequest, "ack_wait_ms"},
      {R"({"ack_wait_ms":43200001})", ErrorCode::kInvalidRequest, "ack_wait_ms"},
      {R"({"idempotency_window_ms":120000})", ErrorCode::kNotImplemented, "idempotency_window_ms"},
      {R"({"max_deliveries":5})", ErrorCode::kNotImplemented, "max_deliveries"},
      {R"({"dead_letters":{"undelivered":true}})", ErrorCode::kNotImplemented, "dead_letters.undelivered"},
      {R"({"dead_letters":{"messages":0}})", ErrorCode::kInvalidRequest, "dead_letters.messages"},
      {R"({"dead_letters":{"messages":1000001}})", ErrorCode::kInvalidRequest, "dead_letters.messages"},
      {R"({"dead_letters":{"retention_sec":-1}})", ErrorCode::kInvalidRequest, "dead_letters.retention_sec"},
      {R"({"dead_letters":{"schema":1}})", ErrorCode::kInvalidRequest, "dead_letters.schema"},
      {R"({"dead_letters":{"kept":1}})", ErrorCode::kInvalidRequest, "dead_letters.kept"},
      {R"({"dead_letters":true})", ErrorCode::kInvalidRequest, "dead_letters"},
      {R"({"schema":"orders"})", ErrorCode::kInvalidRequest, "schema"},
      {R"({"schema":{}})", ErrorCode::kInvalidRequest, "schema.name"},
      {R"({"schema":{"name":"orders","version":0}})", ErrorCode::kInvalidRequest, "schema.version"},
      {R"({"schema":{"name":"orders","version":4294967296}})", ErrorCode::kInvalidRequest, "schema.version"},
      {R"({"schema":{"name":"orders","active":1}})", ErrorCode::kInvalidRequest, "schema.active"},
  };
  for (const auto& c : cases) {
    for (const auto& refused : {put(c.body), patch(c.body)}) {
      ASSERT_FALSE(refused.has_value()) << c.body;
      EXPECT_EQ(refused.error().code, c.code) << c.body;
      EXPECT_EQ(refused.error().field, c.field) << c.body;
      EXPECT_NE(refused.error().message.find(c.field), std::string::npos) << refused.error().message;
    }
  }
}

}  // namespace
}  // namespace propylon::api
