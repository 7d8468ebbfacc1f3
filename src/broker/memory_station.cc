#include "broker/memory_station.h"

#include <algorithm>

namespace propylon::broker {
namespace {

// About what a log would add to each message.
constexpr std::uint64_t kFramingBytes = 32;

// Whether something of that time is no longer kept for so many seconds; 0 keeps for ever.
bool is_past(WallTime time, std::uint64_t kept_sec, WallTime now) {
  const auto age = std::chrono::floor<std::chrono::seconds>(now - time).count();
  return kept_sec > 0 && age >= 0 && static_cast<std::uint64_t>(age) >= kept_sec;
}

}  // namespace

std::uint64_t MemoryMessage::bytes() const { return headers.size() + payload.size() + kFramingBytes; }

void MemoryStation::change_settings(const StationSettings& settings, std::uint64_t revision) {
  settings_ = settings;
  revision_ = revision;
}

StationInfo MemoryStation::info(std::string_view name) const {
  return {.name = std::string(name),
          .created = created_,
          .revision = revision_,
          .settings = settings_,
          .messages = messages_.size(),
          .bytes = bytes_,
          .first = Sequence{floor_.value + 1},
          .last = last(),
          .dead_letters = dead_letters_.size()};
}

void MemoryStation::append(MemoryMessage message) {
  newest_ = message.time = std::max(message.time, newest_);
  bytes_ += message.bytes();
  messages_.push_back(std::move(message));
}

void MemoryStation::drop_oldest() {
  bytes_ -= messages_.front().bytes();
  messages_.pop_front();
  ++floor_.value;
}

void MemoryStation::trim(Sequence floor) {
  while (floor_ < floor && !messages_.empty()) drop_oldest();
  for (auto& [name, group] : groups_) group.place.trim(floor_);
}

void MemoryStation::apply_retention(WallTime now) {
  const std::uint64_t value = settings_.retention.value;
  switch (settings_.retention.type) {
    case RetentionType::kMessageAgeSec:
      while (!messages_.empty() && is_past(messages_.front().time, value, now)) drop_oldest();
      break;
    case RetentionType::kMessages:
      while (messages_.size() > value) drop_oldest();
      break;
    case RetentionType::kBytes:
      while (bytes_ > value) drop_oldest();
      break;
    case RetentionType::kAckBased:
      if (groups_.empty()) break;
      Sequence all_acked = last();
      for (const auto& [name, group] : groups_) all_acked = std::min(all_acked, acked(group));
      while (floor_ < all_acked) drop_oldest();
      break;
  }
  trim(floor_);
  apply_dead_letter_retention(now);
}

void MemoryStation::apply_dead_letter_retention(WallTime now) {
  const DeadLetterSettings& kept = settings_.dead_letters;
  while (!dead_letters_.empty() &&
         (dead_letters_.size() > kept.messages || is_past(dead_letters_.front().at, kept.retention_sec, now))) {
    dead_letters_.pop_front();
  }
}

void MemoryStation::add_dead_letter(DeadLetter letter) {
  letter.id = last_dead_letter_ = Sequence{last_dead_letter_.value + 1};
  letter.at = newest_dead_letter_ = std::max(letter.at, newest_dead_letter_);
  dead_letters_.push_back(std::move(letter));
}

bool MemoryStation::remove_dead_letter(Sequence id) {
  return std::erase_if(dead_letters_, [&](const DeadLetter& letter) { return letter.id == id; }) > 0;
}

MemoryGroup& MemoryStation::group_for(std::string_view name) {
  if (MemoryGroup* found = find_group(name)) return *found;
  MemoryGroup& made = groups_[std::string(name)];
  made.id = ++last_group_id_;
  made.place.trim(floor_);
  return made;
}

MemoryGroup* MemoryStation::find_group(std::string_view name) {
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : &found->second;
}

void MemoryStation::expire(MemoryGroup& group, SteadyTime now) const {
  group.place.expire(now);
  group.place.trim(floor_);
}

Sequence MemoryStation::next_for(const SeekTarget& target) const {
  const Sequence first{floor_.value + 1};
  const Sequence end{last().value + 1};
  switch (target.to) {
    case SeekTarget::To::kSequence: return std::clamp(target.sequence, first, end);
    case SeekTarget::To::kTime: {
      const auto at = std::ranges::lower_bound(messages_, target.time, {}, &MemoryMessage::time);
      return Sequence{first.value + static_cast<std::uint64_t>(at - messages_.begin())};
    }
    case SeekTarget::To::kEarliest: return first;
    case SeekTarget::To::kLatest: return end;
  }
  return first;
}

void MemoryStation::seek(MemoryGroup& group, const SeekTarget& target) {
  ++group.epoch;
  group.place = ConsumerGroup{};
  group.place.restore(next_for(target), {});
}

Sequence MemoryStation::acked(const MemoryGroup& group) const {
  for (const auto& range : group.place.unacknowledged()) {
    if (range.last > floor_) return std::max(floor_, Sequence{range.first.value - 1});
  }
  return std::max(floor_, Sequence{group.place.next().value - 1});
}

GroupInfo MemoryStation::info(std::string_view name, const MemoryGroup& group) const {
  GroupInfo info;
  info.name = name;
  info.acked = acked(group);
  info.consumers = group.consumers;
  info.pending = group.place.pending_at_most(last());
  std::uint64_t open = last().value - group.place.next().value + 1;
  for (auto range : group.place.unacknowledged()) {
    range.first = std::max(range.first, Sequence{floor_.value + 1});
    if (range.first <= range.last) open += range.size();
  }
  info.lag = info.pending;
  info.in_flight = open - info.pending;
  if (open > 0) info.oldest_unacknowledged = message(Sequence{info.acked.value + 1}).time;
  return info;
}

void note_consumer(MemoryGroup& group, std::string_view consumer, WallTime now) {
  const auto found = std::ranges::find(group.consumers, consumer, &ConsumerInfo::name);
  if (found != group.consumers.end()) {
    found->last_seen = now;
    return;
  }
  if (group.consumers.size() == kConsumersKept) {
    group.consumers.erase(std::ranges::min_element(group.consumers, {}, &ConsumerInfo::last_seen));
  }
  group.consumers.push_back({std::string(consumer), now});
}

}  // namespace propylon::broker
