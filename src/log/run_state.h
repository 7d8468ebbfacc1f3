// What one run of the log leaves for the next: on which start of the machine it ran and how it ended.
//
// File `state`, text, replaced as a whole (on a full disk: overwritten in place):
//   propylon-log 1
//   boot_id 3f0c…          the machine's start, "-" when unknown
//   clean 1                1: everything was synced and closed; 0: running, or killed
//   pending_gap 0          a sequence gap that was decided but may not be in the log yet
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/result.h"
#include "log/segment.h"

namespace propylon::log {

struct RunState {
  std::string boot_id;
  bool clean = false;
  std::uint64_t pending_gap = 0;

  std::string encode() const;
  // Nothing when the text is not exactly such a state.
  static std::optional<RunState> decode(std::string_view text);
  // Reads the file; nothing when it is not such a state. Errors: kIo (also: it is not there), kDamaged (much too long).
  static Result<std::optional<RunState>> load(const Place& place);

  // Replaces the file, durably. Errors: kIo, kStorageFull.
  Result<void> save(const Place& place) const;
};

}  // namespace propylon::log
