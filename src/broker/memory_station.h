// One station of the MemoryBroker: its messages, its floor and its groups, without locks and without waiting.
//
// Sequences have no gaps here: messages()[0] is floor + 1. The floor never goes back.
// Thread: caller serialises.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/broker.h"
#include "broker/consumer_group.h"

namespace propylon::broker {

struct MemoryMessage {
  WallTime time;
  std::string headers;
  std::string payload;

  // As if it stood in a log: what the counts and retention by bytes go by.
  std::uint64_t bytes() const;
};

struct MemoryGroup {
  std::uint64_t id = 0;     // of its own for each group ever made in the station
  std::uint64_t epoch = 0;  // another one after each seek: deliveries of an earlier one count for nothing
  ConsumerGroup place;
  std::vector<ConsumerInfo> consumers;
};

class MemoryStation final {
 public:
  // `id` is never used again; `revision` is its document's first.
  MemoryStation(std::uint64_t id, WallTime created, StationSettings settings, std::uint64_t revision)
      : id_(id), created_(created), settings_(std::move(settings)), revision_(revision) {}

  std::uint64_t id() const { return id_; }
  std::uint64_t revision() const { return revision_; }
  const StationSettings& settings() const { return settings_; }
  void change_settings(const StationSettings& settings, std::uint64_t revision);

  Sequence floor() const { return floor_; }
  Sequence last() const { return Sequence{floor_.value + messages_.size()}; }
  const MemoryMessage& message(Sequence sequence) const { return messages_[sequence.value - floor_.value - 1]; }
  StationInfo info(std::string_view name) const;

  // Stored times never decrease, whatever the clock does.
  void append(MemoryMessage message);
  // Takes away what the settings do not keep at this time. Call it before looking at anything.
  void apply_retention(WallTime now);
  // Takes the messages up to `floor` away; those that are not stored yet are not touched.
  void trim(Sequence floor);

  // Gets the next id; the time is not earlier than the last one's.
  void add_dead_letter(DeadLetter letter);
  const std::deque<DeadLetter>& dead_letters() const { return dead_letters_; }
  // False when there is none of that id.
  bool remove_dead_letter(Sequence id);

  // Makes the group when it is missing.
  MemoryGroup& group_for(std::string_view name);
  MemoryGroup* find_group(std::string_view name);
  // False when there is none.
  bool remove_group(std::string_view name) { return groups_.erase(std::string(name)) > 0; }
  const std::map<std::string, MemoryGroup, std::less<>>& groups() const { return groups_; }
  // Leases that have ended are given back.
  void expire(MemoryGroup& group, SteadyTime now) const;
  void seek(MemoryGroup& group, const SeekTarget& target);
  GroupInfo info(std::string_view name, const MemoryGroup& group) const;

 private:
  Sequence acked(const MemoryGroup& group) const;
  Sequence next_for(const SeekTarget& target) const;
  void drop_oldest();
  void apply_dead_letter_retention(WallTime now);

  const std::uint64_t id_;
  const WallTime created_;
  StationSettings settings_;
  std::uint64_t revision_;
  Sequence floor_;
  std::uint64_t bytes_ = 0;
  WallTime newest_{};  // stored time of the last message ever
  std::deque<MemoryMessage> messages_;
  std::deque<DeadLetter> dead_letters_;
  Sequence last_dead_letter_;
  WallTime newest_dead_letter_{};
  std::uint64_t last_group_id_ = 0;
  std::map<std::string, MemoryGroup, std::less<>> groups_;
};

// Remembers that the consumer was here, in place of the one that has been away the longest when there are too many.
void note_consumer(MemoryGroup& group, std::string_view consumer, WallTime now);

}  // namespace propylon::broker
