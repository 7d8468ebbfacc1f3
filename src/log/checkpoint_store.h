// The checkpoint files of a log: the two newest are kept.
//
// File checkpoint-<number> (little endian): header 80 bytes | blob.
//   0  magic           8    "PPLCHECK"
//   8  version         u32  kFormatVersion
//  12  crc             u32  crc32c of bytes 0..11 and of everything from 16 on
//  16  number          u64  1 and up; never used again
//  24  store_uuid      16
//  40  replay_segment  u64  \ replay begins here
//  48  highest_segment u64  \ nothing behind this is in the blob; all before it was durable
//  56  replay_offset   u32  /
//  60  highest_offset  u32  /
//  64  blob_bytes      u64
//  72  reserved        u64  0
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "core/thread_annotations.h"
#include "log/position.h"
#include "log/segment.h"

namespace propylon::log {

struct Checkpoint {
  std::uint64_t number = 0;
  Position replay_start;
  Position highest;
  std::string blob;

  std::string encode(const StoreUuid& store) const;
  // Errors: kCorruptRecord: not a whole checkpoint of that number; kDamaged: whole, but another store's or of a newer
  // format; the message does not name the file.
  static Result<Checkpoint> decode(ByteView bytes, const StoreUuid& store, std::uint64_t number);
  // Reads the file of that number. Errors: those of decode(), kIo.
  static Result<Checkpoint> read(const Place& place, std::uint64_t number);
};

// Thread: any; publish() has one caller at a time.
class CheckpointStore {
 public:
  // What is on disk. The blob of the newest good checkpoint is in `newest` (number 0: there is none).
  struct Found {
    std::vector<Checkpoint> good;  // ascending by number; without blobs
    Checkpoint newest;
    std::uint64_t last_number = 0;  // also of a damaged one
    bool damaged = false;           // the newest file was; the one before, or none, has taken its place
  };
  // Reads the checkpoints with these numbers (ascending). Errors: kDamaged: another store's, a newer format, or all are
  // damaged although segments may have been removed since; kIo.
  static Result<Found> load(const Place& place, const std::vector<std::uint64_t>& numbers);

  CheckpointStore(Place place, const Found& found);

  // Writes the next checkpoint and deletes all but it and the good one before. `checkpoint.number` is set here.
  // Errors: kIo, kStorageFull; the earlier ones still count.
  Result<void> publish(Checkpoint checkpoint);
  // Of the older of the two; {0, 0} until there are two.
  Position oldest_replay_start() const;

 private:
  struct Kept {
    std::uint64_t number;
    Position replay_start;
  };
  const Place place_;
  mutable std::mutex mutex_;
  std::vector<Kept> kept_ GUARDED_BY(mutex_);
  std::uint64_t last_number_ GUARDED_BY(mutex_);
};

}  // namespace propylon::log
