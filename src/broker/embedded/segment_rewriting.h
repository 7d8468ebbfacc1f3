// Gives back the space of segments that hold few wanted messages between many dead ones.
//
// A wholly dead segment is simply removed; one that a few messages keep alive is not, and with stations of different
// retentions most are like that after a while. Neighbours with little left are therefore rewritten into one.
// Part of a log's background; Thread: the one that calls Maintenance::run_once().
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "broker/embedded/station_directory.h"
#include "core/logger.h"
#include "log/log.h"

namespace propylon::broker::embedded {

class SegmentRewriting final {
 public:
  // All of it outlives this.
  SegmentRewriting(log::Log& log, const StationDirectory& directory, const Logger& logger);

  // Looks at the next few segments, round and round, and rewrites at most one run of them. The stations use the indexes
  // of all segments that have one. Errors are logged; a segment that cannot be rewritten is left as it is, and after a
  // full or failing disk the next kRestCalls calls do nothing.
  void run_some();

  // Looking at a segment of 10,000 stations takes about 3 ms; run_some() is called about once a second.
  static constexpr std::size_t kLooksPerCall = 4;
  static constexpr std::size_t kRestCalls = 60;
  // What one call may have to read: 512 MiB take about a second.
  static constexpr std::size_t kRunSegmentsMax = 8;

 private:
  struct Part {
    std::uint64_t segment = 0;
    std::uint64_t bytes = 0;
    std::uint64_t wanted_bytes = 0;  // with the framing that it will have
    WallTime first_time;
    WallTime last_time;
  };

  std::optional<Part> look_at(const log::SegmentInfo& segment) const;
  // Bytes of the wanted records and their groups' headers; stops counting at `enough`.
  std::uint64_t wanted_bytes(const log::SegmentIndex& index, std::uint64_t enough) const;
  // Up to where a station's messages are gone; everything when it does not exist.
  Sequence gone_through(StationId id) const;
  bool fits_run(const Part& part) const;
  bool worth_it() const;
  // Rewrites the run if that is worth it, and begins a new one. Whether it did.
  bool end_run();
  Result<log::Rewritten> rewrite_run();
  void tell_stations(const std::set<std::uint64_t>& stations, const log::SegmentIndex& index);

  log::Log& log_;
  const StationDirectory& directory_;
  const Logger& logger_;

  std::uint64_t next_ = 0;           // the segment to look at
  std::vector<Part> run_;            // neighbours that may be rewritten together, up to next_
  std::set<std::uint64_t> refused_;  // segments that turned out to be damaged
  std::size_t rest_ = 0;
};

}  // namespace propylon::broker::embedded
