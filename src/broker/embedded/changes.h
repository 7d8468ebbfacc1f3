// The changes that requests bring to a turn: messages appended, a delivery handed out or done, a floor raised, a group
// placed or removed. Each is refused with kStationNotFound when the station has been removed meanwhile.
#pragma once
#include <atomic>
#include <optional>
#include <string>

#include "broker/embedded/change.h"
#include "broker/embedded/durability_waits.h"
#include "broker/embedded/station.h"

namespace propylon::broker::embedded {

// Messages of one request: gets its sequences, then wakes whom it can serve. Those of a `disk` station become visible
// when they are durable, with what `waits` does.
class AppendChange final : public Change {
 public:
  AppendChange(Station& station, std::uint32_t count, DurabilityWaits& waits)
      : station_(station), count_(count), waits_(waits) {}
  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override;
  void publish(log::Position at, std::uint32_t bytes, WallTime now) override;
  void withdraw() override;
  log::SpaceClaim claim() const override { return log::SpaceClaim::kStores; }
  // After a successful commit.
  Sequence first() const { return first_; }
  bool waits_for_disk() const { return waits_for_disk_; }

 private:
  Station& station_;
  const std::uint32_t count_;
  DurabilityWaits& waits_;
  Sequence first_;
  bool waits_for_disk_ = false;
};

// A delivery or an acknowledgement of one group; the record's body says which ranges. Refused with kGroupNotFound
// when the group is not the one of that generation any more.
class GroupChange final : public Change {
 public:
  enum class What { kDelivered, kAcknowledged };
  struct Of {
    const std::string& group;
    std::uint64_t generation;
  };
  GroupChange(Station& station, What what, Of of, const std::vector<SequenceRange>& ranges)
      : station_(station), what_(what), of_(of), ranges_(ranges) {}
  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override;
  void publish(log::Position at, std::uint32_t bytes, WallTime now) override;
  void withdraw() override {}
  log::SpaceClaim claim() const override { return log::SpaceClaim::kServes; }

 private:
  Station& station_;
  const What what_;
  const Of of_;
  const std::vector<SequenceRange>& ranges_;
};

// Raises the floor: to a sequence, to before one, or over everything.
class FloorChange final : public Change {
 public:
  // `through`: nothing for all messages that the station has when the change is decided.
  FloorChange(Station& station, std::optional<Sequence> through) : station_(station), through_(through) {}
  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override;
  void publish(log::Position at, std::uint32_t bytes, WallTime now) override;
  void withdraw() override {}
  log::SpaceClaim claim() const override { return log::SpaceClaim::kFrees; }

 private:
  Station& station_;
  const std::optional<Sequence> through_;
  Sequence floor_;
};

// How many groups there are, of all stations together, and how many there may be.
struct GroupCount {
  const std::uint64_t max;
  std::atomic<std::uint64_t> groups{0};
  std::atomic<std::uint64_t> last_generation{0};
};

// Makes a group at the oldest message, or moves one.
class PlaceChange final : public Change {
 public:
  // `next`: where it is to go on; nothing: make it. Making one that exists already is refused with kConflict, and
  // when there are as many as allowed with kOverloaded; moving one that is not there with kGroupNotFound.
  PlaceChange(Station& station, const std::string& group, std::optional<Sequence> next, GroupCount& count)
      : station_(station), group_(group), next_(next), count_(count) {}
  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override;
  void publish(log::Position at, std::uint32_t bytes, WallTime now) override;
  void withdraw() override;
  log::SpaceClaim claim() const override { return log::SpaceClaim::kServes; }

 private:
  Result<void> check(bool exists) const;

  Station& station_;
  const std::string& group_;
  const std::optional<Sequence> next_;
  GroupCount& count_;
  Sequence place_;
  std::uint64_t generation_before_ = 0;  // of a moved one
};

// Forgets a group. Refused with kGroupNotFound when it is not there.
class RemoveGroupChange final : public Change {
 public:
  RemoveGroupChange(Station& station, const std::string& group, GroupCount& count)
      : station_(station), group_(group), count_(count) {}
  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override;
  void publish(log::Position at, std::uint32_t bytes, WallTime now) override;
  void withdraw() override;
  log::SpaceClaim claim() const override { return log::SpaceClaim::kFrees; }

 private:
  Station& station_;
  const std::string& group_;
  GroupCount& count_;
  std::uint64_t generation_before_ = 0;
};

}  // namespace propylon::broker::embedded
