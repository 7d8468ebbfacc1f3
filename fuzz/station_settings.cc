// Bodies of administrators: what is accepted as settings or as a place is within its bounds, and what names nothing
// changes nothing.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/seek_body.h"
#include "api/station_settings_body.h"
#include "core/assert.h"

using namespace propylon;

namespace {

constexpr std::uint64_t kMessageBytesMax = 1'000'000;

void check(const broker::Retention& retention) {
  switch (retention.type) {
    case broker::RetentionType::kMessageAgeSec: PPL_ASSERT(retention.value <= api::kRetentionAgeSecMax); return;
    case broker::RetentionType::kMessages:
    case broker::RetentionType::kBytes: PPL_ASSERT(retention.value >= 1); return;
    case broker::RetentionType::kAckBased: PPL_ASSERT(retention.value == 0); return;
  }
}

void check(const broker::SettingsChange& change) {
  if (change.retention) check(*change.retention);
  if (change.max_message_bytes) PPL_ASSERT(*change.max_message_bytes >= 1);
  if (change.max_message_bytes) PPL_ASSERT(*change.max_message_bytes <= kMessageBytesMax);
  if (change.ack_wait_ms) PPL_ASSERT(*change.ack_wait_ms >= api::kAckWaitMsMin);
  if (change.ack_wait_ms) PPL_ASSERT(*change.ack_wait_ms <= api::kAckWaitMsMax);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  broker::StationSettings defaults;
  defaults.max_message_bytes = kMessageBytesMax;
  const api::StationLimits limits{.defaults = defaults, .message_bytes_max = kMessageBytesMax};
  const auto put = api::read_station_settings(body, api::NullMeans::kAbsent, limits);
  const auto patch = api::read_station_settings(body, api::NullMeans::kDefault, limits);
  PPL_ASSERT(put.has_value() == patch.has_value());
  if (put) check(*put);
  if (patch) check(*patch);
  (void)api::read_seek(body);
  return 0;
}
