// The changes that requests bring to a turn: messages appended, a delivery handed out, a delivery done.
#pragma once
#include <string>

#include "broker/embedded/station.h"
#include "broker/embedded/turn.h"

namespace propylon::broker::embedded {

// Messages of one request: gets its sequences, then wakes whom it can serve.
class AppendChange final : public Change {
 public:
  AppendChange(Station& station, std::uint32_t count) : station_(station), count_(count) {}
  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override;
  void publish(log::Position at, std::uint32_t bytes, WallTime now) override;
  void withdraw() override;
  bool holds_messages() const override { return true; }
  // After a successful commit.
  Sequence first() const { return first_; }

 private:
  Station& station_;
  const std::uint32_t count_;
  Sequence first_;
};

// A delivery or an acknowledgement of one group; the record's body says which ranges.
class GroupChange final : public Change {
 public:
  enum class What { kDelivered, kAcknowledged };
  GroupChange(Station& station, What what, const std::string& group, const std::vector<SequenceRange>& ranges)
      : station_(station), what_(what), group_(group), ranges_(ranges) {}
  Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) override;
  void publish(log::Position at, std::uint32_t bytes, WallTime now) override;
  void withdraw() override {}
  bool holds_messages() const override { return false; }

 private:
  Station& station_;
  const What what_;
  const std::string& group_;
  const std::vector<SequenceRange>& ranges_;
};

}  // namespace propylon::broker::embedded
