// Settings of the embedded broker.
#pragma once
#include <cstdint>

#include "broker/station_settings.h"
#include "core/bytes.h"
#include "core/option.h"

namespace propylon::broker::embedded {

// Segments of the log in memory: large enough for the largest group.
inline constexpr std::uint64_t kMemorySegmentBytes = 32 * kMiB;
// One in use, two prepared, and room for one to be indexed and freed.
inline constexpr std::uint64_t kMemoryBytesMin = 5 * kMemorySegmentBytes;

// Who does what is done beside requests.
enum class Background : std::uint8_t {
  kThread,  // threads of their own
  kByHand,  // the caller, whenever it is due: for tests, which then run the same way each time
};

struct Options {
  std::uint64_t stations_max = 100'000;          // what clients can make by producing or consuming
  std::uint64_t groups_max = 100'000;            // of all stations together
  std::uint64_t waiters_max = 20'000;            // fetches that wait for messages, of all stations together
  std::uint64_t fetched_bytes_max = 512 * kMiB;  // read for fetches that are not settled, of all stations together
  std::uint64_t in_flight_max = 10'000;          // unsettled ranges of one group
  std::uint64_t retention_age_s = 604'800;       // of a station that is made by its first use; 0 keeps for ever
  std::uint64_t group_idle_s = 2'592'000;        // groups that nobody used for so long are forgotten; 0: never
  std::uint64_t data_bytes_max = 0;              // of the log's files; 0: four fifths of the file system
  std::uint64_t memory_bytes_max = 256 * kMiB;   // of all stations whose durability is `memory`

  // Not for operators.
  std::uint64_t checkpoint_bytes = 64 * kMiB;  // written since the last checkpoint before the next one
  std::uint64_t checkpoint_interval_ms = 30'000;
  std::size_t cold_readers = 2;
  std::size_t cold_reads_queued_max = 1024;
  std::size_t catalog_changes_queued_max = 1024;
};

// `options` must outlive the descriptions.
OptionDescriptions describe(Options& options);

}  // namespace propylon::broker::embedded
