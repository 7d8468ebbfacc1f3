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
  DeadLetterSettings& dead_letters = settings.dead_letters;
  dead_letters.schema = change.dead_letters.schema.value_or(dead_letters.schema);
  dead_letters.retention_sec = change.dead_letters.retention_sec.value_or(dead_letters.retention_sec);
  dead_letters.messages = change.dead_letters.messages.value_or(dead_letters.messages);
  if (change.schema) settings.schema = *change.schema;
  return settings;
}

}  // namespace propylon::broker
