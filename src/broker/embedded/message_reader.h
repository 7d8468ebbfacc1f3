// Reads picked messages from the log into the answer of a fetch.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "broker/broker.h"
#include "broker/embedded/station_directory.h"
#include "core/worker_pool.h"
#include "log/log.h"

namespace propylon::broker::embedded {

// The messages of a fetch and what must be known to settle them.
class EmbeddedFetched final : public Fetched {
 public:
  StationPtr station;
  std::string group;
  std::uint64_t generation = 0;  // of the group
  LeaseId lease;
  std::vector<SequenceRange> ranges;

  // Adds the picked messages of a record, as long as the answer stays within `max_bytes` (one message always fits).
  // False when the rest does not fit.
  bool add(const log::RecordView& record, const PickedRecord& picked, std::uint64_t max_bytes);
  // Hands nothing out after all.
  void forget() { messages_.clear(); }
  // Keeps bytes that messages view.
  char* hold(std::size_t bytes);

 private:
  std::vector<std::unique_ptr<char[]>> buffers_;
  std::uint64_t bytes_ = 0;
};

// Fills `fetched` with what was picked, in order, up to `max_bytes`. Runs of records that lie close together are read
// with one call; what is not in the system's cache is read on `cold_readers`.
// Errors: kCorruptRecord naming station and sequence; kOverloaded (too many cold reads wait); kIo.
Task<Result<void>> read_messages(Loop& loop, const log::Log& log, WorkerPool& cold_readers, const Picked& picked,
                                 std::uint64_t max_bytes, EmbeddedFetched& fetched);

}  // namespace propylon::broker::embedded
