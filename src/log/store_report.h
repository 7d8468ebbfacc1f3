// What a check of a whole log found: its contents, and everything that is not as it should be.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "log/format.h"
#include "log/position.h"
#include "log/replay.h"

namespace propylon::log {

// What opening the log will do about a finding.
enum class OnOpen : std::uint8_t {
  kNothing,  // it does no harm
  kCut,      // cuts it off: it is behind what was known to be on disk, as a crash leaves it
  kMend,     // deletes it, makes it again or uses another file
  kMiss,     // does not see it: reads of the messages that it hits fail
  kRefuse,   // refuses to open
};
// As a sentence: "Opening cuts it off."
std::string_view explain(OnOpen on_open);

struct Finding {
  std::string file;  // its name in the log's directory
  std::uint64_t offset = 0;
  std::string what;  // one or more sentences
  OnOpen on_open = OnOpen::kNothing;
  bool damage = true;  // false: worth knowing, nothing is wrong
};

struct StationContents {
  std::uint64_t records = 0;  // with messages
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;  // of those records
  Sequence first;
  Sequence last;
  Position first_at;  // its first record of any kind
};

struct StoreReport {
  std::optional<StoreUuid> store;  // that the segments name; nothing when no segment has a whole header
  std::uint64_t segments = 0;      // with groups in them
  std::uint64_t prepared = 0;      // empty ones, ready for use
  std::uint64_t indexes = 0;
  std::uint64_t groups = 0;
  std::uint64_t records = 0;
  std::uint64_t messages = 0;
  std::uint64_t group_bytes = 0;
  std::uint64_t file_bytes = 0;  // of all files that were read
  std::vector<std::uint64_t> checkpoints;
  bool closed_cleanly = false;                        // the last run ended as it should
  std::map<std::uint64_t, StationContents> stations;  // by id
  std::vector<Finding> findings;
  std::optional<Recovery> opening;  // what opening will find; nothing when it refuses:
  std::string refusal;              // in the words of opening

  // Findings that are damage.
  std::uint64_t damage() const;
};

}  // namespace propylon::log
