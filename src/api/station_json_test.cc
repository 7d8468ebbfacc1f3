#include "api/station_json.h"

#include <gtest/gtest.h>

#include <string>

#include "core/bytes.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

constexpr WallTime kNewYear(std::chrono::seconds(1'767'225'600));

std::string station_json(const broker::StationInfo& station, std::uint64_t message_bytes_max = 4 * kMiB) {
  std::string body;
  json::Writer writer(body);
  write_station(writer, station, message_bytes_max);
  return body;
}
std::string group_json(const broker::GroupInfo& group, WallTime now) {
  std::string body;
  json::Writer writer(body);
  write_group(writer, group, now);
  return body;
}

TEST(StationJson, HasTheMembersOfTheContract) {
  broker::StationInfo station;
  station.name = "orders";
  station.created = kNewYear;
  station.revision = 7;
  station.messages = 2;
  station.bytes = 310;
  station.first = Sequence{1};
  station.last = Sequence{2};
  EXPECT_EQ(station_json(station),
            R"({"name":"orders","created_at":"2026-01-01T00:00:00.000Z","revision":7,)"
            R"("retention":{"type":"message_age_sec","value":604800},"durability":"os","replicas":1,)"
            R"("max_message_bytes":4194304,"ack_wait_ms":30000,)"
            R"("dead_letters":{"schema":true,"retention_sec":604800,"messages":10000},"schema":null,)"
            R"("messages":2,"bytes":310,"first_seq":1,"last_seq":2,"dead_letters_count":0})");
}

TEST(StationJson, NeverShowsALimitOfMessagesAboveTheOneOfTheServer) {
  broker::StationInfo station;
  station.settings.max_message_bytes = 4 * kMiB;
  EXPECT_NE(station_json(station, kMiB).find(R"("max_message_bytes":1048576,)"), std::string::npos);
  station.settings.max_message_bytes = 1000;
  EXPECT_NE(station_json(station, kMiB).find(R"("max_message_bytes":1000,)"), std::string::npos);
}

TEST(StationJson, TellsAPinnedVersionFromTheActiveOne) {
  broker::StationInfo station;
  station.dead_letters = 3;
  station.settings.schema = broker::SchemaSetting{.name = "orders", .version = 2};
  EXPECT_NE(station_json(station).find(R"("schema":{"name":"orders","version":2})"), std::string::npos);
  station.settings.schema->version = 0;
  EXPECT_NE(station_json(station).find(R"("schema":{"name":"orders","version":null})"), std::string::npos);
  EXPECT_TRUE(station_json(station).ends_with(R"("dead_letters_count":3})"));
}

TEST(StationJson, NamesEveryRetentionAndDurability) {
  broker::StationInfo station;
  const auto holds = [&](const std::string& part) {
    const std::string json = station_json(station);
    EXPECT_NE(json.find(part), std::string::npos) << json;
  };
  station.settings.retention = {broker::RetentionType::kMessages, 5};
  station.settings.durability = broker::Durability::kDisk;
  holds(R"("retention":{"type":"messages","value":5},"durability":"disk")");
  station.settings.retention = {broker::RetentionType::kBytes, 6};
  station.settings.durability = broker::Durability::kMemory;
  holds(R"("retention":{"type":"bytes","value":6},"durability":"memory")");
  station.settings.retention = {broker::RetentionType::kAckBased, 0};
  holds(R"("retention":{"type":"ack_based","value":0})");
}

TEST(StationJson, OfAGroupHasTheMembersOfTheContract) {
  broker::GroupInfo group;
  group.name = "billing";
  group.acked = Sequence{17};
  group.pending = 2;
  group.in_flight = 1;
  group.lag = 3;
  group.oldest_unacknowledged = kNewYear;
  group.consumers = {{"w-1", kNewYear}, {"w-2", kNewYear + std::chrono::seconds(1)}};
  EXPECT_EQ(group_json(group, kNewYear + std::chrono::microseconds(1'500'900)),
            R"({"name":"billing","acked_seq":17,"pending":2,"in_flight":1,"lag":3,"oldest_unacked_age_ms":1500,)"
            R"("consumers":[{"name":"w-1","last_seen":"2026-01-01T00:00:00.000Z"},)"
            R"({"name":"w-2","last_seen":"2026-01-01T00:00:01.000Z"}]})");
}

TEST(StationJson, AGroupsAgeIsNullWithoutALagAndNeverNegative) {
  broker::GroupInfo group;
  group.name = "g";
  EXPECT_NE(group_json(group, kNewYear).find(R"("oldest_unacked_age_ms":null,"consumers":[])"), std::string::npos);
  group.oldest_unacknowledged = kNewYear;
  EXPECT_NE(group_json(group, kNewYear - std::chrono::hours(1)).find(R"("oldest_unacked_age_ms":0,)"),
            std::string::npos);
}

}  // namespace
}  // namespace propylon::api
