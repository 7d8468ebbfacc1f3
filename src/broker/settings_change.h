// What a station's settings are once a change has been made to them: the same for every backend.
#pragma once
#include "broker/administration.h"

namespace propylon::broker {

// `settings`, with what the change names in the place of what was there.
inline StationSettings with(StationSettings settings, const SettingsChange& change) {
  settings.retention = change.retention.value_or(settings.retention);
  settings.durability = change.durability.value_or(settings.durability);
  settings.max_message_bytes = change.max_message_bytes.value_or(settings.max_message_bytes);
  settings.ack_wait_ms = change.ack_wait_ms.value_or(settings.ack_wait_ms);
  return settings;
}

}  // namespace propylon::broker
