// One append-only log on disk that all stations share: groups of records that are stored together or not at all.
//
// Files in its directory: <id>.seg (segments of 64 MiB, preallocated), <id>.idx (the index of a sealed segment),
// checkpoint-<number>, state. The caller holds a DirectoryLock on the directory.
//
// Writing: hold commit_mutex(), stamp the group's records (stamp_time()), write(). A group is visible to nobody before
// write() returned. Lock order: commit_mutex() before everything else in here; nothing here calls back.
// After a failed sync, or a failed write that could not be cut back, no write is taken any more (failure() says why);
// reading goes on.
//
// Background: one thread calls maintain() until it says that nothing is left, whenever maintenance_due() or about
// once a second. sync() may be called by any thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/logger.h"
#include "core/result.h"
#include "log/file_layer.h"
#include "log/format.h"
#include "log/group_buffer.h"
#include "log/options.h"
#include "log/position.h"
#include "log/record.h"
#include "log/replay.h"
#include "log/segment_index.h"
#include "log/segment_pin.h"
#include "metrics/registry.h"

namespace propylon::log {

// What a log needs of its surroundings; all of it outlives the log.
struct Environment {
  FileLayer& files;
  const Clock& clock;
  const Logger& logger;
  metrics::Registry& registry;
};

// Where a group went. A record's position is {start.segment, start.offset + group.offset(index)}.
struct Written {
  Position start;
  Position end;
  std::uint64_t group_number = 0;
};

enum class ReadMode : std::uint8_t {
  kCached,   // only what needs no waiting for the disk: for I/O loops
  kWaiting,  // waits: for worker threads
};
enum class ReadOutcome : std::uint8_t {
  kDone,
  kWouldBlock,  // kCached alone: ask again on a thread that may wait
};
struct RecordRead {
  ReadOutcome outcome = ReadOutcome::kDone;
  RecordView record;  // of kDone; views the buffer
};

// A segment's file and the index of exactly that file; both null when there is none.
struct SealedSegment {
  SegmentPin pin;
  std::shared_ptr<const SegmentIndex> index;
};

// Whether a message record of that station with these first and last sequences is still wanted.
using KeepRecord = std::function<bool(StationId, Sequence first, Sequence last)>;

// What Log::rewrite() did.
struct Rewritten {
  std::size_t segments = 0;  // that were replaced
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
  std::shared_ptr<const SegmentIndex> index;  // of the new file; no stations when nothing was wanted any more
};

struct SegmentInfo {
  std::uint64_t id = 0;
  std::uint64_t bytes = 0;  // that the file takes
  bool sealed = false;      // no group will be added
  bool indexed = false;
};

// Thread: any, except where a function says otherwise.
class Log final {
 public:
  // Opens or makes the log in `directory` and replays it (log/replay.h). Blocks as long as that takes. Damage at or
  // after the highest position known to be durable is cut off and reported.
  // Errors: kDamaged: damage before that position, an unknown record kind that may not be skipped, or another store's
  // files; the message has file, offset and what to do, nothing was changed. kIo, kStorageFull, those of `replay`.
  static Result<std::unique_ptr<Log>> open(Environment environment, std::string directory, const StoreUuid& store,
                                           Options options, Replay& replay);
  // Without close() the next open counts as after a crash of the process.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  const Recovery& recovery() const { return recovery_; }

  // --- writing; hold commit_mutex() ---
  std::mutex& commit_mutex();
  // The time for the records of the next group: the clock's, but never before a stored one.
  WallTime stamp_time();
  // Stores the group, not empty, with group number, durable position and checksums filled in. Does not clear it.
  // Blocks for one write to the operating system; also for a new segment when the background thread is late.
  // Errors, nothing was stored and nothing is visible: kStorageFull (no space for what it claims: see SpaceClaim;
  // without its largest claims it may still be written: drop() them and write again), kStoreUnavailable (a call of the
  // file system failed and what it left was taken back, or see failure()), kBodyTooLarge (does not fit a segment made
  // smaller by Options). kOutcomeUnknown: nothing is visible, but what the failed write left could not be taken back:
  // after the next open the group is there as a whole or not at all. No write is taken from then on.
  Result<Written> write(GroupBuffer& group);

  // Behind the last group.
  Position end() const;

  // --- durability ---
  // Makes everything written before the call durable; concurrent calls wait for each other.
  // Errors: kStoreUnavailable: it failed, now or earlier; no write is taken from then on.
  Result<void> sync();
  // Everything before it survives a power cut. Only grows.
  Position durable() const;
  std::uint64_t unsynced_bytes() const;
  // Whether the disk had no space for messages when it was asked last, by a group with messages or the background.
  bool is_full() const;
  // Why no write is taken; nothing while all is well.
  std::optional<std::string> failure() const;

