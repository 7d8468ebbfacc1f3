#include "log/checkpoint_store.h"

#include <fmt/format.h>

#include <cstring>

#include "log/crc32c.h"
#include "log/little_endian.h"

namespace propylon::log {
namespace {

constexpr std::string_view kCheckpointMagic = "PPLCHECK";
constexpr std::size_t kCheckpointHeaderBytes = 80;
constexpr std::uint64_t kCheckpointBytesMax = 8 * kGiB;

std::uint32_t checkpoint_crc(ByteView bytes) { return crc32c(crc32c(0, bytes.substr(0, 12)), bytes.substr(16)); }

}  // namespace

std::string Checkpoint::encode(const StoreUuid& store_uuid) const {
  std::string out(kCheckpointHeaderBytes, '\0');
  out += blob;
  char* const at = out.data();
  std::memcpy(at, kCheckpointMagic.data(), kCheckpointMagic.size());
  store<std::uint32_t>(at + 8, kFormatVersion);
  store<std::uint64_t>(at + 16, number);
  std::memcpy(at + 24, store_uuid.data(), store_uuid.size());
  store<std::uint64_t>(at + 40, replay_start.segment);
  store<std::uint64_t>(at + 48, highest.segment);
  store<std::uint32_t>(at + 56, replay_start.offset);
  store<std::uint32_t>(at + 60, highest.offset);
  store<std::uint64_t>(at + 64, blob.size());
  store<std::uint32_t>(at + 12, checkpoint_crc(out));
  return out;
}

Result<Checkpoint> Checkpoint::decode(ByteView bytes, const StoreUuid& store_uuid, std::uint64_t number) {
  const char* const at = bytes.data();
  if (bytes.size() < kCheckpointHeaderBytes || !bytes.starts_with(kCheckpointMagic) ||
      load<std::uint32_t>(at + 12) != checkpoint_crc(bytes)) {
    return fail(ErrorCode::kCorruptRecord, "The checkpoint fails its checksum.");
  }
  if (load<std::uint32_t>(at + 8) != kFormatVersion) {
    return fail(ErrorCode::kDamaged, "It has a format that this version does not know; start the newer version.");
  }
  if (std::memcmp(at + 24, store_uuid.data(), store_uuid.size()) != 0) {
    return fail(ErrorCode::kDamaged, "It belongs to another store; put log and catalog of one store together again.");
  }
  if (load<std::uint64_t>(at + 16) != number || load<std::uint64_t>(at + 64) != bytes.size() - kCheckpointHeaderBytes) {
    return fail(ErrorCode::kCorruptRecord, "The checkpoint is not what its name says.");
  }
  return Checkpoint{.number = number,
                    .replay_start = {load<std::uint64_t>(at + 40), load<std::uint32_t>(at + 56)},
                    .highest = {load<std::uint64_t>(at + 48), load<std::uint32_t>(at + 60)},
                    .blob = std::string(bytes.substr(kCheckpointHeaderBytes))};
}

Result<Checkpoint> Checkpoint::read(const Place& place, std::uint64_t number) {
  const std::string path = place.path(checkpoint_name(number));
  return decode(PPL_TRY(read_whole_file(place.files, path, kCheckpointBytesMax)), place.store, number);
}

Result<CheckpointStore::Found> CheckpointStore::load(const Place& place, const std::vector<std::uint64_t>& numbers) {
  Found found;
  for (const std::uint64_t number : numbers) {
    auto checkpoint = Checkpoint::read(place, number);
    if (!checkpoint && checkpoint.error().code == ErrorCode::kDamaged) {
      return fail(ErrorCode::kDamaged,
                  fmt::format("{}: {}", place.path(checkpoint_name(number)), checkpoint.error().message));
    }
    if (!checkpoint && checkpoint.error().code != ErrorCode::kCorruptRecord) return std::unexpected(checkpoint.error());
    found.last_number = number;
    found.damaged = !checkpoint;
    if (!checkpoint) continue;
    found.newest = *std::move(checkpoint);
    found.good.push_back(
        {.number = number, .replay_start = found.newest.replay_start, .highest = found.newest.highest, .blob = {}});
  }
  // Before the second checkpoint no segment was removed: the whole log is still there to replay.
  if (found.good.empty() && found.last_number > 1) {
    return fail(ErrorCode::kDamaged, fmt::format("{}: All checkpoints are damaged. Restore the directory from a copy.",
                                                 place.path(checkpoint_name(found.last_number))));
  }
  return found;
}

CheckpointStore::CheckpointStore(Place place, const Found& found)
    : place_(std::move(place)), last_number_(found.last_number) {
  for (const auto& checkpoint : found.good) kept_.push_back({checkpoint.number, checkpoint.replay_start});
}

Result<void> CheckpointStore::publish(Checkpoint checkpoint) {
  {
    const std::lock_guard lock(mutex_);
    checkpoint.number = ++last_number_;
  }
  PPL_CHECK(replace_file(place_.files, place_.directory, checkpoint_name(checkpoint.number),
                         checkpoint.encode(place_.store)));
  std::vector<std::uint64_t> outdated;
  {
    const std::lock_guard lock(mutex_);
    kept_.push_back({checkpoint.number, checkpoint.replay_start});
    while (kept_.size() > 2) {
      outdated.push_back(kept_.front().number);
      kept_.erase(kept_.begin());
    }
  }
  // One that cannot be deleted costs space alone; the next open finds it again.
  for (const std::uint64_t number : outdated) (void)place_.files.unlink(place_.path(checkpoint_name(number)));
  return {};
}

Position CheckpointStore::oldest_replay_start() const {
  const std::lock_guard lock(mutex_);
  return kept_.size() < 2 ? Position{} : kept_.front().replay_start;
}

}  // namespace propylon::log
