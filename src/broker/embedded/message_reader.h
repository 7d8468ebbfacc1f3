// Reads picked messages from the log into the answer of a fetch.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/broker.h"
#include "broker/embedded/station_directory.h"
#include "core/worker_pool.h"
#include "log/log.h"
#include "metrics/byte_budget.h"

namespace propylon::broker::embedded {

// The messages of a fetch and what must be known to settle them.
class EmbeddedFetched final : public Fetched {
 public:
  // What it holds counts against `budget`, shared because who fetched may keep it longer than the broker lives.
  explicit EmbeddedFetched(std::shared_ptr<metrics::ByteBudget> budget)
      : budget_(std::move(budget)), share_(*budget_) {}

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
  // Memory for bytes that messages view, kept as long as this. Errors: kOverloaded, when the budget has no room.
  Result<char*> hold(std::size_t bytes);

 private:
  std::vector<std::unique_ptr<char[]>> buffers_;
  std::uint64_t bytes_ = 0;  // of the messages
  std::uint64_t held_bytes_ = 0;
  const std::shared_ptr<metrics::ByteBudget> budget_;
  metrics::ByteBudget::Share share_;
};

// Fills `fetched` with what was picked, in order, up to `max_bytes`. Runs of records that lie close together are read
// with one call; what is not in the system's cache is read on `cold_readers`.
// Errors, of the first message alone: kCorruptRecord naming station and sequence; kOverloaded (too many cold reads
// wait, or the budget has no room); kIo. A later one ends the reading in front of what could not be read: that is good.
Task<Result<void>> read_messages(Loop& loop, const log::Log& log, WorkerPool& cold_readers, const Picked& picked,
                                 std::uint64_t max_bytes, EmbeddedFetched& fetched);

}  // namespace propylon::broker::embedded