  // --- reading ---
  // The segment's file as it is now; null when the segment was removed: its messages are below their stations' floors.
  // The pin fits offsets that came from writing or replay only as long as the segment has no index; afterwards take
  // pin and offsets from sealed().
  SegmentPin pin(std::uint64_t segment) const;
  // The segment's file together with its index; nulls while it has no index or when it is gone.
  SealedSegment sealed(std::uint64_t segment) const;
  // Grows each time a segment gets its index, and begins above 0 when segments had theirs at open: look at sealed()
  // again then and drop own entries.
  std::uint64_t index_version() const;

  // One record, `offset` from the start of the file. `record_bytes` is its length as entry or index knows it (0: find
  // out, with one more read). `buffer` is overwritten and holds what the view shows. The pin is not null.
  // Errors: kCorruptRecord (checksum or lengths are wrong), kIo.
  Result<RecordRead> read(const SegmentPin& pin, std::uint32_t offset, std::uint32_t record_bytes, std::string& buffer,
                          ReadMode mode) const;
  // Fills `into` with the file's bytes from `offset` on, for several records that lie close together; find them by
  // their offsets with decode() (group headers lie in between). Errors: kCorruptRecord (beyond the file's end), kIo.
  Result<ReadOutcome> read_range(const SegmentPin& pin, std::uint32_t offset, std::span<char> into,
                                 ReadMode mode) const;
  // The record at the start of `bytes`, which were read from that file. Errors: kCorruptRecord.
  Result<RecordView> decode(const SegmentPin& pin, ByteView bytes) const;

  // --- space ---
  std::vector<SegmentInfo> segments() const;
  // The size that a segment is made with.
  std::uint64_t segment_bytes() const;
  // What all segment files take, the prepared ones included; indexes and checkpoints are not. O(1), no lock; right
  // after every change, while one is under way too high by at most a segment.
  std::uint64_t bytes_on_disk() const;
  // Deletes a sealed segment and its index; those who read it are not disturbed. Returns the bytes freed.
  // Errors: kConflict: not sealed, not there, or not below oldest_replay_start(); kIo.
  Result<std::uint64_t> remove_segment(std::uint64_t segment);

  // Replaces the neighbouring sealed and indexed segments from `first` to `last` by one with the id `last`, in which
  // only those message records are left for which `keep` says yes, in their order. It is asked on this thread, with no
  // lock held. All else in the segments is in the checkpoints. Until forget_replaced() the ids of the replaced segments
  // lead to the new one in pin() and sealed(): meanwhile the caller changes what remembers them. Before the call every
  // position in those segments must have been given up for their indexes (index_version()). Those who hold pins are not
  // disturbed. On a full disk the reserve is given up for it; maintain() makes it again. Blocks for reading all of the
  // segments. One caller at a time, the one of maintain() and remove_segment().
  // Errors, nothing was changed: kConflict: a segment is not there, not indexed, or not below oldest_replay_start(); or
  // what is wanted does not fit one segment or lies more than kIndexSpanMsMax apart; kDamaged: a segment cannot be read
  // as it was written; kStorageFull, kIo.
  Result<Rewritten> rewrite(std::uint64_t first, std::uint64_t last, const KeepRecord& keep);
  void forget_replaced(std::uint64_t first, std::uint64_t last);

  // --- checkpoints; one caller at a time ---
  // Publishes a checkpoint: replay will begin at `replay_start` (a position in a segment that exists; everything older
  // is in the blob), and the blob includes nothing from behind `highest`. Syncs first if the log is not durable up to
  // there. Keeps the one before as well. Errors: those of sync(), kIo, kStorageFull; the earlier ones still count.
  Result<void> write_checkpoint(ByteView blob, Position replay_start, Position highest);
  // No segment at or after this one's may be removed; {0, 0} until there are two checkpoints.
  Position oldest_replay_start() const;

  // --- background ---
  // Whether maintain() has something to do that should not wait. Cheap.
  bool maintenance_due() const;
  // Does one thing: make a segment ready, start write-back, or index one sealed segment (which syncs it first).
  // Returns whether there is more to do. Blocks for disk accesses. One caller at a time.
  // Errors: kStorageFull, kIo, kStoreUnavailable; worth trying again later. Nothing is lost.
  Result<bool> maintain();

  // Syncs and notes that nothing is missing. No write may follow. Errors: those of sync(), kIo.
  Result<void> close();

 private:
  class State;
  Log(std::unique_ptr<State> state, Recovery recovery);

  const std::unique_ptr<State> state_;
  const Recovery recovery_;
};

}  // namespace propylon::log
