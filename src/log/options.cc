#include "log/options.h"

namespace propylon::log {

OptionDescriptions describe(Options& options) {
  return {describe_number("log_unsynced_bytes_max", options.unsynced_bytes_max, 8 * kMiB, 64 * kGiB,
                          "Messages are refused (503) while more than this is written but not yet on disk.")};
}

}  // namespace propylon::log
