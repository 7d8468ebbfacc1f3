// For tests: what the embedded broker has to do, as simply as it can be said, to compare it with.
//
// Every message is an entry of a map, every group a set of what it has not acknowledged; nothing is clever here. Times
// move only between calls, so a retention may be applied after each.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/administration.h"
#include "log/record.h"

namespace propylon::broker::embedded {

struct ModelMessage {
  std::string payload;
  WallTime time;
  std::uint64_t record = 0;  // first sequence of the record that it is in
};

struct ModelDelivery {
  std::uint64_t sequence = 0;
  std::uint32_t deliveries = 0;
};

struct ModelGroup {
  struct Lease {
    std::vector<ModelDelivery> messages;
    SteadyTime end;
  };
  std::uint64_t next = 1;
  std::map<std::uint64_t, std::uint32_t> returned;  // sequence, times handed out
  std::map<int, Lease> leases;
  // A fetch failed while the process died: whether its deliveries were recorded is not known, the counts are upper
  // bounds.
  bool counts_are_bounds = false;
  std::map<std::uint64_t, std::uint32_t> handed_out;  // how often a message that is not acknowledged really left

  std::uint64_t acknowledged_through() const {
    std::uint64_t open = next;
    if (!returned.empty()) open = std::min(open, returned.begin()->first);
    for (const auto& [id, lease] : leases) {
      for (const auto& message : lease.messages) open = std::min(open, message.sequence);
    }
    return open - 1;
  }
  void give_back(int id, std::uint64_t floor) {
    const auto lease = leases.find(id);
    if (lease == leases.end()) return;
    for (const auto& message : lease->second.messages) {
      if (message.sequence > floor) returned[message.sequence] = message.deliveries;
    }
    leases.erase(lease);
  }
  void acknowledge(const std::vector<ModelDelivery>& done) {
    for (const auto& message : done) {
      returned.erase(message.sequence);
      handed_out.erase(message.sequence);
      for (auto& [id, lease] : leases) {
        std::erase_if(lease.messages, [&](const auto& each) { return each.sequence == message.sequence; });
      }
    }
    std::erase_if(leases, [](const auto& each) { return each.second.messages.empty(); });
  }
};

struct ModelLetter {
  std::string payload;
  WallTime time;
  bool removed = false;
};

struct ModelStation {
  StationSettings settings;
  std::map<std::uint64_t, ModelMessage> messages;
  std::map<std::uint64_t, std::uint64_t> record_bytes;  // by first sequence, of records with a message left
  std::uint64_t floor = 0;
  std::uint64_t last = 0;
  std::map<std::string, ModelGroup> groups;
  std::map<std::uint64_t, ModelLetter> letters;  // dead ones, by id; removed ones while there are older ones
  std::uint64_t last_letter = 0;

  void append(std::uint64_t first, std::size_t header_bytes, const std::vector<std::string>& payloads, WallTime now) {
    std::uint64_t bytes = log::kRecordHeaderBytes + header_bytes + 4 * payloads.size();
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      messages[first + i] = {payloads[i], now, first};
      bytes += payloads[i].size();
    }
    record_bytes[first] = bytes;
    last = first + payloads.size() - 1;
  }
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [first, each] : record_bytes) sum += each;
    return sum;
  }
  void raise_floor(std::uint64_t through) {
    if (through <= floor) return;
    floor = through;
    messages.erase(messages.begin(), messages.upper_bound(floor));
    std::set<std::uint64_t> alive;
    for (const auto& [sequence, message] : messages) alive.insert(message.record);
    std::erase_if(record_bytes, [&](const auto& each) { return !alive.contains(each.first); });
    for (auto& [name, group] : groups) {
      group.next = std::max(group.next, floor + 1);
      group.returned.erase(group.returned.begin(), group.returned.upper_bound(floor));
      group.handed_out.erase(group.handed_out.begin(), group.handed_out.upper_bound(floor));
    }
  }
  void apply_retention(WallTime now) {
    apply_letter_retention(now);
    const std::uint64_t value = settings.retention.value;
    switch (settings.retention.type) {
      case RetentionType::kMessageAgeSec:
        while (value != 0 && !messages.empty() && messages.begin()->second.time < now - std::chrono::seconds(value)) {
          raise_floor(messages.begin()->first);
        }
        return;
      case RetentionType::kMessages:
        while (messages.size() > value) raise_floor(messages.begin()->first);
        return;
      case RetentionType::kBytes:
        while (bytes() > value && record_bytes.size() > 1) {
          const std::uint64_t next_record = std::next(record_bytes.begin())->first;
          raise_floor(std::prev(messages.lower_bound(next_record))->first);
        }
        return;
      case RetentionType::kAckBased: {
        if (groups.empty()) return;
        std::uint64_t through = last;
        for (const auto& [name, group] : groups) through = std::min(through, group.acknowledged_through());
        raise_floor(through);
        return;
      }
    }
  }
  void apply_letter_retention(WallTime now) {
    const DeadLetterSettings& kept = settings.dead_letters;
    const auto goes = [&](const ModelLetter& letter) {
      const bool old = kept.retention_sec != 0 && letter.time < now - std::chrono::seconds(kept.retention_sec);
      return old || letter.removed || letters.size() > kept.messages;
    };
    while (!letters.empty() && goes(letters.begin()->second)) letters.erase(letters.begin());
  }
  void expire(SteadyTime now) {
    for (auto& [name, group] : groups) expire(group, now);
  }
  void expire(ModelGroup& group, SteadyTime now) {
    std::vector<int> ended;
    for (const auto& [id, lease] : group.leases) {
      if (lease.end <= now) ended.push_back(id);
    }
    for (const int id : ended) group.give_back(id, floor);
  }
  ModelGroup& group(const std::string& name) {
    const auto [at, made] = groups.try_emplace(name);
    if (made) at->second.next = floor + 1;
    return at->second;
  }
  // What a fetch hands out; leased under `id`.
  std::vector<ModelDelivery> fetch(const std::string& name, std::size_t max, SteadyTime now, int id) {
    ModelGroup& from = group(name);
    expire(from, now);
    std::vector<ModelDelivery> taken;
    for (const auto& [sequence, deliveries] : from.returned) {
      if (taken.size() < max && messages.contains(sequence)) taken.push_back({sequence, deliveries + 1});
    }
    for (auto at = messages.lower_bound(from.next); at != messages.end() && taken.size() < max; ++at) {
      taken.push_back({at->first, 1});
    }
    for (const auto& each : taken) {
      from.returned.erase(each.sequence);
      from.next = std::max(from.next, each.sequence + 1);
    }
    if (!taken.empty()) from.leases[id] = {taken, now + std::chrono::milliseconds(settings.ack_wait_ms)};
    return taken;
  }
  // Of what a fetch was to hand out only so many messages fitted; the rest counts as never handed out by it.
  void shorten(const std::string& name, int id, std::size_t kept) {
    ModelGroup& from = groups.at(name);
    auto& leased = from.leases.at(id).messages;
    for (std::size_t i = kept; i < leased.size(); ++i) from.returned[leased[i].sequence] = leased[i].deliveries - 1;
    leased.resize(kept);
  }
  // The process was killed: all leases count as ended.
  void restart() {
    for (auto& [name, group] : groups) {
      while (!group.leases.empty()) group.give_back(group.leases.begin()->first, floor);
    }
  }
};

}  // namespace propylon::broker::embedded
