#include "broker/embedded/options.h"

namespace propylon::broker::embedded {

OptionDescriptions describe(Options& options) {
  return {
      describe_number("stations_max", options.stations_max, 1, 10'000'000, "Stations that first uses may make."),
      describe_number("groups_max", options.groups_max, 1, 10'000'000, "Consumer groups of all stations together."),
      describe_number("waiters_max", options.waiters_max, 1, 10'000'000,
                      "Fetches that may wait for messages at one time."),
      describe_number("fetched_bytes_max", options.fetched_bytes_max, 64 * kMiB, 1ull << 40,
                      "Bytes of the log that are held for deliveries under way; a fetch beyond that is refused (503)."),
      describe_number("in_flight_max", options.in_flight_max, 1, 10'000'000,
                      "Ranges of messages that one group may hold unacknowledged."),
      describe_number("retention_age_s", options.retention_age_s, 0, 3'153'600'000,
                      "How long a station that is made by its first use keeps messages; 0 keeps them for ever."),
      describe_number("group_idle_s", options.group_idle_s, 0, 3'153'600'000,
                      "Consumer groups that nobody used for so long are forgotten; 0 keeps them."),
      describe_number(
          "data_bytes_max", options.data_bytes_max, 0, 1ull << 60,
          "Messages are refused (507) while the log's files take more; 0 is four fifths of the file system. At least "
          "160 MiB."),
      describe_number("memory_bytes_max", options.memory_bytes_max, kMemoryBytesMin, 1ull << 40,
                      "What all stations of durability memory may take, framing and free space included."),
  };
}

}  // namespace propylon::broker::embedded
