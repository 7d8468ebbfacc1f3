// Settings of the log.
#pragma once
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/option.h"
#include "log/limits.h"

namespace propylon::log {

struct Options {
  // More than this written but not yet on disk, and the owner refuses messages; also bounds what a power cut can take.
  std::uint64_t unsynced_bytes_max = 256 * kMiB;

  // Not for operators: tests make segments small, a second instance has its own label.
  std::uint64_t segment_bytes = kSegmentBytes;  // 4 KiB..kSegmentBytes
  std::string label = "disk";                   // the label `log` of its metrics
  std::string boot_id;                          // differs after each start of the machine; log/boot_id.h
};

// `options` must outlive the descriptions.
OptionDescriptions describe(Options& options);

}  // namespace propylon::log
